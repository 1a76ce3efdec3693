package dev.atoll.stack.simulation;

import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hosts, each with a stack and a link, joined by a switch, in virtual time.
 *
 * <p>{@link #runUntil} takes one event after the other: the earliest arrival of a frame, deadline of a stack, or program
 * that became ready. Of two at the same moment the one planned first comes first, so a run depends on the seed alone.
 * After every event the {@link Invariants} are asked. One thread.
 */
public final class SimNetwork {
    /** Subnet of all hosts; host N has the address N of it. */
    private static final int NETWORK = 0x0a00_0000;

    private static final int PREFIX_LENGTH = 24;
    private static final long NETWORK6 = 0xfd00L << 48;
    private static final int PREFIX_LENGTH6 = 64;

    /** What a host that only talks to its like needs: its timers end when it has nothing to say. */
    private static final Ipv6Settings IPV6 =
            Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false);

    /** Wall-clock time at the beginning: some day in 2023. */
    private static final long EPOCH_NS = 1_700_000_000_000_000_000L;

    private static final long LINK_PREFIX = 0x0200_0000_0000L;
    /** A stack may ask to be run again at once this often before it counts as stuck. */
    private static final int MAX_TURNS_AT_ONE_MOMENT = 100_000;

    /** A frame under way: to the switch, or, with {@code to}, to that host. */
    private static final class Arrival {
        private static final Comparator<Arrival> BY_TIME =
                Comparator.<Arrival>comparingLong(a -> a.atNs).thenComparingLong(a -> a.sequence);

        private final long atNs;
        private final long sequence;
        private final Host from;
        private final @Nullable Host to;
        private final byte[] frame;

        Arrival(long atNs, long sequence, Host from, @Nullable Host to, byte[] frame) {
            this.atNs = atNs;
            this.sequence = sequence;
            this.from = from;
            this.to = to;
            this.frame = frame;
        }
    }

    private final long seed;
    private final boolean ipv6;
    private final ManualClock clock;
    private final Rng rng;
    private final List<Host> hosts = new ArrayList<>();
    private final List<Invariants> invariants = new ArrayList<>();
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>(Arrival.BY_TIME);
    private final FrameLog log = new FrameLog();
    private long sequences;
    private long events;
    private long lastMomentNs = -1;
    private int turnsAtOneMoment;

    /**
     * @param ipv6 whether hosts talk over IPv6; over IPv4 otherwise
     * @param startNs the moment, in the stacks' monotonic time, at which time begins
     */
    public SimNetwork(long seed, boolean ipv6, long startNs) {
        this.seed = seed;
        this.ipv6 = ipv6;
        rng = Rng.seeded(seed);
        clock = new ManualClock(startNs, EPOCH_NS);
    }

    /** A host of the network: its stack, and both directions of the link that joins it to the switch. */
    public final class Host {
        private final int number;
        private final IpAddress address;
        private final SimLink link;
        private final Stack stack;
        private final Direction up;
        private final Direction down;
        private final List<Program> programs = new ArrayList<>();
        private long deadlineNs = TimerQueue.NEVER;
        private boolean touched = true;
        private @Nullable Integer firstSequence;

        private Host(int number, int mtuBytes, Impairments up, Impairments down) throws StackException {
            this.number = number;
            address = ipv6 ? new IpAddress(NETWORK6, number) : IpAddress.v4(NETWORK + number);
            link = new SimLink(new MacAddress(LINK_PREFIX + number), mtuBytes);
            Chance chance = new Chance(Rng.seeded(rng.nextLong()));
            this.up = new Direction(chance, up, (atNs, frame) -> plan(atNs, this, null, frame));
            this.down = new Direction(chance, down, (atNs, frame) -> plan(atNs, this, this, frame));
            StackBuilder builder =
                    Stack.builder().clock(clock).rng(Rng.seeded(rng.nextLong())).driver(Driver.MANUAL);
            if (ipv6) {
                builder.ipv6(IPV6);
            }
            stack = builder.build();
            Nic nic = stack.createNic("eth0", link);
            nic.addAddress(address, ipv6 ? PREFIX_LENGTH6 : PREFIX_LENGTH);
        }

        public IpAddress address() {
            return address;
        }

        public Stack stack() {
            return stack;
        }

        /** What happened to frames on their way to the switch. */
        public DirectionCounters upCounters() {
            return up.counters();
        }

        /** What happened to frames on their way from the switch. */
        public DirectionCounters downCounters() {
            return down.counters();
        }

        public void setImpairments(Impairments newUp, Impairments newDown) {
            up.setImpairments(newUp);
            down.setImpairments(newDown);
        }

        /** Runs the program from now on, whenever it says it is ready. */
        public void start(Program program) {
            programs.add(program);
        }

        private void run() {
            touched = false;
            deadlineNs = stack.run(link::deliver);
            byte[] frame;
            while ((frame = link.takeLeaving()) != null) {
                if (firstSequence == null) {
                    firstSequence = FirstSyn.sequence(frame);
                }
                log.add(clock.nowNs(), this + " sends   ", frame);
                up.send(clock.nowNs(), frame);
            }
        }

        /** Lets programs that are ready go on; true if one did. */
        private boolean runPrograms() {
            boolean ran = false;
            for (Program program : programs) {
                if (program.takeReady()) {
                    program.run();
                    ran = true;
                }
            }
            touched |= ran;
            return ran;
        }

        /** The sequence number of the first SYN this host sent, or null. */
        @Nullable Integer firstSequence() {
            return firstSequence;
        }

        int requireFirstSequence() {
            Integer known = firstSequence;
            if (known == null) {
                throw new AssertionError(this + " sent no SYN");
            }
            return known;
        }

        /** Whether the stack waits for a moment to come. */
        boolean hasDeadline() {
            return deadlineNs != TimerQueue.NEVER;
        }

        private boolean isDue() {
            return touched || (deadlineNs != TimerQueue.NEVER && deadlineNs - clock.nowNs() <= 0);
        }

        @Override
        public String toString() {
            return "host " + number;
        }
    }

    /** Adds a host; {@code up} is its direction to the switch. */
    public Host addHost(int mtuBytes, Impairments up, Impairments down) throws StackException {
        Host host = new Host(hosts.size() + 1, mtuBytes, up, down);
        hosts.add(host);
        return host;
    }

    /** Asked after every event. */
    public void addInvariants(Invariants checks) {
        invariants.add(checks);
    }

    public long nowNs() {
        return clock.nowNs();
    }

    /** The last frames that hosts sent and received, a line each. */
    public String recentFrames() {
        return log.text();
    }

    public long events() {
        return events;
    }

    public long seed() {
        return seed;
    }

    private void plan(long atNs, Host from, @Nullable Host to, byte[] frame) {
        arrivals.add(new Arrival(atNs, sequences++, from, to, frame));
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
            takeArrival();
            settle();
        }
        return true;
    }

    private long nextEventNs() {
        Arrival first = arrivals.peek();
        long next = first == null ? TimerQueue.NEVER : first.atNs;
        for (Host host : hosts) {
            if (host.deadlineNs != TimerQueue.NEVER && host.deadlineNs - next < 0) {
                next = host.deadlineNs;
            }
        }
        return next;
    }

    private void takeArrival() {
        Arrival first = arrivals.peek();
        if (first == null || first.atNs - clock.nowNs() > 0) {
            return;
        }
        arrivals.remove();
        if (first.to != null) {
            log.add(clock.nowNs(), first.to + " receives", first.frame);
            first.to.link.arrive(first.frame);
            first.to.touched = true;
        } else {
            forward(first.from, first.frame);
        }
    }

    /** The switch: knows who has which link address, and floods what is for a group or unknown. */
    private void forward(Host from, byte[] frame) {
        long destination = 0;
        for (int i = 0; i < 6; i++) {
            destination = destination << 8 | (frame[i] & 0xff);
        }
        Host only = hostOf(destination);
        for (Host host : hosts) {
            if (host != from && (only == null || host == only)) {
                host.down.send(clock.nowNs(), frame);
            }
        }
    }

    private @Nullable Host hostOf(long linkAddress) {
        long number = linkAddress - LINK_PREFIX;
        return number >= 1 && number <= hosts.size() ? hosts.get((int) number - 1) : null;
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
