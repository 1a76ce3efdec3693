package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpForwardRequest;
import dev.atoll.stack.socket.TcpForwarder;
import dev.atoll.stack.tcp.Connection;
import dev.atoll.stack.tcp.ForwardedSyn;
import dev.atoll.stack.tcp.Forwarder;

/** {@link TcpForwardRequest} over a SYN that waits. */
final class TcpRequest extends ForwardRequest<ForwardedSyn, Connection> implements TcpForwardRequest {
    private final Sockets sockets;
    private final TcpForwarder decider;

    TcpRequest(Sockets sockets, Forwarder queue, TcpForwarder decider, ForwardedSyn syn) {
        super(sockets.hold(), queue, syn);
        this.sockets = sockets;
        this.decider = decider;
    }

    @Override
    protected void deliver() {
        decider.onRequest(this);
    }

    @Override
    public TcpEndpoint accept() throws StackException {
        return accept(sockets::wrap);
    }
}
