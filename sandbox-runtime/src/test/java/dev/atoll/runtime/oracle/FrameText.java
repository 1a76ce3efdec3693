package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Frames as text that is the same for frames between which a host is free to choose: the IP identification of what it sends
 * itself, how it cuts what came in fragments, the port it gives a flow whose own is taken, the time of day. Every other byte
 * shows.
 */
final class FrameText {
    private static final int TIMESTAMP = 13;
    private static final int TIMESTAMP_REPLY = 14;
    private static final int ADDRESS_MASK_REPLY = 18;
    /** Ports that keep their class (nf_nat_core.c): below 512, to 1023, above. */
    private static final int LOW_PORTS = 512;

    private static final int PRIVILEGED_PORTS = 1024;

    private static final int ICMP_HEADER_BYTES = 8;
    private static final int ICMP_CHECKSUM = 2;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;
    private static final int V4_HEADER_BYTES = 20;
    private static final int V4_PROTOCOL = 9;
    private static final int V6_HEADER_BYTES = 40;
    private static final int V6_NEXT_HEADER = 6;

    private final Set<Integer> givenPorts;

    /**
     * @param givenPorts ports that packets and rules have
     */
    FrameText(Set<Integer> givenPorts) {
        this.givenPorts = givenPorts;
    }

    /**
     * A line for each packet.
     *
     * @param givenId IP identification of the packet that they came of, which it must keep
     */
    List<String> of(List<Outcome.Sent> sent, int givenId) {
        List<String> lines = new ArrayList<>();
        SortedMap<String, SortedMap<Integer, IpPacket>> fragments = new TreeMap<>();
        for (Outcome.Sent one : sent) {
            EthernetFrame frame = EthernetFrame.decode(one.frame());
            String link = "eth" + one.side() + " " + frame.source() + ">" + frame.destination() + " ";
            if (frame.etherType() != EthernetFrame.IPV4 && frame.etherType() != EthernetFrame.IPV6) {
                lines.add(link + Integer.toHexString(frame.etherType()) + " " + hex(frame.payload()));
                continue;
            }
            try {
                IpPacket packet = IpPacket.decode(frame.payload());
                if (packet.isFragment()) {
                    fragments
                            .computeIfAbsent(link + head(packet, givenId), key -> new TreeMap<>())
                            .put(packet.offset(), packet);
                } else {
                    lines.add(link + head(packet, givenId) + transport(packet));
                }
            } catch (BadFrameException e) {
                lines.add(link + e.getMessage() + ": " + hex(frame.payload()));
            }
        }
        fragments.forEach((head, pieces) -> lines.add(head + joined(pieces)));
        return lines;
    }

    private String joined(SortedMap<Integer, IpPacket> pieces) {
        StringBuilder digits = new StringBuilder();
        boolean more = true;
        for (IpPacket piece : pieces.values()) {
            if (2 * piece.offset() != digits.length() || !more) {
                return "fragments that do not fit: " + pieces;
            }
            digits.append(hex(piece.payload()));
            more = piece.more();
        }
        IpPacket first = pieces.values().iterator().next();
        IpPacket whole = first.with(first.id(), Bytes.hex(digits.toString()));
        return (more ? "the begin, in fragments " : "in fragments ") + transport(whole);
    }

    private static String head(IpPacket packet, int givenId) {
        return packet.source() + ">" + packet.destination() + " proto " + packet.protocol() + " ttl " + packet.ttl()
                + " tos " + packet.tos() + " id "
                + (packet.id() == givenId ? "kept" : "free")
                + (packet.dontFragment() ? " DF " : " ")
                + (packet.options().length() > 0 ? "options " + hex(packet.options()) + " " : "");
    }

    private String transport(IpPacket packet) {
        Bytes payload = packet.payload();
        try {
            switch (packet.protocol()) {
                case Ipv4Packet.TCP:
                    TcpSegment segment = TcpSegment.decode(payload, packet.source(), packet.destination());
                    return ports(segment.sourcePort(), segment.destinationPort(), payload, 18);
                case Ipv4Packet.UDP:
                    UdpDatagram datagram = UdpDatagram.decode(payload, packet.source(), packet.destination());
                    return ports(datagram.sourcePort(), datagram.destinationPort(), payload, 8);
                case Ipv4Packet.ICMP:
                case Ipv6Packet.ICMP:
                    return icmp(packet);
                default:
                    return hex(payload);
            }
        } catch (BadFrameException e) {
            // Damaged as it came, or by the router: it shows.
            return hex(payload);
        }
    }

