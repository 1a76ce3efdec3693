package dev.atoll.stack.simulation;

import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import org.jspecify.annotations.Nullable;

/** One end of a bulk transfer: connects or accepts, and transfers. Nothing may go wrong. */
final class Peer extends Program {
    private final Transfer transfer;
    private @Nullable TcpListener listener;
    private @Nullable TcpEndpoint endpoint;
    private boolean closed;

    Peer(Transfer.Plan plan, Rng rng) {
        transfer = new Transfer(plan, new Chance(rng), () -> true);
    }

    void connect(TcpEndpoint with, FullAddress remote) throws StackException {
        endpoint = with;
        with.setReadinessListener(this);
        if (with.connect(remote)) {
            again();
        }
    }

    void listen(TcpListener with, FullAddress local) throws StackException {
        listener = with;
        with.bind(local);
        with.listen(1);
        with.setReadinessListener(this);
    }

    boolean isClosed() {
        return closed;
    }

    long hashOfRead() {
        return transfer.hashOfRead();
    }

    @Override
    void run() {
        try {
            if (endpoint == null) {
                accept();
            }
            TcpEndpoint connected = endpoint;
            if (connected != null && !closed) {
                closed = transfer.goOn(connected);
            }
        } catch (StackException e) {
            throw new AssertionError(this + ": " + e.getMessage(), e);
        }
    }

    private void accept() throws StackException {
        TcpListener waiting = listener;
        if (waiting == null) {
            throw new IllegalStateException("a peer connects or listens before it runs");
        }
        TcpEndpoint accepted = waiting.accept();
        if (accepted != null) {
            endpoint = accepted;
            accepted.setReadinessListener(this);
            waiting.close();
            again();
        }
    }

    @Override
    public String toString() {
        String state = endpoint == null ? "not connected" : endpoint.state().toString();
        return state + ", " + transfer;
    }
}
