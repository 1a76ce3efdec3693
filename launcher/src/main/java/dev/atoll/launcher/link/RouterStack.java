package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.netty.NettyStackDriver;
import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.StreamLink;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.stack.wire.MacAddress;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The launcher's neighbour of a program on a stream link: a stack with the router's address on the launcher's event loop.
 * It answers for itself; beyond it there is nothing until the gateway exists.
 */
public final class RouterStack {
    /** Locally administered, and another one than any program's (IEEE 802c). */
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private static final Logger LOG = LoggerFactory.getLogger(RouterStack.class);

    private RouterStack() {}

    /**
     * A stack of the launcher's drives its link from plain Java, as the program's JVM does, for which two packages of the
     * JDK must be open. {@code java -jar} finds that in the manifest; whoever gives a class path must say it.
     *
     * @throws LaunchException if they are not
     */
    static void requireOpenPackages() throws LaunchException {
        Module jdk = Object.class.getModule();
        Module own = RouterStack.class.getModule();
        for (String each : List.of("java.io", "sun.nio.ch")) {
            if (!jdk.isOpen(each, own)) {
                throw new LaunchException(
                        ExitCode.CONFIGURATION,
                        "link stream: start the launcher by java -jar, or with --add-opens java.base/java.io=ALL-UNNAMED"
                                + " --add-opens java.base/sun.nio.ch=ALL-UNNAMED");
            }
        }
    }

    /**
     * Starts it.
     *
     * @param descriptor the launcher's end of the link, which belongs to the stack from here
     */
    public static Sandbox start(int descriptor, AddressPlan plan, int mtuBytes, IoEventLoopGroup loop) {
        FailureReport report = new FailureReport() {
            @Override
            public void stackFailed(Throwable cause) {
                LOG.error("the router's stack failed: {}", cause.toString());
            }

            @Override
            public void linkFailed(String reason) {
                // The program ends by closing its end.
                LOG.info("the stream link ended: {}", reason);
            }
        };
        IoEventLoop one = loop.next();
        try {
            return Sandbox.builder()
                    .link(new StreamLink(HostDescriptor.adopt(descriptor), MAC, mtuBytes))
                    .address(plan.router(), plan.program().prefixLength())
                    .driver(new NettyStackDriver(one, new SystemClock(), report))
                    .failures(report)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the launcher's end of the link cannot be driven", e);
        }
    }
}
