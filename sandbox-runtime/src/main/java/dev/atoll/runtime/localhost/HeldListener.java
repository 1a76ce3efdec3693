package dev.atoll.runtime.localhost;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A port that a listener of the stack has, listened on in the kernel too. Whoever connects there is connected in the stack with the
 * listener, by way of {@code lo} and the rules for it, from the address and port it has in the kernel unless that is taken in the stack.
 */
final class HeldListener extends HeldSocket<ServerSocketChannel> {
    /** Accepted in one go before others have their turn. */
    private static final int BATCH = 64;

    /**
     * @param channel listens, non-blocking
     * @param local what it is bound to
     */
    HeldListener(Localhost localhost, LocalhostLoop loop, ServerSocketChannel channel, FullAddress local) {
        super(localhost, loop, channel, local);
    }

    void start() {
        watch(SelectionKey.OP_ACCEPT);
    }

    @Override
    public void ready(SelectionKey key) {
        for (int i = 0; i < BATCH; i++) {
            SocketChannel caller;
            try {
                caller = channel.accept();
            } catch (IOException e) {
                // Given back, or no descriptor is left: callers wait in the kernel until there is one.
                localhost.pause(key);
                return;
            }
            if (caller == null) {
                return;
            }
            connect(caller);
        }
    }

    private void connect(SocketChannel caller) {
        TcpEndpoint inner = localhost.newConnection();
        try {
            caller.configureBlocking(false);
            caller.setOption(StandardSocketOptions.TCP_NODELAY, true);
            inner.setOption(EndpointOption.TCP_NODELAY, true);
            FullAddress from = Sockets.toStack(caller.getRemoteAddress());
            FullAddress to = Sockets.toStack(caller.getLocalAddress());
            bindIfFree(inner, from);
            StreamSplice splice = new StreamSplice(localhost, loop, caller, inner);
            if (!localhost.begin(splice)) {
                throw new IOException("as many connections cross as may");
            }
            try {
                inner.connect(to);
            } catch (StackException e) {
                localhost.ended(splice);
                throw e;
            }
            splice.start();
        } catch (IOException e) {
            // A rule refuses it, or the listener has just closed: the caller hears what it would of a host that
            // refuses.
            inner.close();
            Sockets.reset(caller);
        }
    }

    private static void bindIfFree(TcpEndpoint inner, FullAddress from) {
        try {
            inner.bind(from);
        } catch (StackException ignored) {
            // Another port then: who is called sees that one.
        }
    }

    @Override
    void released() {
        localhost.released(this);
    }
}
