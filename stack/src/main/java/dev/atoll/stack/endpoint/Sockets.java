package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.tcp.Connection;
import dev.atoll.stack.tcp.ConnectionOptions;
import dev.atoll.stack.tcp.TcpLayer;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.udp.UdpLayer;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.concurrent.atomic.AtomicLong;

/** Makes the endpoints of one stack. The stack has the public door to it. */
public final class Sockets {
    private final Hold hold;
    private final Routes routes;
    private final IpAddress anyAddress;
    private final TcpLayer tcp;
    private final UdpLayer udp;
    private final AtomicLong ids = new AtomicLong();

    /**
     * @param anyAddress what endpoints that are not told are bound to
     */
    public Sockets(Hold hold, Routes routes, IpAddress anyAddress, TcpLayer tcp, UdpLayer udp) {
        this.hold = hold;
        this.routes = routes;
        this.anyAddress = anyAddress;
        this.tcp = tcp;
        this.udp = udp;
    }

    public TcpEndpoint newTcpEndpoint() {
        return hold.query(() -> wrap(tcp.newConnection()));
    }

    public TcpListener newTcpListener() {
        return hold.query(() -> new ListenerEndpoint(this, tcp.newListener(), ids.incrementAndGet()));
    }

    public UdpEndpoint newUdpEndpoint() {
        return hold.query(() -> new DatagramEndpoint(this, udp.newPort(), ids.incrementAndGet()));
    }

    IpAddress anyAddress() {
        return anyAddress;
    }

    Hold hold() {
        return hold;
    }

    StreamEndpoint wrap(Connection connection) {
        return new StreamEndpoint(this, tcp, connection, ids.incrementAndGet());
    }

    Ports.Binding bindTcp(FullAddress local, ConnectionOptions options) throws StackException {
        boolean known = local.address().isUnspecified()
                || routes.isLocal(local.address().high(), local.address().low());
        if (!known) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        Ports.Wish wish = new Ports.Wish(local.address(), options.reuseAddress, options.reusePort, options.v6Only);
        Ports.Binding binding = local.port() == 0
                ? tcp.ports().bindEphemeral(wish)
                : tcp.ports().bind(wish, local.port());
        if (binding == null) {
            throw new StackException(StackError.ADDRESS_IN_USE);
        }
        return binding;
    }
}
