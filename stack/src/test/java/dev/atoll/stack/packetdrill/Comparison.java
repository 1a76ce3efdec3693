package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a script expects with what the stack sent.
 *
 * @param stampTolerance how many ticks an outbound timestamp may be off
 */
record Comparison(Conversation conversation, long stampTolerance) {

    /** What differs, or null if the packet is the expected one. */
    @Nullable String differences(PacketSpec spec, Ipv4Packet actual) {
        String ip = ipDifferences(spec.ip(), actual);
        if (ip != null) {
            return ip;
        }
        if (spec.body() instanceof PacketSpec.Tcp tcp) {
            if (actual.protocol() != Ipv4Packet.TCP) {
                return "expected " + PacketText.of(spec) + "\n  actual   " + describe(actual);
            }
            TcpSegment segment = conversation.toScript(TcpSegment.decode(actual), tcp);
            String difference = tcpDifference(tcp, segment);
            return difference == null
                    ? null
                    : difference + "\n  expected " + PacketText.of(spec) + "\n  actual   " + PacketText.of(segment);
        }
        String difference = spec.body() instanceof PacketSpec.Udp udp
                ? udpDifference(udp, actual)
                : icmpDifference((PacketSpec.Icmp) spec.body(), actual);
        return difference == null
                ? null
                : difference + "\n  expected " + PacketText.of(spec) + "\n  actual   " + describe(actual);
    }

    /** A packet the stack sent, in the script's words. */
    String describe(Ipv4Packet packet) {
        if (packet.protocol() == Ipv4Packet.TCP) {
            return PacketText.of(conversation.toScript(TcpSegment.decode(packet), null));
        }
        if (packet.protocol() == Ipv4Packet.UDP) {
            return "> udp (" + UdpDatagram.decode(packet).payload().length() + ")";
        }
        IcmpMessage message = IcmpMessage.decode(packet);
        return "> icmp type " + message.type() + " code " + message.code();
    }

    private static @Nullable String ipDifferences(PacketSpec.IpSpec expected, Ipv4Packet actual) {
        boolean tosFits =
                switch (expected.tos()) {
                    case UNCHECKED -> true;
                    case ECN -> (actual.tos() & 3) == expected.tosValue();
                    case ECN_CAPABLE -> (actual.tos() & 3) == 1 || (actual.tos() & 3) == 2;
                    case WHOLE -> actual.tos() == expected.tosValue();
                };
        if (!tosFits) {
            return "tos is " + actual.tos() + ", expected " + expected.tos() + " " + expected.tosValue();
        }
        if (expected.ttl() != PacketSpec.UNSPECIFIED && expected.ttl() != actual.ttl()) {
            return "ttl is " + actual.ttl() + ", expected " + expected.ttl();
        }
        return null;
    }

    private @Nullable String tcpDifference(PacketSpec.Tcp expected, TcpSegment actual) {
        if (expected.flags() != actual.flags()) {
            return "flags differ";
        }
        if (expected.seq() != actual.seq()) {
            return "sequence number differs";
        }
        if (expected.payloadBytes() != actual.payload().length()) {
            return "payload length differs";
        }
        if (actual.has(TcpSegment.ACK) && expected.ack() != actual.ack()) {
            return "acknowledgement differs";
        }
        if (expected.window() != PacketSpec.UNSPECIFIED && expected.window() != actual.window()) {
            return "window differs";
        }
        if (expected.urgentPointer() != actual.urgentPointer()) {
            return "urgent pointer is " + actual.urgentPointer();
        }
        String options = optionDifference(expected.options(), actual.options());
        return options != null ? options : payloadDifference(actual);
    }

    private @Nullable String optionDifference(@Nullable List<TcpOption> expected, List<TcpOption> actual) {
        if (expected == null) {
            return null;
        }
        boolean same = expected.size() == actual.size();
        for (int i = 0; same && i < expected.size(); i++) {
            same = same(expected.get(i), actual.get(i));
        }
        return same ? null : "options differ";
    }

    private boolean same(TcpOption expected, TcpOption actual) {
        if (expected instanceof TcpOption.Timestamps want && actual instanceof TcpOption.Timestamps got) {
            return want.echo() == got.echo() && Math.abs(want.value() - got.value()) <= stampTolerance;
        }
        return Objects.equals(expected, actual);
    }

    private @Nullable String payloadDifference(TcpSegment actual) {
        Socket socket = conversation.socket;
        if (socket == null || actual.payload().length() == 0 || actual.has(TcpSegment.SYN)) {
            return null;
        }
        int offset = actual.seq() - 1;
        Bytes written = socket.writtenBytes(offset, actual.payload().length());
        return actual.payload().equals(written) ? null : "payload is not what was written: " + actual.payload();
    }

    private static @Nullable String udpDifference(PacketSpec.Udp expected, Ipv4Packet actual) {
        if (actual.protocol() != Ipv4Packet.UDP) {
            return "protocol differs";
        }
        UdpDatagram datagram = UdpDatagram.decode(actual);
        if (datagram.payload().length() != expected.payloadBytes()) {
            return "payload length differs";
        }
        return datagram.payload().equals(Pattern.bytes(0, expected.payloadBytes())) ? null : "payload differs";
    }

    private static @Nullable String icmpDifference(PacketSpec.Icmp expected, Ipv4Packet actual) {
        if (actual.protocol() != Ipv4Packet.ICMP) {
            return "protocol differs";
        }
        IcmpMessage message = IcmpMessage.decode(actual);
        if (message.type() != expected.type() || message.code() != expected.code()) {
            return "type or code differs";
        }
        if (!message.isError() && message.rest() >>> 16 != expected.echoId()) {
            return "identifier is " + (message.rest() >>> 16);
        }
        if (expected.mtu() != PacketSpec.UNSPECIFIED && (message.rest() & 0xffff) != expected.mtu()) {
            return "mtu is " + (message.rest() & 0xffff);
        }
        PacketSpec.Quote quote = expected.quote();
        if (quote != null && message.quoted().protocol() != (quote.udp() ? Ipv4Packet.UDP : Ipv4Packet.TCP)) {
            return "quoted protocol is " + message.quoted().protocol();
        }
        return null;
    }
}
