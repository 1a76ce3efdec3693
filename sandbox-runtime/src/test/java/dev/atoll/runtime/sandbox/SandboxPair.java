package dev.atoll.runtime.sandbox;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.StreamLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** Two sandboxes joined by a stream link: 10.66.0.1 and 10.66.0.2. */
public final class SandboxPair implements AutoCloseable {
    public static final IpAddress FIRST = IpAddress.parse("10.66.0.1");
    public static final IpAddress SECOND = IpAddress.parse("10.66.0.2");

    public final Sandbox first;
    public final Sandbox second;
    public final StreamLink firstLink;
    public final StreamLink secondLink;

    /** With what each test wants of them besides. */
    public SandboxPair(UnaryOperator<SandboxBuilder> moreOfFirst, UnaryOperator<SandboxBuilder> moreOfSecond)
            throws IOException {
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        firstLink = new StreamLink(HostDescriptor.adopt(pair[0]), MacAddress.parse("02:00:00:00:00:01"), 1500);
        secondLink = new StreamLink(HostDescriptor.adopt(pair[1]), MacAddress.parse("02:00:00:00:00:02"), 1500);
        first = moreOfFirst
                .apply(Sandbox.builder().link(firstLink).address(FIRST, 24))
                .start();
        second = moreOfSecond
                .apply(Sandbox.builder().link(secondLink).address(SECOND, 24))
                .start();
    }

    public SandboxPair() throws IOException {
        this(builder -> builder, builder -> builder);
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
