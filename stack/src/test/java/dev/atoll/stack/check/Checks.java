package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Checks for frames, to be nested as the headers are:
 *
 * <pre>{@code
 * Checks.frame(bytes, ipv4(source(LOCAL), ttl(64), tcp(destinationPort(80), flags("S."), ack(1), payload(Bytes.EMPTY))));
 * }</pre>
 *
 * <p>Decoding alone already verifies every length and checksum on the way.
 */
public final class Checks {
    private Checks() {}

    /** Decodes a frame and applies the checks. */
    @SafeVarargs
    public static void frame(byte[] frame, FrameCheck<EthernetFrame>... checks) {
        try {
            EthernetFrame ethernet = EthernetFrame.decode(frame);
            for (FrameCheck<EthernetFrame> check : checks) {
                check.check(ethernet);
            }
        } catch (BadFrameException e) {
            throw new AssertionError("bad frame: " + e.getMessage() + "; " + Bytes.of(frame), e);
        }
    }

    public static FrameCheck<EthernetFrame> linkSource(MacAddress expected) {
        return field("Ethernet source", EthernetFrame::source, expected);
    }

    public static FrameCheck<EthernetFrame> linkDestination(MacAddress expected) {
        return field("Ethernet destination", EthernetFrame::destination, expected);
    }

    /** The frame carries ARP, and that passes these checks. */
    @SafeVarargs
    public static FrameCheck<EthernetFrame> arp(FrameCheck<ArpPacket>... checks) {
        return frame -> {
            equal("EtherType", EthernetFrame.ARP, frame.etherType());
            ArpPacket packet = ArpPacket.decode(frame.payload());
            for (FrameCheck<ArpPacket> check : checks) {
                check.check(packet);
            }
        };
    }

    public static FrameCheck<ArpPacket> operation(int expected) {
        return field("ARP operation", ArpPacket::operation, expected);
    }

    public static FrameCheck<ArpPacket> sender(MacAddress mac, IpAddress ip) {
        return both(
                field("ARP sender link address", ArpPacket::senderMac, mac),
                field("ARP sender address", ArpPacket::senderIp, ip));
    }

    public static FrameCheck<ArpPacket> target(MacAddress mac, IpAddress ip) {
        return both(
                field("ARP target link address", ArpPacket::targetMac, mac),
                field("ARP target address", ArpPacket::targetIp, ip));
    }

    /** The frame carries IPv4, and that passes these checks. */
    @SafeVarargs
    public static FrameCheck<EthernetFrame> ipv4(FrameCheck<Ipv4Packet>... checks) {
        return frame -> {
            equal("EtherType", EthernetFrame.IPV4, frame.etherType());
            Ipv4Packet packet = Ipv4Packet.decode(frame.payload());
            for (FrameCheck<Ipv4Packet> check : checks) {
                check.check(packet);
            }
        };
    }

    public static FrameCheck<Ipv4Packet> source(IpAddress expected) {
        return field("IPv4 source", Ipv4Packet::source, expected);
    }

    public static FrameCheck<Ipv4Packet> destination(IpAddress expected) {
        return field("IPv4 destination", Ipv4Packet::destination, expected);
    }

    public static FrameCheck<Ipv4Packet> ttl(int expected) {
        return field("TTL", Ipv4Packet::ttl, expected);
    }

    public static FrameCheck<Ipv4Packet> tos(int expected) {
        return field("TOS", Ipv4Packet::tos, expected);
    }

    public static FrameCheck<Ipv4Packet> dontFragment(boolean expected) {
        return field("don't fragment", Ipv4Packet::dontFragment, expected);
    }

    /** The packet carries TCP, and that passes these checks. */
    @SafeVarargs
    public static FrameCheck<Ipv4Packet> tcp(FrameCheck<TcpSegment>... checks) {
        return packet -> {
            equal("IP protocol", Ipv4Packet.TCP, packet.protocol());
            TcpSegment segment = TcpSegment.decode(packet);
            for (FrameCheck<TcpSegment> check : checks) {
                check.check(segment);
            }
        };
    }

