package dev.atoll.launcher.demo;

import dev.atoll.launcher.link.AddressPlan;
import dev.atoll.launcher.link.LinkService;
import dev.atoll.launcher.link.StreamLink;
import dev.atoll.launcher.netty.NettyStackDriver;
import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.stack.wire.MacAddress;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream link with a second stack at the launcher's end, on the launcher's event loop. */
final class StackServedLink extends ServedLink {
    private static final Logger LOG = LoggerFactory.getLogger(StackServedLink.class);

    /** Locally administered; there are two stations on the link, and the other's is random. */
    private static final MacAddress ROUTER_MAC = new MacAddress(0x02_00_00_00_00_01L);

    private final StreamLink.Open link;
    private final int mtuBytes;
    private @Nullable Sandbox router;

    StackServedLink(StreamLink.Open link, int mtuBytes) {
        super(link);
        this.link = link;
        this.mtuBytes = mtuBytes;
    }

    /** What the program sends before this runs waits in the socket pair. */
    @Override
    public Optional<LinkService> service() {
        return Optional.of(this::start);
    }

    private synchronized void start(EventLoopGroup loop) {
        AddressPlan plan = link.plan();
        try {
            IoEventLoop one = (IoEventLoop) loop.next();
            String text = "Hello from a second stack, in the launcher.";
            router = Sandbox.builder()
                    .link(new dev.atoll.runtime.link.StreamLink(
                            HostDescriptor.adopt(link.takeLauncherEnd()), ROUTER_MAC, mtuBytes))
                    .address(plan.router(), plan.program().prefixLength())
                    .driver(new NettyStackDriver(one, new SystemClock(), report()))
                    // Before the first frame: the program may have sent its request already, and would be refused.
                    .prepare(stack -> {
                        StackWebServer.start(stack, WebPage.ALLOWED_PORT, text);
                        StackWebServer.start(stack, WebPage.REFUSED_PORT, text);
                    })
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the demo's server cannot start: " + e.getMessage(), e);
        }
    }

    private static FailureReport report() {
        return new FailureReport() {
            @Override
            public void stackFailed(Throwable cause) {
                LOG.warn("the stack of the demo's server failed", cause);
            }

            @Override
            public void linkFailed(String reason) {
                // The ordinary end: the program has gone, and its end of the link with it.
                LOG.debug("the demo's link has ended: {}", reason);
            }
        };
    }

    @Override
    public synchronized void close() {
        if (router != null) {
            router.close();
        }
        super.close();
    }
}
