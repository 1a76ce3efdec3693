package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes packets the way scripts do, for messages. */
final class PacketText {
    private PacketText() {}

    static String of(PacketSpec packet) {
        return (packet.outbound() ? "> " : "< ") + of(packet.body());
    }

    static String of(PacketSpec.Body body) {
        if (body instanceof PacketSpec.Tcp tcp) {
            return tcp(tcp.flags(), tcp.seq(), tcp.payloadBytes(), tcp.ack(), tcp.window(), tcp.options());
        }
        if (body instanceof PacketSpec.Udp udp) {
            return "udp (" + udp.payloadBytes() + ")";
        }
        PacketSpec.Icmp icmp = (PacketSpec.Icmp) body;
        return "icmp type " + icmp.type() + " code " + icmp.code();
    }

    /** A segment whose numbers were translated to those of the script. */
    static String of(TcpSegment segment) {
        return "> "
                + tcp(
                        segment.flags(),
                        segment.seq(),
                        segment.payload().length(),
                        segment.ack(),
                        segment.window(),
                        segment.options());
    }

    private static String tcp(int flags, int seq, int bytes, int ack, int window, @Nullable List<TcpOption> options) {
        StringBuilder text = new StringBuilder();
        text.append(TcpSegment.formatFlags(flags)).append(' ');
        text.append(Integer.toUnsignedString(seq)).append(':').append(Integer.toUnsignedString(seq + bytes));
        text.append('(').append(bytes).append(')');
        if ((flags & TcpSegment.ACK) != 0) {
            text.append(" ack ").append(Integer.toUnsignedString(ack));
        }
        if (window != PacketSpec.UNSPECIFIED) {
            text.append(" win ").append(window);
        }
        if (options == null) {
            text.append(" <...>");
        } else if (!options.isEmpty()) {
            text.append(options.stream().map(TcpOption::toString).collect(Collectors.joining(",", " <", ">")));
        }
        return text.toString();
    }
}