    private String icmp(IpPacket packet) {
        Icmp message = Icmp.decode(packet);
        Bytes payload = packet.payload();
        boolean v4 = packet.source().isV4();
        if (v4 && message.type() == TIMESTAMP_REPLY) {
            return hex(payload.slice(0, 2)) + id(message.rest() >>> 16) + hex(payload.slice(6, 12)) + " at some time";
        }
        if (message.type() == Icmp.Type.UNREACHABLE.number(v4)
                || message.type() == Icmp.Type.TIME_EXCEEDED.number(v4)) {
            return error(payload, v4);
        }
        return isOfQuery(message.type(), v4) && !givenPorts.contains(message.rest() >>> 16)
                ? hex(payload.slice(0, 2)) + " chosen id " + hex(payload.from(6))
                : hex(payload);
    }

    private String id(int id) {
        return givenPorts.contains(id) ? String.format("%04x", id) : " chosen id ";
    }

    /** Whether a message asks or answers, with an identifier: what translation changes where others change ports. */
    private static boolean isOfQuery(int type, boolean v4) {
        return type == Icmp.Type.ECHO_REQUEST.number(v4)
                || type == Icmp.Type.ECHO_REPLY.number(v4)
                || (v4 && type >= TIMESTAMP && type <= ADDRESS_MASK_REPLY);
    }

    /** An ICMP error, without what follows from ports of the packet it quotes that somebody was free to choose. */
    private String error(Bytes payload, boolean v4) {
        byte[] bytes = payload.toArray();
        int leastBytes = ICMP_HEADER_BYTES + (v4 ? V4_HEADER_BYTES : V6_HEADER_BYTES);
        if (bytes.length < leastBytes) {
            return hex(payload);
        }
        int at = v4 ? ICMP_HEADER_BYTES + 4 * (bytes[ICMP_HEADER_BYTES] & 0xf) : leastBytes;
        int protocol = payload.u8(ICMP_HEADER_BYTES + (v4 ? V4_PROTOCOL : V6_NEXT_HEADER));
        boolean icmp = protocol == (v4 ? Ipv4Packet.ICMP : Ipv6Packet.ICMP);
        if (icmp && bytes.length >= at + 6 && isOfQuery(payload.u8(at), v4)) {
            int id = payload.u16(at + 4);
            return givenPorts.contains(id)
                    ? hex(payload)
                    : "about a chosen id " + without(bytes, ICMP_CHECKSUM, at + 2, at + 4);
        }
        if ((protocol != Ipv4Packet.TCP && protocol != Ipv4Packet.UDP) || bytes.length < at + 4) {
            return hex(payload);
        }
        int source = payload.u16(at);
        int destination = payload.u16(at + 2);
        if (givenPorts.contains(source) && givenPorts.contains(destination)) {
            return hex(payload);
        }
        int checksum = at + (protocol == Ipv4Packet.TCP ? TCP_CHECKSUM : UDP_CHECKSUM);
        return "about " + port(source) + ">" + port(destination) + " "
                + without(bytes, ICMP_CHECKSUM, at, at + 2, checksum);
    }

    /** Digits of a message with these fields of 16 bits set to 0, as far as they are there. */
    private static String without(byte[] bytes, int... fields) {
        for (int field : fields) {
            if (field + 2 <= bytes.length) {
                bytes[field] = 0;
                bytes[field + 1] = 0;
            }
        }
        return hex(Bytes.of(bytes));
    }

    /** A segment or datagram whose checksum is right. */
    private String ports(int source, int destination, Bytes payload, int rest) {
        boolean tcp = rest == TCP_CHECKSUM + 2;
        if (givenPorts.contains(source) && givenPorts.contains(destination)) {
            // Of TCP, 0 and 0xffff are the same checksum; of UDP the one is none.
            return tcp ? hex(payload.slice(0, TCP_CHECKSUM)) + hex(payload.from(rest)) : hex(payload);
        }
        return port(source) + ">" + port(destination) + " " + hex(payload.slice(4, tcp ? TCP_CHECKSUM : UDP_CHECKSUM))
                + hex(payload.from(rest));
    }

    private String port(int port) {
        if (givenPorts.contains(port)) {
            return String.valueOf(port);
        }
        return port < LOW_PORTS ? "chosen low" : port < PRIVILEGED_PORTS ? "chosen privileged" : "chosen";
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toArray());
    }
}
