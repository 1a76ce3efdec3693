package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * Between the filter and who listens to denials: counts all, tells those that a token bucket lets through, so that a
 * flood of denied packets costs no more than its counter.
 */
final class DenialGate {
    /** The two ports with which TCP and UDP begin. */
    private static final int PORTS_BYTES = 4;

    private final ReportBudget budget = new ReportBudget();
    private @Nullable DenialListener listener;
    private long dropped;
    private long rejected;
    private long unreported;

    void listener(@Nullable DenialListener newListener) {
        listener = newListener;
    }

    void denied(Hook hook, PacketBuffer packet, Verdict verdict, long nowNs) {
        if (verdict.kind() == Verdict.Kind.REJECT) {
            rejected++;
        } else {
            dropped++;
        }
        if (listener == null) {
            return;
        }
        if (!budget.take(nowNs)) {
            unreported++;
            return;
        }
        listener.denied(new Denial(
                verdict.origin(),
                hook,
                packet.transportProtocol,
                new FullAddress(new IpAddress(packet.sourceHigh, packet.sourceLow), port(packet, true)),
                new FullAddress(new IpAddress(packet.destinationHigh, packet.destinationLow), port(packet, false)),
                opens(packet),
                verdict.kind(),
                caller(packet)));
    }

    private static SocketCaller caller(PacketBuffer packet) {
        if (packet.caller instanceof SocketCaller caller) {
            return caller;
        }
        return packet.flow instanceof TrackedPacket tracked && tracked.flow() != null
                ? tracked.flow().caller
                : SocketCaller.UNKNOWN;
    }

    private static boolean opens(PacketBuffer packet) {
        if (packet.flow instanceof TrackedPacket tracked && tracked.flow() != null) {
            return !tracked.reply() && tracked.state() == ConnState.NEW;
        }
        int at = packet.transportOffset;
        if (packet.transportProtocol != IpProtocol.TCP
                || at == PacketBuffer.UNKNOWN
                || packet.end() - at < Tcp.HEADER_BYTES) {
            return true;
        }
        return (Tcp.flags(packet.data(), at) & (Tcp.SYN | Tcp.ACK)) == Tcp.SYN;
    }

    private static int port(PacketBuffer packet, boolean source) {
        boolean ports = packet.transportProtocol == IpProtocol.TCP || packet.transportProtocol == IpProtocol.UDP;
        int at = packet.transportOffset;
        // A packet may have been dropped for being too short to have ports.
        if (!ports || at == PacketBuffer.UNKNOWN || packet.end() - at < PORTS_BYTES) {
            return 0;
        }
        // UDP has its ports in the same place.
        return source ? Tcp.sourcePort(packet.data(), at) : Tcp.destinationPort(packet.data(), at);
    }

    DenialStats stats() {
        return new DenialStats(dropped, rejected, unreported);
    }

    /** All but the listener. */
    void archive(Archive archive) {
        budget.archive(archive);
        dropped = archive.int64(dropped);
        rejected = archive.int64(rejected);
        unreported = archive.int64(unreported);
    }
}
