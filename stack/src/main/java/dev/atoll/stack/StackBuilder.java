package dev.atoll.stack;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.options.TcpTuning;
import org.jspecify.annotations.Nullable;

/** What a {@link Stack} is made of. Each setting that has no default is named when it is missing. */
public final class StackBuilder {
    @Nullable Clock clock;

    @Nullable Rng rng;

    Driver driver = Driver.MANUAL;

    TcpTuning tcp = new TcpTuning();

    StackBuilder() {}

    /** Where time comes from; no default, since only the caller knows whether it is real. */
    public StackBuilder clock(Clock newClock) {
        clock = newClock;
        return this;
    }

    /** Where randomness comes from; no default, since a weak source would be an attacker's door. */
    public StackBuilder rng(Rng newRng) {
        rng = newRng;
        return this;
    }

    /** What drives the stack; by default whoever calls {@link Stack#run}. */
    public StackBuilder driver(Driver newDriver) {
        driver = newDriver;
        return this;
    }

    /**
     * What TCP is set to; Linux's defaults otherwise.
     *
     * @throws IllegalArgumentException with the field's name if a value cannot work
     */
    public StackBuilder tcp(TcpTuning tuning) {
        tuning.check();
        tcp = tuning.copy();
        return this;
    }

    /** Makes the stack, with {@code lo} up and 127.0.0.1 on it. */
    public Stack build() {
        Check.argument(clock != null, "clock", clock, "a clock");
        Check.argument(rng != null, "rng", rng, "a random source");
        return new Stack(this);
    }
}
