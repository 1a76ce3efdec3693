package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.raw.RawPort;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.RawEndpoint;

/** {@link RawEndpoint} over a port of the layer. */
final class RawPortEndpoint extends PortEndpoint<RawPort> implements RawEndpoint {
    RawPortEndpoint(Hold hold, RawPort port, long uniqueId) {
        super(hold, port, uniqueId);
    }

    @Override
    public int protocol() {
        return port.protocol();
    }

    @Override
    public boolean isIpv4() {
        return port.isIpv4();
    }

    @Override
    void set(EndpointOption<?> option, Object value) throws StackException {
        if (!MessageOptionTable.setRaw(port.options(), option, value)) {
            super.set(option, value);
        }
    }

    @Override
    Object get(EndpointOption<?> option) throws StackException {
        Object value = MessageOptionTable.getRaw(port.options(), option);
        return value == null ? super.get(option) : value;
    }
}
