package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.udp.UdpPort;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** {@link UdpEndpoint} over a port of the protocol. */
final class DatagramEndpoint extends PortEndpoint<UdpPort> implements UdpEndpoint {
    DatagramEndpoint(Hold hold, UdpPort port, long uniqueId) {
        super(hold, port, uniqueId);
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