    public static FrameCheck<TcpSegment> sourcePort(int expected) {
        return field("TCP source port", TcpSegment::sourcePort, expected);
    }

    public static FrameCheck<TcpSegment> destinationPort(int expected) {
        return field("TCP destination port", TcpSegment::destinationPort, expected);
    }

    public static FrameCheck<TcpSegment> seq(int expected) {
        return field("TCP sequence number", segment -> Integer.toUnsignedLong(segment.seq()), unsigned(expected));
    }

    public static FrameCheck<TcpSegment> ack(int expected) {
        return field("TCP acknowledgement", segment -> Integer.toUnsignedLong(segment.ack()), unsigned(expected));
    }

    /** Exactly these control bits, in packetdrill's letters. */
    public static FrameCheck<TcpSegment> flags(String letters) {
        int expected = TcpSegment.parseFlags(letters);
        return segment -> equal("TCP flags", TcpSegment.formatFlags(expected), TcpSegment.formatFlags(segment.flags()));
    }

    public static FrameCheck<TcpSegment> window(int expected) {
        return field("TCP window", TcpSegment::window, expected);
    }

    /** These options in this order. */
    public static FrameCheck<TcpSegment> options(TcpOption... expected) {
        return field("TCP options", TcpSegment::options, List.of(expected));
    }

    /** This option among others. */
    public static FrameCheck<TcpSegment> option(TcpOption expected) {
        return segment ->
                that(segment.options().contains(expected), "TCP options " + segment.options() + " without " + expected);
    }

    public static FrameCheck<TcpSegment> payload(Bytes expected) {
        return field("TCP payload", TcpSegment::payload, expected);
    }

    public static FrameCheck<TcpSegment> payloadLength(int expected) {
        return field("TCP payload length", segment -> segment.payload().length(), expected);
    }

    /** The frame carries IPv6, and that passes these checks. */
    @SafeVarargs
    public static FrameCheck<EthernetFrame> ipv6(FrameCheck<Ipv6Packet>... checks) {
        return frame -> {
            equal("EtherType", EthernetFrame.IPV6, frame.etherType());
            Ipv6Packet packet = Ipv6Packet.decode(frame.payload());
            for (FrameCheck<Ipv6Packet> check : checks) {
                check.check(packet);
            }
        };
    }

    public static FrameCheck<Ipv6Packet> source6(IpAddress expected) {
        return field("IPv6 source", Ipv6Packet::source, expected);
    }

    public static FrameCheck<Ipv6Packet> destination6(IpAddress expected) {
        return field("IPv6 destination", Ipv6Packet::destination, expected);
    }

    public static FrameCheck<Ipv6Packet> hopLimit(int expected) {
        return field("hop limit", Ipv6Packet::hopLimit, expected);
    }

    public static FrameCheck<Ipv6Packet> trafficClass(int expected) {
        return field("traffic class", Ipv6Packet::trafficClass, expected);
    }

    /** The types of the extension headers, in order. */
    public static FrameCheck<Ipv6Packet> extensions(Integer... types) {
        return field(
                "extension headers",
                packet -> packet.extensions().stream()
                        .map(Ipv6Packet.Extension::type)
                        .toList(),
                List.of(types));
    }

    /** The packet carries TCP, and that passes these checks. */
    @SafeVarargs
    public static FrameCheck<Ipv6Packet> tcp6(FrameCheck<TcpSegment>... checks) {
        return packet -> {
            equal("next header", Ipv4Packet.TCP, packet.protocol());
            TcpSegment segment = TcpSegment.decode(packet.payload(), packet.source(), packet.destination());
            for (FrameCheck<TcpSegment> check : checks) {
                check.check(segment);
            }
        };
    }

