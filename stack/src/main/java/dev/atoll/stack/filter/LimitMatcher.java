package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m limit --limit rate --limit-burst packets}: matches as long as no more packets come than the rate, and so many at
 * once. Each rule in force has a bucket of its own, full at first; it is asked only of packets that the matchers before it
 * match.
 *
 * @param period time for one packet, in ten-thousandths of a second as Linux has it: 1 to 2^32 - 1
 * @param burst packets that match at once, 1 to {@link #MAX_BURST}, and no more than come in {@link #MAX_BUCKET} units
 */
public record LimitMatcher(long period, int burst) implements StandardMatcher {
    /** What iptables takes at most. */
    public static final int MAX_BURST = 10_000;

    /** XT_LIMIT_BURST of Linux. */
    public static final int DEFAULT_BURST = 5;

    /** XT_LIMIT_AVG of Linux: three packets an hour. */
    public static final long DEFAULT_PERIOD = 12_000_000;

    /** The longest period. */
    public static final long MAX_PERIOD = 0xffff_ffffL;

    /**
     * The longest time that more than one packet at once may stand for. Linux counts it in 32 bits, in credits of which there
     * are 32,000 a second with 250 and with 1000 clock ticks a second.
     */
    public static final long MAX_BUCKET = (1L << 32) * 10_000 / 32_000 - 1;

    private static final long NS = 100_000;

    public LimitMatcher {
        Check.argument(period >= 1 && period <= MAX_PERIOD, "period", period, "1 to 4294967295");
        Check.argument(burst >= 1 && burst <= MAX_BURST, "burst", burst, "1 to " + MAX_BURST);
        Check.argument(burst <= maxBurst(period), "burst", burst, "at most " + maxBurst(period) + " at that rate");
    }

    /** How many packets may match at once that may come so often. */
    public static int maxBurst(long period) {
        return (int) Math.max(1, Math.min(MAX_BURST, MAX_BUCKET / period));
    }

    /** As of a bucket that is full: only what {@link #inForce} gives has a memory. */
    @Override
    public Result match(PacketContext context) {
        return Result.YES;
    }

    @Override
    public Matcher inForce() {
        return new Bucket(period * NS, burst);
    }

    private static final class Bucket implements Matcher, Archivable {
        private final long costNs;
        private final long capNs;
        private boolean begun;
        private long creditNs;
        private long lastNs;

        Bucket(long costNs, int burst) {
            this.costNs = costNs;
            capNs = costNs * burst;
        }

        @Override
        public Result match(PacketContext context) {
            long nowNs = context.nowNs();
            creditNs = begun ? Math.min(creditNs + (nowNs - lastNs), capNs) : capNs;
            begun = true;
            lastNs = nowNs;
            if (creditNs < costNs) {
                return Result.NO;
            }
            creditNs -= costNs;
            return Result.YES;
        }

        @Override
        public void archive(Archive archive) {
            begun = archive.bool(begun);
            creditNs = archive.int64(creditNs);
            lastNs = archive.int64(lastNs);
        }
    }

    static LimitMatcher archived(Archive archive, @Nullable LimitMatcher value) {
        long time = archive.int64(value == null ? 0 : value.period());
        return new LimitMatcher(time, archive.int32(value == null ? 0 : value.burst()));
    }
}
