package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.PortHolder;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.udp.UdpPort;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@link UdpEndpoint} over a port of the protocol. */
final class DatagramEndpoint extends PortEndpoint<UdpPort> implements UdpEndpoint {
    private final Sockets sockets;
    private final @Nullable SharedPort shared;

    /** Known to be bound, which it is for good then; spares a look under the hold for each datagram. */
    private volatile boolean isBound;

    DatagramEndpoint(Sockets sockets, UdpPort port, long uniqueId) {
        super(sockets.hold(), port, uniqueId);
        this.sockets = sockets;
        shared = sockets.portHolder() == null ? null : new SharedPort();
    }

    @Override
    public void bind(FullAddress local) throws StackException {
        SharedPort shares = shared;
        PortHolder holder = sockets.portHolder();
        if (shares == null || holder == null || !SharedPort.isOnLoopback(local)) {
            super.bind(local);
            return;
        }
        boolean reused = hold.query(() -> port.options().reuseAddress || port.options().reusePort);
        shares.bind(local, wanted -> holder.holdUdp(wanted, reused), super::bind);
    }

    /** One whose peer is elsewhere gets nothing from loopback, and need not have its port there. */
    @Override
    public void connect(FullAddress remote) throws StackException {
        if (remote.address().isLoopback()) {
            bindShared();
        }
        super.connect(remote);
    }

    @Override
    public int send(ByteBuffer payload, @Nullable FullAddress remote) throws StackException {
        if (remote != null) {
            bindShared();
        }
        return super.send(payload, remote);
    }

    private void bindShared() throws StackException {
        SharedPort shares = shared;
        if (shares == null || isBound) {
            return;
        }
        synchronized (shares) {
            if (localAddress() == null) {
                bind(new FullAddress(sockets.anyAddress(), 0));
            }
            isBound = true;
        }
    }

    @Override
    void closing() {
        if (shared != null) {
            shared.close();
        }
    }

    @Override
    void set(EndpointOption<?> option, Object value) throws StackException {
        if (!MessageOptionTable.setUdp(port.options(), option, value)) {
            super.set(option, value);
        }
    }

    @Override
    Object get(EndpointOption<?> option) throws StackException {
        Object value = MessageOptionTable.getUdp(port.options(), option);
        return value == null ? super.get(option) : value;
    }

    @Override
    public void joinGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        held(() -> {
            port.joinGroup(group, nicId, source);
            return true;
        });
    }

    @Override
    public void leaveGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        held(() -> {
            port.leaveGroup(group, nicId, source);
            return true;
        });
    }

    @Override
    public void blockSource(IpAddress group, int nicId, IpAddress source, boolean blocked) throws StackException {
        held(() -> {
            port.blockSource(group, nicId, source, blocked);
            return true;
        });
    }
}
