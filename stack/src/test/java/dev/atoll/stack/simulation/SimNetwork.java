package dev.atoll.stack.simulation;

import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.TimerQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * Hosts and routers, each with a stack and links, joined by switches, in virtual time.
 *
 * <p>{@link #runUntil} takes one event after the other: the earliest arrival of a frame, deadline of a stack, planned
 * action, or program that became ready. Of two at the same moment the one planned first comes first, so a run depends on
 * the seed alone. After every event the {@link Invariants} are asked. One thread.
 */
public final class SimNetwork {
    /** Wall-clock time at the beginning: some day in 2023. */
    private static final long EPOCH_NS = 1_700_000_000_000_000_000L;

    /** A stack may ask to be run again at once this often before it counts as stuck. */
    private static final int MAX_TURNS_AT_ONE_MOMENT = 100_000;

    private record Planned(long atNs, long sequence, Runnable action) {
        private static final Comparator<Planned> BY_TIME =
                Comparator.<Planned>comparingLong(p -> p.atNs).thenComparingLong(p -> p.sequence);
    }

    private final long seed;
    private final ManualClock clock;
    private final Rng rng;
    private final List<Host> hosts = new ArrayList<>();
    private final List<Invariants> invariants = new ArrayList<>();
    private final PriorityQueue<Planned> planned = new PriorityQueue<>(Planned.BY_TIME);
    private final FrameLog log = new FrameLog();
    private int ports;
    private long sequences;
    private long events;
    private long lastMomentNs = -1;
    private int turnsAtOneMoment;
    private long interruptNs;

    /**
     * @param startNs the moment, in the stacks' monotonic time, at which time begins
     */
    public SimNetwork(long seed, long startNs) {
        this.seed = seed;
        rng = Rng.seeded(seed);
        clock = new ManualClock(startNs, EPOCH_NS);
    }

    /** Adds a segment that hosts can be attached to. */
    public Switch addSwitch() {
        return new Switch(this);
    }

    /** Adds a host, which has no link and no stack yet. */
    public Host addHost() {
        Host host = new Host(this, hosts.size() + 1);
        hosts.add(host);
        return host;
    }

    /**
     * From now on hosts look at what arrives that long after the first of it came, as behind an adapter that moderates its
     * interrupts: then several frames come together. 0, as at first, for at once.
     */
    public void moderateInterrupts(long spanNs) {
        interruptNs = spanNs;
    }

    long interruptNs() {
        return interruptNs;
    }

    /** The hosts and routers in the order they were added. */
    public List<Host> hosts() {
        return Collections.unmodifiableList(hosts);
    }

    /** Asked after every event. */
    public void addInvariants(Invariants checks) {
        invariants.add(checks);
    }

    public long nowNs() {
        return clock.nowNs();
    }

    /** The last frames that hosts sent and received, and what else happened, a line each. */
    public String recentFrames() {
        return log.text();
    }

    public long events() {
        return events;
    }

    public long seed() {
        return seed;
    }

    /** Has something done at a moment, which is not in the past. */
    public void at(long atNs, Runnable action) {
        planned.add(new Planned(atNs, sequences++, action));
    }

    /** Time as nobody's jumping clock tells it. */
    ManualClock clock() {
        return clock;
    }

    FrameLog log() {
        return log;
    }

    Rng newRng() {
        return Rng.seeded(rng.nextLong());
    }

    int newPortNumber() {
        return ++ports;
    }

    /**
     * Lets time go on until the condition holds or the time is over.
     *
     * @return whether the condition holds
     */
    public boolean runUntil(BooleanSupplier condition, long limitNs) {
        settle();
        while (!condition.getAsBoolean()) {
            long next = nextEventNs();
            if (next == TimerQueue.NEVER || next - limitNs > 0) {
                clock.advanceTo(limitNs);
                return false;
            }
            if (next - clock.nowNs() > 0) {
                clock.advanceTo(next);
            }
            takePlanned();
            settle();
        }
        return true;
    }

    private long nextEventNs() {
        Planned first = planned.peek();
        long next = first == null ? TimerQueue.NEVER : first.atNs;
        for (Host host : hosts) {
            long deadlineNs = host.deadlineNs();
            if (deadlineNs != TimerQueue.NEVER && deadlineNs - next < 0) {
                next = deadlineNs;
            }
        }
        return next;
    }

    private void takePlanned() {
        Planned first = planned.peek();
        if (first != null && first.atNs - clock.nowNs() <= 0) {
            planned.remove();
            first.action.run();
        }
    }

    /** Runs stacks and programs until nobody has anything to do at this moment. */
    private void settle() {
        boolean busy;
        do {
            busy = false;
            for (Host host : hosts) {
                if (host.isDue()) {
                    host.run();
                    afterEvent();
                    busy = true;
                }
                busy |= host.runPrograms();
            }
        } while (busy);
    }

    private void afterEvent() {
        events++;
        if (clock.nowNs() != lastMomentNs) {
            lastMomentNs = clock.nowNs();
            turnsAtOneMoment = 0;
        } else if (++turnsAtOneMoment > MAX_TURNS_AT_ONE_MOMENT) {
            throw new AssertionError("seed " + seed + ": a stack asks to be run again at once, without end, at "
                    + clock.nowNs() + " ns");
        }
        for (Invariants checks : invariants) {
            checks.check();
        }
    }
}
