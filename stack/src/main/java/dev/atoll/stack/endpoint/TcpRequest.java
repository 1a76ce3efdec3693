package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.hold.Notification;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpForwardRequest;
import dev.atoll.stack.socket.TcpForwarder;
import dev.atoll.stack.tcp.ForwardedSyn;
import dev.atoll.stack.tcp.Forwarder;
import dev.atoll.stack.wire.TransportEndpointId;

/** {@link TcpForwardRequest} over a SYN that waits. */
final class TcpRequest extends Notification implements TcpForwardRequest {
    private final Sockets sockets;
    private final Hold hold;
    private final Forwarder waiting;
    private final TcpForwarder decider;
    private final ForwardedSyn syn;

    TcpRequest(Sockets sockets, Forwarder waiting, TcpForwarder decider, ForwardedSyn syn) {
        this.sockets = sockets;
        hold = sockets.hold();
        this.waiting = waiting;
        this.decider = decider;
        this.syn = syn;
    }

    @Override
    protected void prepare() {
        // The SYN does not change.
    }

    @Override
    protected void deliver() {
        decider.onRequest(this);
    }

    @Override
    public TransportEndpointId id() {
        return syn.id();
    }

    @Override
    public int nicId() {
        return syn.nicId();
    }

    @Override
    public TcpEndpoint accept() throws StackException {
        return hold.call(() -> sockets.wrap(waiting.accept(syn)));
    }

    @Override
    public void refuse() {
        hold.query(() -> {
            waiting.refuse(syn);
            return true;
        });
    }

    @Override
    public void drop() {
        hold.query(() -> {
            waiting.drop(syn);
            return true;
        });
    }

    @Override
    public String toString() {
        return id().toString();
    }
}
