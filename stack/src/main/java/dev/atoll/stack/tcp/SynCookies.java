package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.wire.TransportEndpointId;

/**
 * Answers to SYNs that leave nothing behind (RFC 4987 section 3.6): our initial sequence number holds the minute, the
 * peer's MSS and a keyed hash of both with the addresses, and its echo in the handshake's last segment proves that the
 * peer got it. Window scale, SACK and ECN come back in the lowest bits of the timestamp, if the peer has timestamps.
 *
 * <p>The number: 5 bits of the minute, 3 of the MSS, 24 of the hash.
 */
final class SynCookies {
    private static final long PERIOD_NS = 60_000_000_000L;
    /** Periods after which a cookie is stale, as Linux has it. */
    private static final int MAX_AGE = 2;

    private static final int HASH_BITS = 24;
    private static final int HASH_MASK = (1 << HASH_BITS) - 1;
    private static final int PERIOD_MASK = 31;
    /** Those that are common; the next smaller one is used. */
    private static final int[] MSS = {536, 1024, 1200, 1300, 1400, 1440, 1452, 1460};

    /** Bits of a timestamp that hold options. */
    private static final int OPTION_BITS = 6;

    private static final int OPTION_MASK = (1 << OPTION_BITS) - 1;
    private static final int SCALE_MASK = 0xf;
    /** A shift that does not occur: no window scaling. */
    private static final int NO_SCALE = 0xf;

    private static final int SACK = 0x10;
    private static final int ECN = 0x20;

    private final Cycle cycle;
    private final KeyedHash hash;

    SynCookies(Cycle cycle) {
        this.cycle = cycle;
        hash = new KeyedHash(cycle.rng());
    }

    private int period() {
        return (int) (cycle.nowNs() / PERIOD_NS);
    }

    /** Our initial sequence number for a SYN that says {@code mss}, or 0 for no MSS. */
    int sequence(TransportEndpointId id, int peerSeq, int mss) {
        int index = 0;
        while (index + 1 < MSS.length && MSS[index + 1] <= mss) {
            index++;
        }
        int period = period();
        return (period & PERIOD_MASK) << 27 | index << HASH_BITS | mac(id, peerSeq, period, index);
    }

    private int mac(TransportEndpointId id, int peerSeq, int period, int index) {
        long ports = (long) id.localPort() << 48 | (long) id.remotePort() << 32 | peerSeq & 0xffff_ffffL;
        long mixed = hash.hash(
                id.localAddress().high() ^ (long) period << 8 ^ index,
                id.localAddress().low(),
                id.remoteAddress().high(),
                id.remoteAddress().low(),
                ports);
        return (int) mixed & HASH_MASK;
    }

    /** The peer's MSS if {@code cookie} is one of ours for that peer and not stale, else 0. */
    int mss(TransportEndpointId id, int peerSeq, int cookie) {
        int now = period();
        int age = (now - (cookie >>> 27)) & PERIOD_MASK;
        int index = cookie >>> HASH_BITS & 7;
        if (age > MAX_AGE || mac(id, peerSeq, now - age, index) != (cookie & HASH_MASK)) {
            return 0;
        }
        return MSS[index];
    }

    /** A timestamp no later than {@code now} that holds what the SYN offered. */
    static int stamp(int now, int windowScale, boolean sack, boolean ecn) {
        int options = (windowScale < 0 ? NO_SCALE : Math.min(windowScale, TcpSettings.MAX_WINDOW_SCALE))
                | (sack ? SACK : 0)
                | (ecn ? ECN : 0);
        int stamp = now & ~OPTION_MASK | options;
        return SeqNum.greaterThan(stamp, now) ? stamp - (1 << OPTION_BITS) : stamp;
    }

    /** The window scale in an echoed timestamp, or -1. */
    static int windowScale(int echo) {
        int scale = echo & SCALE_MASK;
        return scale == NO_SCALE ? -1 : scale;
    }

    static boolean hasSack(int echo) {
        return (echo & SACK) != 0;
    }

    static boolean hasEcn(int echo) {
        return (echo & ECN) != 0;
    }

    void archive(Archive archive) {
        hash.archive(archive);
    }
}
