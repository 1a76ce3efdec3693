package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
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

    /** How it is told that a program got a datagram. */
    static String received(int port, String from, int fromPort, byte[] payload) {
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
        boolean toAll = draw.oneIn(25) && !translates;
        IpAddress destination = toAll ? broadcast(side) : destination(side);
        Ipv4Packet packet = damaged(packet(source, destination));
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
        Ipv4Packet whole = damaged(packet(source, destination(side)));
        int pieceBytes = draw.of(8, 16, 24);
        List<Step> steps = new ArrayList<>();
        for (int at = 0; at < whole.payload().length(); at += pieceBytes) {
            int end = Math.min(whole.payload().length(), at + pieceBytes);
            Ipv4Packet fragment = new Ipv4Packet(
                    whole.tos(),
                    whole.id(),
                    false,
                    end < whole.payload().length(),
                    at,
                    whole.ttl(),
                    whole.protocol(),
                    source,
                    whole.destination(),
                    Bytes.EMPTY,
                    whole.payload().slice(at, end));
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
        Ipv4Packet packet = packet(source, destination);
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

    private Ipv4Packet packet(IpAddress source, IpAddress destination) {
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
                Ipv4Packet.ICMP,
                Ipv4Packet.ICMP,
                draw.of(UNHANDLED));
        Bytes payload = transport(protocol, source, destination);
        return new Ipv4Packet(
                tos, id, !mayFragment, false, 0, ttl, protocol, source, destination, Bytes.EMPTY, payload);
    }

    /** Now and then with a bit turned over or the end cut off. */
    private Ipv4Packet damaged(Ipv4Packet packet) {
        Bytes payload = packet.payload();
        if (draw.oneIn(14) && payload.length() > 0) {
            byte[] bytes = payload.toArray();
            bytes[draw.below(bytes.length)] ^= (byte) (1 << draw.below(8));
            payload = Bytes.of(bytes);
        }
        if (draw.oneIn(20) && truncates) {
            payload = payload.slice(0, draw.below(payload.length() + 1));
        }
        return new Ipv4Packet(
                packet.tos(),
                packet.id(),
                packet.dontFragment(),
                packet.moreFragments(),
                packet.fragmentOffset(),
                packet.ttl(),
                packet.protocol(),
                packet.source(),
                packet.destination(),
                packet.options(),
                payload);
    }

    private Bytes transport(int protocol, IpAddress source, IpAddress destination) {
        switch (protocol) {
            case Ipv4Packet.TCP:
                return tcp().encode(source, destination);
            case Ipv4Packet.UDP:
                return new UdpDatagram(port(), port(), !draw.oneIn(8), bytes(draw.below(60)))
                        .encode(source, destination);
            case Ipv4Packet.ICMP:
                return icmp(source, destination).encode();
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

    private IcmpMessage icmp(IpAddress source, IpAddress destination) {
        int type = draw.of(
                IcmpMessage.ECHO_REQUEST,
                IcmpMessage.ECHO_REQUEST,
                IcmpMessage.ECHO_REQUEST,
                IcmpMessage.ECHO_REPLY,
                IcmpMessage.UNREACHABLE,
                IcmpMessage.TIME_EXCEEDED,
                13,
                17,
                30);
        if (type == IcmpMessage.UNREACHABLE || type == IcmpMessage.TIME_EXCEEDED) {
            Ipv4Packet about = Ipv4Packet.of(
                    destination,
                    source,
                    Ipv4Packet.UDP,
                    new UdpDatagram(port(), port(), bytes(8)).encode(destination, source));
            return new IcmpMessage(type, type == IcmpMessage.UNREACHABLE ? draw.of(0, 1, 3, 10) : 0, 0, about.encode());
        }
        int code = draw.oneIn(10) ? 5 : 0;
        return new IcmpMessage(type, code, draw.below(Pools.ICMP_IDS) << 16 | 1, bytes(type == 17 ? 4 : 12));
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

    private static String describe(Ipv4Packet packet) {
        Bytes payload = packet.payload();
        boolean ports = packet.protocol() == Ipv4Packet.TCP || packet.protocol() == Ipv4Packet.UDP;
        String more = "";
        if (ports && payload.length() >= 4) {
            more = " ports " + payload.u16(0) + ">" + payload.u16(2);
        }
        if (packet.protocol() == Ipv4Packet.TCP && payload.length() >= 14) {
            more += " flags " + TcpSegment.formatFlags(payload.u8(13));
        }
        if (packet.protocol() == Ipv4Packet.ICMP && payload.length() >= 2) {
            more = " type " + payload.u8(0) + "/" + payload.u8(1);
        }
        return packet.source() + ">" + packet.destination() + " proto " + packet.protocol() + " ttl " + packet.ttl()
                + " tos " + packet.tos() + more + ", " + payload.length() + " bytes";
    }
}
