package dev.atoll.stack;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.options.TcpTuning;
import org.jspecify.annotations.Nullable;

/** What a {@link Stack} is made of. Each setting that has no default is named when it is missing. */
public final class StackBuilder {
    @Nullable Clock clock;

    @Nullable Rng rng;

    Driver driver = Driver.MANUAL;

    TcpTuning tcp = new TcpTuning();

    @Nullable Ipv6Settings ipv6;

    NeighborSettings neighbors = NeighborSettings.DEFAULT;

    @Nullable NeighborListener neighborListener;

    @Nullable Ipv6Listener ipv6Listener;

    boolean rawEndpoints;

    boolean packetEndpoints;

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

    /**
     * Gives the stack IPv6; by default it has IPv4 alone and no IPv6 packet leaves it.
     *
     * @param settings what each NIC does by itself
     */
    public StackBuilder ipv6(Ipv6Settings settings) {
        ipv6 = settings;
        return this;
    }

    /** Timers and limits of neighbour resolution for every NIC; by default RFC 4861's. */
    public StackBuilder neighbors(NeighborSettings settings) {
        neighbors = settings;
        return this;
    }

    /** Who is told what happens to neighbours; by default nobody. */
    public StackBuilder neighborListener(NeighborListener listener) {
        neighborListener = listener;
        return this;
    }

    /** Who is told what NICs configure by themselves and what routers say; by default nobody. */
    public StackBuilder ipv6Listener(Ipv6Listener listener) {
        ipv6Listener = listener;
        return this;
    }

    /** Lets raw endpoints be made, which see every packet of a protocol and send any; by default they cannot be. */
    public StackBuilder rawEndpoints(boolean on) {
        rawEndpoints = on;
        return this;
    }

    /** Lets packet endpoints be made, which see and send frames below the filter; by default they cannot be. */
    public StackBuilder packetEndpoints(boolean on) {
        packetEndpoints = on;
        return this;
    }

    /** Makes the stack, with {@code lo} up and 127.0.0.1 on it, and ::1 if there is IPv6. */
    public Stack build() {
        Check.argument(clock != null, "clock", clock, "a clock");
        Check.argument(rng != null, "rng", rng, "a random source");
        return new Stack(this);
    }
}
