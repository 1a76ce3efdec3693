package dev.atoll.runtime.localhost;

import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;

/** A UDP port that an endpoint of the stack has, held in the kernel too. */
final class HeldDatagrams extends HeldSocket<DatagramChannel> {
    /** Taken in one go before others have their turn. */
    private static final int BATCH = 64;

    private final boolean shared;

    /**
     * @param channel bound, non-blocking
     * @param local what it is bound to
     * @param shared whether others may bind the port too
     */
    HeldDatagrams(Localhost localhost, LocalhostLoop loop, DatagramChannel channel, FullAddress local, boolean shared) {
        super(localhost, loop, channel, local);
        this.shared = shared;
    }

    void start() {
        watch(SelectionKey.OP_READ);
    }

    /** Lets a socket of ours that has one peer bind the port too, and nobody else. */
    synchronized void share(Binding binding) throws IOException {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        try {
            binding.bind();
        } finally {
            if (!shared) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            }
        }
    }

    /** What is bound while the port may be shared. */
    @FunctionalInterface
    interface Binding {
        void bind() throws IOException;
    }

    @Override
    public void ready(SelectionKey key) {
        ByteBuffer buffer = loop.scratch();
        for (int i = 0; i < BATCH; i++) {
            SocketAddress from;
            try {
                from = channel.receive(buffer.clear());
            } catch (IOException e) {
                // Given back meanwhile.
                return;
            }
            if (from == null) {
                return;
            }
            localhost.arrived(this, Sockets.toStack(from), buffer.flip());
        }
    }

    /** Sends what the port's endpoint says to somebody in the kernel. */
    void send(ByteBuffer datagram, FullAddress to) throws IOException {
        channel.send(datagram, Sockets.toJava(to.address(), to.port()));
    }

    @Override
    void released() {
        localhost.released(this);
    }
}
