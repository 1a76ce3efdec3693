package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Draws what rules judge: packets whose addresses and ports come from the small pools from which those of rules come. */
final class Traffic {
    /** UDP ports at which programs on the router receive. */
    static final List<Integer> LISTENING = List.of(53, 5000);

    private static final Set<Integer> PORTS = Pools.ports();
    /** ICMP types: some that are queries, and one of each family that means nothing. */
    private static final int TIMESTAMP = 13;

    private static final int ADDRESS_MASK = 17;
    private static final int UNKNOWN_IN_V4 = 30;
    private static final int UNKNOWN_IN_V6 = 200;

    private static final int ANY_PROTOCOL_BYTES = 40;
    /** Protocols that neither the kernel nor a stack has a handler for. */
    private static final List<Integer> UNHANDLED = List.of(99, 253, 61);

    private final Topology topology;
    private final Draw draw;
    private final boolean translates;
    private final boolean truncates;
    private int nextId;

    /**
     * @param translates whether there is a table nat
     * @param truncates whether packets may end within their transport header
     */
    Traffic(Topology topology, Draw draw, boolean translates, boolean truncates) {
        this.translates = translates;
        this.truncates = truncates;
        this.topology = topology;
        this.draw = draw;
        nextId = 0x2000 + draw.below(0x6000);
    }

    /** A packet as it arrives on a link. */
    static Bytes frame(Topology.Side side, Step.Arrival arrival) {
        Bytes packet = arrival.packet();
        return new EthernetFrame(
                        arrival.toAll() ? MacAddress.BROADCAST : side.mac(),
                        new MacAddress(0x0200_0000_00ffL),
                        packet.u8(0) >>> 4 == 4 ? EthernetFrame.IPV4 : EthernetFrame.IPV6,
                        packet)
                .encode();
    }

    /** Whether a frame is what hosts of a link ask each other: ARP, neighbour discovery, groups. Rules of cases are not for it. */
    static boolean isOfLink(byte[] bytes) {
        EthernetFrame frame = EthernetFrame.decode(bytes);
        if (frame.etherType() == EthernetFrame.ARP) {
            return true;
        }
        // Reports of groups have a hop-by-hop header in front.
        Bytes packet = frame.payload();
        if (frame.etherType() != EthernetFrame.IPV6 || packet.length() < 49) {
            return false;
        }
        boolean behindOptions = packet.u8(6) == Ipv6Packet.HOP_BY_HOP;
        int type = packet.u8(behindOptions ? 48 : 40);
        boolean icmp = packet.u8(behindOptions ? 40 : 6) == Ipv6Packet.ICMP;
        return icmp
                && (type == Icmpv6Message.MLD2_REPORT
                        || (type >= Icmpv6Message.MLD_QUERY && type <= Icmpv6Message.REDIRECT));
    }

    /** How it is told that a program got a datagram. */
    static String received(int port, IpAddress from, int fromPort, byte[] payload) {
        return "udp port " + port + " got from " + from + ":" + (PORTS.contains(fromPort) ? fromPort : "chosen") + " "
                + HexFormat.of().formatHex(payload);
    }

    /** A packet that arrives, for the router or to be passed on. */
    Step arrival() {
        int side = draw.below(2);
        IpAddress source = draw.oneIn(8) && side == 1
                ? draw.of(topology.far())
                : draw.of(topology.sides().get(side).neighbors());
        // Led to this host by table nat, a broadcast is delivered by Linux and dropped by a stack: docs/policy.md.
        boolean toAll = draw.oneIn(25) && !translates && topology.family() == Family.IPV4;
        IpAddress destination = toAll ? broadcast(side) : destination(side);
        IpPacket packet = damaged(packet(source, destination));
        return new Step.Arrival(side, toAll, packet.encode(), describe(packet));
    }

    private IpAddress broadcast(int side) {
        IpAddress local = topology.sides().get(side).local().get(0);
        return draw.oneIn(2) ? IpAddress.V4_BROADCAST : IpAddress.v4(local.v4Bits() | 0xff);
    }

