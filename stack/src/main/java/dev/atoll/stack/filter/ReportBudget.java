package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import java.util.concurrent.TimeUnit;

/** How much may be told of packets: a token bucket, so that a flood of them costs no more than its counter. */
final class ReportBudget {
    /** Told at once after a quiet time. */
    static final int BURST = 256;
    /** One more for each of these: 100 a second. */
    static final long REFILL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private int tokens = BURST;
    private long refilledNs;

    /** Whether one more may be told now. */
    boolean take(long nowNs) {
        if (tokens == BURST) {
            refilledNs = nowNs;
        } else {
            long due = (nowNs - refilledNs) / REFILL_NS;
            refilledNs += due * REFILL_NS;
            tokens = (int) Math.min(BURST, tokens + due);
        }
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }

    void archive(Archive archive) {
        tokens = archive.count(tokens, BURST);
        refilledNs = archive.int64(refilledNs);
    }
}
