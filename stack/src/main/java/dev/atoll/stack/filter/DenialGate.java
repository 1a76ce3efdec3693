package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Between the filter and who listens to denials: counts all, tells those that a token bucket lets through, so that a
 * flood of denied packets costs no more than its counter.
 */
final class DenialGate {
    /** Denials told at once after a quiet time. */
    static final int BURST = 256;
    /** One more for each of these: 100 a second. */
    static final long REFILL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private @Nullable DenialListener listener;
    private int tokens = BURST;
    private long refilledNs;
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
        refill(nowNs);
        if (tokens == 0) {
            unreported++;
            return;
        }
        tokens--;
        listener.denied(new Denial(
                verdict.origin(),
                hook,
                packet.transportProtocol,
                new FullAddress(new IpAddress(packet.sourceHigh, packet.sourceLow), port(packet, Headers.SOURCE_PORT)),
                new FullAddress(
                        new IpAddress(packet.destinationHigh, packet.destinationLow),
                        port(packet, Headers.DESTINATION_PORT)),
                verdict.kind()));
    }

    private void refill(long nowNs) {
        if (tokens == BURST) {
            refilledNs = nowNs;
            return;
        }
        long due = (nowNs - refilledNs) / REFILL_NS;
        refilledNs += due * REFILL_NS;
        tokens = (int) Math.min(BURST, tokens + due);
    }

    private static int port(PacketBuffer packet, int offset) {
        boolean ports =
                packet.transportProtocol == Headers.PROTOCOL_TCP || packet.transportProtocol == Headers.PROTOCOL_UDP;
        int at = packet.transportOffset;
        // A packet may have been dropped for being too short to have ports.
        if (!ports || at == PacketBuffer.UNKNOWN || packet.end() - at < offset + 2) {
            return 0;
        }
        return packet.data().getShort(at + offset) & 0xffff;
    }

    DenialStats stats() {
        return new DenialStats(dropped, rejected, unreported);
    }
}
