package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.hold.Notification;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.socket.UdpForwardRequest;
import dev.atoll.stack.socket.UdpForwarder;
import dev.atoll.stack.udp.ForwardedDatagrams;
import dev.atoll.stack.udp.UdpForwarding;
import dev.atoll.stack.wire.TransportEndpointId;

/** {@link UdpForwardRequest} over the datagrams of one sender. */
final class UdpRequest extends Notification implements UdpForwardRequest {
    private final Sockets sockets;
    private final Hold hold;
    private final UdpForwarding waiting;
    private final UdpForwarder decider;
    private final ForwardedDatagrams datagrams;

    UdpRequest(Sockets sockets, UdpForwarding waiting, UdpForwarder decider, ForwardedDatagrams datagrams) {
        this.sockets = sockets;
        hold = sockets.hold();
        this.waiting = waiting;
        this.decider = decider;
        this.datagrams = datagrams;
    }

    @Override
    protected void prepare() {
        // Whose datagrams they are does not change.
    }

    @Override
    protected void deliver() {
        decider.onRequest(this);
    }

    @Override
    public TransportEndpointId id() {
        return datagrams.id();
    }

    @Override
    public int nicId() {
        return datagrams.nicId();
    }

    @Override
    public UdpEndpoint accept() throws StackException {
        return hold.call(() -> sockets.wrap(waiting.accept(datagrams)));
    }

    @Override
    public void refuse() {
        hold.query(() -> {
            waiting.refuse(datagrams);
            return true;
        });
    }

    @Override
    public void drop() {
        hold.query(() -> {
            waiting.drop(datagrams);
            return true;
        });
    }

    @Override
    public String toString() {
        return id().toString();
    }
}
