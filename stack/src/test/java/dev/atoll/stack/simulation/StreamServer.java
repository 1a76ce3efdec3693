package dev.atoll.stack.simulation;

import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import java.util.Objects;

/** Accepts the conversations of a {@link Flow}. */
final class StreamServer extends Program {
    private static final int BACKLOG = 8;

    private final Flow flow;
    private final Host host;
    private TcpListener listener;

    StreamServer(Flow flow) throws StackException {
        this.flow = flow;
        host = flow.pair().server();
        listener = host.stack().newTcpListener();
        FullAddress service = flow.pair().service();
        listener.bind(new FullAddress(service.address().isV4() ? IpAddress.V4_ANY : IpAddress.V6_ANY, service.port()));
        listener.listen(BACKLOG);
        listener.setReadinessListener(this);
    }

    @Override
    void run() {
        try {
            TcpEndpoint accepted;
            while ((accepted = listener.accept()) != null) {
                take(accepted);
            }
        } catch (StackException e) {
            throw new AssertionError(flow.pair() + ": " + e.getMessage(), e);
        }
    }

    private void take(TcpEndpoint accepted) {
        Conversation conversation = flow.from(Objects.requireNonNull(accepted.remoteAddress()));
        StreamEnd end = new StreamEnd(
                flow, conversation, conversation.accepted(), conversation.plan().mirrored(), accepted, () -> {
                    // The client begins the next.
                });
        host.start(end);
        end.accepted();
    }

    @Override
    void end() {
        listener.close();
    }

    @Override
    List<Endpoint> endpoints() {
        return List.of(listener);
    }

    @Override
    void moved(RestoredStack restored) {
        listener = again(restored, listener, TcpListener.class);
    }
}