    /** A packet that arrives in two or three fragments, in some order. */
    List<Step> fragments() {
        int side = draw.below(2);
        IpAddress source = draw.of(topology.sides().get(side).neighbors());
        IpPacket whole = damaged(packet(source, destination(side)));
        // One of IPv6 that begins without its whole transport header is no fragment to Linux (RFC 8200 section 4.5).
        int pieceBytes = topology.family() == Family.IPV4 ? draw.of(8, 16, 24) : draw.of(24, 32);
        List<Step> steps = new ArrayList<>();
        for (int at = 0; at < whole.payload().length(); at += pieceBytes) {
            int end = Math.min(whole.payload().length(), at + pieceBytes);
            IpPacket fragment = whole.fragment(at, end);
            Step step = new Step.Arrival(side, false, fragment.encode(), at + " of " + describe(whole));
            steps.add(draw.oneIn(3) ? 0 : steps.size(), step);
        }
        return steps;
    }

    /** An answer to what came of a step before. */
    Step answer(int stepsBefore) {
        int step = draw.oneIn(2) ? stepsBefore - 1 : draw.below(stepsBefore);
        return new Step.Answer(
                step,
                newId(),
                draw.of(
                        Answers.Kind.REPLY,
                        Answers.Kind.REPLY,
                        Answers.Kind.REPLY,
                        Answers.Kind.REPLY,
                        Answers.Kind.LAST_REPLY,
                        Answers.Kind.RESET,
                        Answers.Kind.UNREACHABLE,
                        Answers.Kind.TOO_OLD));
    }

    private int newId() {
        return nextId++;
    }

    /** A packet that a program on the router sends. */
    Step departure() {
        int side = draw.below(2);
        IpAddress source =
                draw.of(topology.sides().get(draw.oneIn(6) ? 1 - side : side).local());
        IpAddress destination = draw.oneIn(6)
                ? draw.of(topology.far())
                : draw.of(topology.sides().get(side).neighbors());
        // The kernel verifies checksums of what comes back to it by lo, a stack knows that it made them itself.
        IpPacket packet = packet(source, destination);
        return new Step.Departure(packet.encode(), describe(packet));
    }

    private IpAddress destination(int side) {
        switch (draw.below(10)) {
            case 0:
            case 1:
            case 2:
                return draw.of(topology.sides().get(side).local());
            case 3:
                return draw.of(topology.sides().get(1 - side).local());
            case 4:
                return draw.of(topology.far());
            default:
                return draw.of(topology.sides().get(1 - side).neighbors());
        }
    }

    private static boolean isNeighborDiscovery(IpPacket packet) {
        Bytes message = packet.payload();
        return packet.protocol() == Ipv6Packet.ICMP
                && message.length() > 0
                && message.u8(0) >= Icmpv6Message.ROUTER_SOLICITATION
                && message.u8(0) <= Icmpv6Message.REDIRECT;
    }

    private IpPacket packet(IpAddress source, IpAddress destination) {
        int id = newId();
        int tos = draw.of(0, 0, 0, 0x10, 0x08, 0xb8, 0x02, 0x28, 0x1c);
        int ttl = draw.of(64, 64, 64, 64, 255, 63, 5, 2, 1);
        boolean mayFragment = draw.oneIn(4);
        int protocol = draw.of(
                Ipv4Packet.TCP,
                Ipv4Packet.TCP,
                Ipv4Packet.TCP,
                Ipv4Packet.UDP,
                Ipv4Packet.UDP,
                Ipv4Packet.UDP,
                Icmp.protocol(source),
                Icmp.protocol(source),
                draw.of(UNHANDLED));
        Bytes payload = transport(protocol, source, destination);
        Bytes options = draw.oneIn(12) ? options(source.isV4()) : Bytes.EMPTY;
        return new IpPacket(tos, id, !mayFragment, false, 0, ttl, protocol, source, destination, options, payload);
    }

    /** Options of IPv4 that a router leaves alone: padding, router alert; of IPv6 destination options that are padding. */
    private Bytes options(boolean v4) {
        return v4 ? draw.of(Bytes.hex("01010100"), Bytes.hex("94040000")) : Bytes.hex("00 0104 00000000");
    }

    /** Now and then with a bit turned over or the end cut off. */
    private IpPacket damaged(IpPacket packet) {
        Bytes payload = packet.payload();
        if (draw.oneIn(14) && payload.length() > 0) {
            byte[] bytes = payload.toArray();
            bytes[draw.below(bytes.length)] ^= (byte) (1 << draw.below(8));
            payload = Bytes.of(bytes);
        }
        if (draw.oneIn(20) && truncates) {
            payload = payload.slice(0, draw.below(payload.length() + 1));
        }
        IpPacket damaged = packet.with(packet.id(), payload);
        // With 255 hops left it would be valid, and no rule asked about it: docs/policy.md.
        return packet.ttl() == 255 && isNeighborDiscovery(damaged) ? packet : damaged;
    }

