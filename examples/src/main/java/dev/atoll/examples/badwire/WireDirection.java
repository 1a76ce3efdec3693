package dev.atoll.examples.badwire;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One direction of the wire: takes frames and gives them back when they are due. What happens to the N-th frame depends
 * on the seed alone. One thread.
 */
final class WireDirection {
    /** No frame is on its way. */
    static final long NEVER = Long.MAX_VALUE;

    /** Frames that may be on their way; more are lost and counted as overflow. */
    private static final int MAX_FRAMES = 20_000;

    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;

    /**
     * The longest burst that the checksums of IPv4, TCP, UDP and ICMPv6 are sure to notice. In an IPv6 header none looks at
     * traffic class, flow label and hop limit, on which no data depends; a payload length that has become smaller gives
     * those above 16 bits less, so that one in 65,536 of the few such packets passes.
     */
    private static final int MAX_BURST_BITS = 15;

    private static final class Flight {
        private final long dueNs;
        private final long sequence;
        private final byte[] frame;

        Flight(long dueNs, long sequence, byte[] frame) {
            this.dueNs = dueNs;
            this.sequence = sequence;
            this.frame = frame;
        }
    }

    private final Trouble trouble;
    private final SplittableRandom random;
    private final PriorityQueue<Flight> flights =
            new PriorityQueue<>(Comparator.<Flight>comparingLong(f -> f.dueNs).thenComparingLong(f -> f.sequence));
    private long sequences;
    private long lastDueNs = Long.MIN_VALUE;

    private long frames;
    private int largestBytes;
    private long lost;
    private long reordered;
    private long duplicated;
    private long corrupted;
    private long overflowed;

    WireDirection(Trouble trouble, long seed) {
        this.trouble = trouble;
        random = new SplittableRandom(seed);
    }

    /** A frame enters the wire. */
    void accept(long nowNs, byte[] frame) {
        frames++;
        largestBytes = Math.max(largestBytes, frame.length);
        // Every frame draws the same numbers, so that what happens to one does not change what happens to the next.
        boolean lose = random.nextDouble() < trouble.loss();
        boolean hold = random.nextDouble() < trouble.reorder();
        boolean repeat = random.nextDouble() < trouble.duplicate();
        boolean spoil = random.nextDouble() < trouble.corrupt();
        long jitterNs = (long) (random.nextDouble() * trouble.jitterNs());
        long burst = random.nextLong();
        if (lose) {
            lost++;
            return;
        }
        byte[] arriving = frame;
        if (spoil && isIp(frame)) {
            corrupted++;
            arriving = corrupt(frame, burst);
        }
        long dueNs = nowNs + trouble.delayNs() + jitterNs;
        if (hold) {
            reordered++;
            fly(dueNs + trouble.holdNs(), arriving);
        } else {
            lastDueNs = Math.max(lastDueNs, dueNs);
            fly(lastDueNs, arriving);
        }
        if (repeat) {
            duplicated++;
            fly(Math.max(lastDueNs, dueNs), arriving);
        }
    }

    private void fly(long dueNs, byte[] frame) {
        if (flights.size() >= MAX_FRAMES) {
            overflowed++;
            return;
        }
        flights.add(new Flight(dueNs, sequences++, frame));
    }

    /** When the next frame is due, or {@link #NEVER}. */
    long nextDueNs() {
        Flight first = flights.peek();
        return first == null ? NEVER : first.dueNs;
    }

    /** The next frame if it is due, otherwise null. */
    byte @Nullable [] takeDue(long nowNs) {
        Flight first = flights.peek();
        if (first == null || first.dueNs > nowNs) {
            return null;
        }
        flights.remove();
        return first.frame;
    }

    private static boolean isIp(byte[] frame) {
        if (frame.length <= ETHERNET_HEADER_BYTES + 2) {
            return false;
        }
        int type = (frame[12] & 0xff) << 8 | (frame[13] & 0xff);
        return type == IPV4 || type == IPV6;
    }

    private static byte[] corrupt(byte[] frame, long draw) {
        int length = 1 + (int) Long.remainderUnsigned(draw, MAX_BURST_BITS);
        int places = (frame.length - ETHERNET_HEADER_BYTES) * 8 - length;
        int first = ETHERNET_HEADER_BYTES * 8 + (int) Long.remainderUnsigned(draw >>> 8, places);
        byte[] bad = frame.clone();
        for (int i = 0; i < length; i++) {
            boolean edge = i == 0 || i == length - 1;
            if (edge || (draw >>> 40 + i & 1) != 0) {
                int bit = first + i;
                bad[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            }
        }
        return bad;
    }

    @Override
    public String toString() {
        return frames + " frames, largest " + largestBytes + ", " + lost + " lost, " + reordered + " reordered, "
                + duplicated + " duplicated, " + corrupted + " corrupted, " + overflowed + " overflowed";
    }
}
