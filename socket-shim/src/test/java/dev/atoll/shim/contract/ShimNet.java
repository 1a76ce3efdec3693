package dev.atoll.shim.contract;

import dev.atoll.shim.Shim;
import dev.atoll.shim.StackSockets;
import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.shim.fake.FakeStack;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/** Ours, embedded: over a stack's loopback, or over the stack in memory. */
final class ShimNet implements Net {
    private final Shim shim;
    private final Runnable end;

    private ShimNet(StackSockets sockets, Runnable end) {
        this.shim = Shim.of(sockets, new FakeNames());
        this.end = end;
    }

    static Net inMemory() {
        return new ShimNet(new FakeStack(), () -> {});
    }

    static Net overStack() {
        DrivenStack driven = DrivenStack.start();
        return new ShimNet(StackSockets.of(driven.stack(), false), driven::close);
    }

    @Override
    public Socket newSocket() throws IOException {
        return shim.newSocket();
    }

    @Override
    public ServerSocket newServerSocket() {
        return shim.newServerSocket();
    }

    @Override
    public DatagramSocket newDatagramSocket(@Nullable InetSocketAddress local) throws IOException {
        return shim.newDatagramSocket(local);
    }

    @Override
    public SelectorProvider channels() {
        return shim.selectorProvider();
    }

    @Override
    public AsynchronousChannelProvider asyncChannels() {
        return shim.asynchronousChannelProvider();
    }

    @Override
    public void close() {
        end.run();
    }
}