    /** The packet carries ICMPv6 of that type and code, and that passes these checks. */
    @SafeVarargs
    public static FrameCheck<Ipv6Packet> icmp6(int type, int code, FrameCheck<Icmpv6Message>... checks) {
        return packet -> {
            Icmpv6Message message = Icmpv6Message.decode(packet);
            equal("ICMPv6 type", type, message.type());
            equal("ICMPv6 code", code, message.code());
            for (FrameCheck<Icmpv6Message> check : checks) {
                check.check(message);
            }
        };
    }

    /** The second 32 bits of an ICMPv6 message: pointer, MTU, flags, or identifier and sequence number. */
    public static FrameCheck<Icmpv6Message> rest6(int expected) {
        return field("ICMPv6 rest", message -> Integer.toHexString(message.rest()), Integer.toHexString(expected));
    }

    /** The target of a neighbour discovery message. */
    public static FrameCheck<Icmpv6Message> target6(IpAddress expected) {
        return field("target", Icmpv6Message::target, expected);
    }

    /** An option of a neighbour discovery message and what it holds behind type and length. */
    public static FrameCheck<Icmpv6Message> option6(int type, Bytes expected) {
        return field("option " + type, message -> message.option(type), expected);
    }

    /** There is no such option. */
    public static FrameCheck<Icmpv6Message> noOption6(int type) {
        return message -> that(message.option(type) == null, "option " + type + " is there");
    }

    /** The packet carries UDP between these ports, with this payload. */
    public static FrameCheck<Ipv4Packet> udp(int sourcePort, int destinationPort, Bytes payload) {
        return packet -> {
            equal("IP protocol", Ipv4Packet.UDP, packet.protocol());
            UdpDatagram datagram = UdpDatagram.decode(packet);
            equal("UDP source port", sourcePort, datagram.sourcePort());
            equal("UDP destination port", destinationPort, datagram.destinationPort());
            equal("UDP payload", payload, datagram.payload());
        };
    }

    /** The packet carries ICMP, and that passes these checks. */
    @SafeVarargs
    public static FrameCheck<Ipv4Packet> icmp(int type, int code, FrameCheck<IcmpMessage>... checks) {
        return packet -> {
            equal("IP protocol", Ipv4Packet.ICMP, packet.protocol());
            IcmpMessage message = IcmpMessage.decode(packet);
            equal("ICMP type", type, message.type());
            equal("ICMP code", code, message.code());
            for (FrameCheck<IcmpMessage> check : checks) {
                check.check(message);
            }
        };
    }

    /** The identifier and sequence number of an echo. */
    public static FrameCheck<IcmpMessage> echo(int id, int sequence) {
        return field("ICMP identifier and sequence number", IcmpMessage::rest, id << 16 | sequence);
    }

    public static FrameCheck<IcmpMessage> body(Bytes expected) {
        return field("ICMP body", IcmpMessage::body, expected);
    }

    /** The packet an ICMP error quotes passes these checks; it may be cut short. */
    @SafeVarargs
    public static FrameCheck<IcmpMessage> quoted(FrameCheck<Ipv4Packet>... checks) {
        return message -> {
            Ipv4Packet packet = message.quoted();
            for (FrameCheck<Ipv4Packet> check : checks) {
                check.check(packet);
            }
        };
    }

    /** A check of one field, for what has no method here. */
    public static <T> FrameCheck<T> field(String name, Function<T, ?> getter, Object expected) {
        return actual -> equal(name, expected, getter.apply(actual));
    }

    private static Long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    private static <T> FrameCheck<T> both(FrameCheck<T> first, FrameCheck<T> second) {
        return actual -> {
            first.check(actual);
            second.check(actual);
        };
    }

    private static void equal(String name, Object expected, Object actual) {
        that(Objects.equals(expected, actual), name + " is " + actual + ", expected " + expected);
    }

    private static void that(boolean ok, String message) {
        if (!ok) {
            throw new AssertionError(message);
        }
    }
}
