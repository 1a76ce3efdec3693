package dev.atoll.stack.endpoint;

import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.icmp.PingPort;
import dev.atoll.stack.socket.IcmpEndpoint;

/** {@link IcmpEndpoint} over a port of the protocol. */
final class PingEndpoint extends PortEndpoint<PingPort> implements IcmpEndpoint {
    PingEndpoint(Hold hold, PingPort port, long uniqueId) {
        super(hold, port, uniqueId);
    }
}
