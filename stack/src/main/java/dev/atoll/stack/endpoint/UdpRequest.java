package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.socket.UdpForwardRequest;
import dev.atoll.stack.socket.UdpForwarder;
import dev.atoll.stack.udp.ForwardedDatagrams;
import dev.atoll.stack.udp.UdpForwarding;
import dev.atoll.stack.udp.UdpPort;

/** {@link UdpForwardRequest} over the datagrams of one sender. */
final class UdpRequest extends ForwardRequest<ForwardedDatagrams, UdpPort> implements UdpForwardRequest {
    private final Sockets sockets;
    private final UdpForwarder decider;

    UdpRequest(Sockets sockets, UdpForwarding queue, UdpForwarder decider, ForwardedDatagrams datagrams) {
        super(sockets.hold(), queue, datagrams);
        this.sockets = sockets;
        this.decider = decider;
    }

    @Override
    protected void deliver() {
        decider.onRequest(this);
    }

    @Override
    public UdpEndpoint accept() throws StackException {
        return accept(sockets::wrap);
    }
}
