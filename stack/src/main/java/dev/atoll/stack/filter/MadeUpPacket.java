package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;

/** Packets as the IP layer hands them to the filter: headers written, positions and addresses set. They are never sent. */
public final class MadeUpPacket {
    private static final int HOPS = 64;
    private static final int WINDOW = 65_535;

    private MadeUpPacket() {}

    /**
     * A packet without payload.
     *
     * @param protocol TCP or UDP, or another, which then has 8 bytes of transport header. Of an ICMP query the source port is the
     *     identifier, the destination port type and code, as connection tracking has them
     * @param tcpFlags of TCP
     * @param outgoing whether it is the program's own
     */
    public static PacketBuffer of(int protocol, FullAddress from, FullAddress to, int tcpFlags, boolean outgoing) {
        boolean v4 = from.address().isV4();
        int ipBytes = v4 ? Ipv4.HEADER_BYTES : Ipv6.HEADER_BYTES;
        int transportBytes = protocol == IpProtocol.TCP ? Tcp.HEADER_BYTES : Udp.HEADER_BYTES;
        PacketBuffer packet = PacketBuffer.copyOf(new byte[ipBytes + transportBytes]);
        ByteBuffer data = packet.data();
        int at = packet.start();
        int transport = at + ipBytes;
        if (v4) {
            int source = from.address().v4Bits();
            int destination = to.address().v4Bits();
            Ipv4.write(
                    data,
                    at,
                    ipBytes,
                    /* tos= */ 0,
                    ipBytes + transportBytes,
                    /* identification= */ 0,
                    Ipv4.DONT_FRAGMENT,
                    HOPS,
                    protocol,
                    source,
                    destination);
        } else {
            Ipv6.write(data, at, 0, 0, transportBytes, protocol, HOPS, from.address(), to.address());
        }
        if (protocol == IpProtocol.TCP) {
            Tcp.write(data, transport, from.port(), to.port(), 0, 0, transportBytes, tcpFlags, WINDOW, 0);
        } else if (protocol == IpProtocol.UDP) {
            Udp.write(data, transport, from.port(), to.port(), transportBytes, 0);
        } else if (protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) {
            Icmpv4.write(data, transport, to.port() >>> 8, to.port() & 0xff, from.port() << 16);
        }
        packet.checksumValidated = true;
        packet.networkOffset = at;
        packet.transportOffset = transport;
        packet.transportProtocol = protocol;
        packet.ipVersion = (v4 ? Family.IPV4 : Family.IPV6).ipVersion();
        packet.sourceHigh = from.address().high();
        packet.sourceLow = from.address().low();
        packet.destinationHigh = to.address().high();
        packet.destinationLow = to.address().low();
        packet.type = outgoing ? PacketType.OUTGOING : PacketType.HOST;
        return packet;
    }
}