    private Bytes transport(int protocol, IpAddress source, IpAddress destination) {
        switch (protocol) {
            case Ipv4Packet.TCP:
                return tcp().encode(source, destination);
            case Ipv4Packet.UDP:
                return new UdpDatagram(port(), port(), !source.isV4() || !draw.oneIn(8), bytes(draw.below(60)))
                        .encode(source, destination);
            case Ipv4Packet.ICMP:
            case Ipv6Packet.ICMP:
                return icmp(source, destination).encode(source, destination);
            default:
                return bytes(draw.below(ANY_PROTOCOL_BYTES));
        }
    }

    private TcpSegment tcp() {
        int flags = draw.of(
                TcpSegment.SYN,
                TcpSegment.SYN,
                TcpSegment.ACK,
                TcpSegment.SYN | TcpSegment.ACK,
                TcpSegment.FIN | TcpSegment.ACK,
                TcpSegment.RST,
                TcpSegment.RST | TcpSegment.ACK,
                TcpSegment.PSH | TcpSegment.ACK,
                TcpSegment.FIN | TcpSegment.PSH | TcpSegment.URG,
                0,
                0xff,
                TcpSegment.SYN | TcpSegment.ECE | TcpSegment.CWR);
        List<TcpOption> options = new ArrayList<>();
        if (draw.oneIn(3)) {
            options.add(new TcpOption.Mss(draw.of(536, 1460)));
        }
        if (draw.oneIn(4)) {
            options.add(new TcpOption.SackPermitted());
        }
        if (draw.oneIn(4)) {
            options.add(new TcpOption.WindowScale(7));
        }
        Bytes payload = draw.oneIn(2) ? Bytes.EMPTY : bytes(draw.below(40));
        int ack = (flags & TcpSegment.ACK) == 0 ? 0 : draw.below(1 << 30);
        return new TcpSegment(port(), port(), draw.below(1 << 30), ack, flags, 1000, 0, options, payload);
    }

    private Icmp icmp(IpAddress source, IpAddress destination) {
        boolean v4 = source.isV4();
        int request = Icmp.Type.ECHO_REQUEST.number(v4);
        int unreachable = Icmp.Type.UNREACHABLE.number(v4);
        int exceeded = Icmp.Type.TIME_EXCEEDED.number(v4);
        int type = draw.of(
                request,
                request,
                request,
                Icmp.Type.ECHO_REPLY.number(v4),
                unreachable,
                exceeded,
                v4 ? TIMESTAMP : UNKNOWN_IN_V6,
                v4 ? ADDRESS_MASK : UNKNOWN_IN_V6,
                v4 ? UNKNOWN_IN_V4 : UNKNOWN_IN_V6);
        if (type == unreachable || type == exceeded) {
            // About one that the receiver sent.
            IpAddress from = destination;
            IpAddress to = source;
            Bytes datagram = new UdpDatagram(port(), port(), bytes(8)).encode(from, to);
            Bytes about =
                    new IpPacket(0, 0, true, false, 0, 64, Ipv4Packet.UDP, from, to, Bytes.EMPTY, datagram).encode();
            return new Icmp(type, type == unreachable ? draw.of(0, 1, 3, 10) : 0, 0, about);
        }
        int code = draw.oneIn(10) ? 5 : 0;
        return new Icmp(type, code, draw.below(Pools.ICMP_IDS) << 16 | 1, bytes(v4 && type == ADDRESS_MASK ? 4 : 12));
    }

    private int port() {
        return draw.of(Pools.PORTS);
    }

    private Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) draw.below(256);
        }
        return Bytes.of(bytes);
    }

    private static String describe(IpPacket packet) {
        Bytes payload = packet.payload();
        boolean ports = packet.protocol() == Ipv4Packet.TCP || packet.protocol() == Ipv4Packet.UDP;
        String more = "";
        if (ports && payload.length() >= 4) {
            more = " ports " + payload.u16(0) + ">" + payload.u16(2);
        }
        if (packet.protocol() == Ipv4Packet.TCP && payload.length() >= 14) {
            more += " flags " + TcpSegment.formatFlags(payload.u8(13));
        }
        if (packet.protocol() == Icmp.protocol(packet.source()) && payload.length() >= 2) {
            more = " type " + payload.u8(0) + "/" + payload.u8(1);
        }
        return packet.source() + ">" + packet.destination() + " proto " + packet.protocol() + " ttl " + packet.ttl()
                + " tos " + packet.tos() + more + ", " + payload.length() + " bytes";
    }
}
