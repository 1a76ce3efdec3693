package dev.atoll.stack;

import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.TokenBucket;

/**
 * How often a stack sends ICMP errors, of both families and to all destinations together (RFC 1812 section 4.3.2.8, RFC
 * 4443 section 2.4 f). Begins with Linux's {@code icmp_msgs_per_sec} 1000 and {@code icmp_msgs_burst} 50. Methods may
 * be called from any thread, while the stack runs.
 */
public final class IcmpLimit {
    private final Hold hold;
    private final Cycle cycle;
    private final TokenBucket bucket;

    IcmpLimit(Hold hold, Cycle cycle, TokenBucket bucket) {
        this.hold = hold;
        this.cycle = cycle;
        this.bucket = bucket;
    }

    /** Errors a second, on average. */
    public int perSecond() {
        return hold.query(bucket::perSecond);
    }

    /**
     * Sets the errors a second; 0 for none beyond what is left of the burst.
     *
     * @throws IllegalArgumentException if it is below 0 or above 1,000,000,000
     */
    public void setPerSecond(int errors) {
        hold.query(() -> {
            bucket.setPerSecond(errors, cycle.nowNs());
            return true;
        });
    }

    /** Errors that may be sent at once after a silence. */
    public int burst() {
        return hold.query(bucket::burst);
    }

    /**
     * Sets the errors that may be sent at once; 0 for none at all.
     *
     * @throws IllegalArgumentException if it is below 0
     */
    public void setBurst(int errors) {
        hold.query(() -> {
            bucket.setBurst(errors, cycle.nowNs());
            return true;
        });
    }

    /** Whether one more error may be sent now; if so it is counted, as if the stack had sent it. */
    public boolean allow() {
        return hold.query(() -> bucket.take(cycle.nowNs()));
    }
}
