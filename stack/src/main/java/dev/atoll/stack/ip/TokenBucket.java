package dev.atoll.stack.ip;

/** Limits how often something may happen: a rate on average, a burst at once. */
final class TokenBucket {
    private final long intervalNs;
    private final long burst;
    private long tokens;
    private long filledNs;

    TokenBucket(int perSecond, int burst, long nowNs) {
        intervalNs = 1_000_000_000L / perSecond;
        this.burst = burst;
        tokens = burst;
        filledNs = nowNs;
    }

    boolean take(long nowNs) {
        long earned = (nowNs - filledNs) / intervalNs;
        if (earned > 0) {
            tokens = Math.min(burst, tokens + earned);
            filledNs += earned * intervalNs;
        }
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }
}
