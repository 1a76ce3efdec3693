package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;

/** Limits how often something may happen: a rate on average, a burst at once. Both may change at any time. */
public final class TokenBucket {
    /** The largest rate. */
    public static final int MAX_PER_SECOND = 1_000_000_000;

    private static final long SECOND_NS = 1_000_000_000L;

    private int perSecond;
    private int burst;
    private long tokens;
    /** Until when tokens were given; what is left of an interval counts for the next one. */
    private long filledNs;

    TokenBucket(int perSecond, int burst, long nowNs) {
        this.perSecond = perSecond;
        this.burst = burst;
        tokens = burst;
        filledNs = nowNs;
    }

    public int perSecond() {
        return perSecond;
    }

    /** Happenings on average; 0 for none beyond the burst that is left. */
    public void setPerSecond(int rate, long nowNs) {
        Check.argument(rate >= 0 && rate <= MAX_PER_SECOND, "perSecond", rate, "0 to " + MAX_PER_SECOND);
        fill(nowNs);
        perSecond = rate;
    }

    public int burst() {
        return burst;
    }

    /** Happenings at once; 0 for none at all. */
    public void setBurst(int most, long nowNs) {
        Check.argument(most >= 0, "burst", most, "0 or more");
        fill(nowNs);
        burst = most;
        tokens = Math.min(tokens, most);
    }

    private void fill(long nowNs) {
        if (perSecond == 0) {
            filledNs = nowNs;
            return;
        }
        long intervalNs = SECOND_NS / perSecond;
        long earned = (nowNs - filledNs) / intervalNs;
        if (earned > 0) {
            tokens = Math.min(burst, tokens + earned);
            filledNs += earned * intervalNs;
        }
    }

    /** Whether one more may happen now; if so it is counted. */
    public boolean take(long nowNs) {
        fill(nowNs);
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }

    void archive(Archive archive) {
        perSecond = archive.count(perSecond, MAX_PER_SECOND);
        burst = archive.count(burst, Integer.MAX_VALUE);
        tokens = archive.int64(tokens);
        filledNs = archive.int64(filledNs);
    }
}
