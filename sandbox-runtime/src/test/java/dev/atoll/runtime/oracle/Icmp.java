package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.wire.IpAddress;

/**
 * An ICMP message of either family.
 *
 * @param rest the second 32 bits
 */
record Icmp(int type, int code, int rest, Bytes body) {
    /** Types that the families have different numbers for. */
    enum Type {
        ECHO_REQUEST(IcmpMessage.ECHO_REQUEST, Icmpv6Message.ECHO_REQUEST),
        ECHO_REPLY(IcmpMessage.ECHO_REPLY, Icmpv6Message.ECHO_REPLY),
        UNREACHABLE(IcmpMessage.UNREACHABLE, Icmpv6Message.UNREACHABLE),
        TIME_EXCEEDED(IcmpMessage.TIME_EXCEEDED, Icmpv6Message.TIME_EXCEEDED);

        private final int v4;
        private final int v6;

        Type(int v4, int v6) {
            this.v4 = v4;
            this.v6 = v6;
        }

        int number(boolean ofIpv4) {
            return ofIpv4 ? v4 : v6;
        }
    }

    /** The protocol number over addresses like this one. */
    static int protocol(IpAddress address) {
        return address.isV4() ? Ipv4Packet.ICMP : Ipv6Packet.ICMP;
    }

    Bytes encode(IpAddress source, IpAddress destination) {
        return source.isV4()
                ? new IcmpMessage(type, code, rest, body).encode()
                : new Icmpv6Message(type, code, rest, body).encode(source, destination);
    }

    /** Verifies the checksum. */
    static Icmp decode(IpPacket packet) {
        IpAddress source = packet.source();
        IpAddress destination = packet.destination();
        if (source.isV4()) {
            IcmpMessage message =
                    IcmpMessage.decode(Ipv4Packet.of(source, destination, Ipv4Packet.ICMP, packet.payload()));
            return new Icmp(message.type(), message.code(), message.rest(), message.body());
        }
        Icmpv6Message message =
                Icmpv6Message.decode(Ipv6Packet.of(source, destination, Ipv6Packet.ICMP, packet.payload()));
        return new Icmp(message.type(), message.code(), message.rest(), message.body());
    }
}
