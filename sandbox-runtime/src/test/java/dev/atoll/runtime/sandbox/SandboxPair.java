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

    /** With what each test wants of them besides. */
    public SandboxPair(UnaryOperator<SandboxBuilder> moreOfFirst, UnaryOperator<SandboxBuilder> moreOfSecond)
            throws IOException {
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        first = moreOfFirst.apply(describe(pair[0], "02:00:00:00:00:01", FIRST)).start();
        second = moreOfSecond
                .apply(describe(pair[1], "02:00:00:00:00:02", SECOND))
                .start();
    }

    public SandboxPair() throws IOException {
        this(builder -> builder, builder -> builder);
    }

    private static SandboxBuilder describe(int descriptor, String linkAddress, IpAddress address) throws IOException {
        return Sandbox.builder()
                .link(new StreamLink(HostDescriptor.adopt(descriptor), MacAddress.parse(linkAddress), 1500))
                .address(address, 24);
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
