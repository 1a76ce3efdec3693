package dev.atoll.stack.simulation;

import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.socket.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host or router of a {@link SimNetwork}: its ports, its clock, its programs, and a stack, which lives from {@link
 * #boot} to {@link #crash} and has successors.
 */
public final class Host {
    /** What a host that only talks to its like needs: its timers end when it has nothing to say. */
    private static final Ipv6Settings IPV6 =
            Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false);

    /** What a stack is given when it begins: addresses, routes, programs. */
    public interface Setup {
        void apply(Host host) throws StackException;
    }

    private final SimNetwork network;
    private final int number;
    private final HostClock clock;
    private final List<Port> ports = new ArrayList<>();
    private final List<Program> programs = new ArrayList<>();
    private final List<Long> crashesNs = new ArrayList<>();
    private boolean ipv6;
    private @Nullable Setup setup;
    private @Nullable Stack stack;
    private int boots;
    private long deadlineNs = TimerQueue.NEVER;
    private boolean touched;
    private boolean notesSyn;
    private @Nullable Integer firstSequence;

    Host(SimNetwork network, int number) {
        this.network = network;
        this.number = number;
        clock = new HostClock(network.clock());
    }

    // --- What it is made of

    /** Joins the host to a segment, before it is booted; {@code up} is the direction to the switch. */
    public Port attach(Switch segment, int mtuBytes, Impairments up, Impairments down) {
        Port port = new Port(network, this, ports.size(), segment, mtuBytes, up, down);
        ports.add(port);
        return port;
    }

    /** Numbers begin with 1. */
    public int number() {
        return number;
    }

    public List<Port> ports() {
        return Collections.unmodifiableList(ports);
    }

    public HostClock clock() {
        return clock;
    }

    /** The stack it has now. */
    public Stack stack() {
        return Objects.requireNonNull(stack, this + " is off");
    }

    boolean hasManyPorts() {
        return ports.size() > 1;
    }

    // --- Its life

    /**
     * Turns the host on for the first time.
     *
     * @param withIpv6 whether it has IPv6 besides IPv4
     * @param newSetup done now, and again whenever it is booted
     */
    public void boot(boolean withIpv6, Setup newSetup) {
        ipv6 = withIpv6;
        setup = newSetup;
        boot();
    }

    /** Turns it on again. */
    public void boot() {
        StackBuilder builder =
                Stack.builder().clock(clock).rng(network.newRng()).driver(Driver.MANUAL);
        if (ipv6) {
            builder.ipv6(IPV6);
        }
        Stack made = builder.build();
        stack = made;
        boots++;
        network.log().note(network.nowNs(), this + " boots");
        touched = true;
        try {
            for (Port port : ports) {
                port.plug(made);
            }
            Objects.requireNonNull(setup).apply(this);
        } catch (StackException e) {
            throw new AssertionError(this + " cannot boot: " + e.getMessage(), e);
        }
    }

    /** Turns it off as a power failure does: stack and programs are gone, and nobody is told. */
    public void crash() {
        for (Port port : ports) {
            port.unplug();
        }
        stack().close();
        programs.forEach(Program::end);
        requireNothingKept();
        stack = null;
        programs.clear();
        deadlineNs = TimerQueue.NEVER;
        touched = false;
        crashesNs.add(network.nowNs());
        network.log().note(network.nowNs(), this + " crashes");
    }

    /**
     * Has the stack written to a stream and made again from it, as when a virtual machine is moved: its programs go on with
     * their connections, in monotonic time that begins elsewhere.
     *
     * @param nowNs what the clock says afterwards
     */
    public void move(long nowNs) {
        List<Endpoint> endpoints = new ArrayList<>();
        programs.forEach(program -> endpoints.addAll(program.endpoints()));
        try {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            stack().save(saved, endpoints);
            for (Port port : ports) {
                port.leave();
            }
            stack().close();
            endpoints.forEach(Endpoint::close);
            requireNothingKept();
            clock.setOrigin(nowNs);
            RestoredStack restored = Stack.builder()
                    .clock(clock)
                    .rng(network.newRng())
                    .driver(Driver.MANUAL)
                    .restore(new ByteArrayInputStream(saved.toByteArray()), this::replug);
            stack = restored.stack();
            for (Port port : ports) {
                port.replugged(restored.stack());
            }
            programs.forEach(program -> program.moved(restored));
        } catch (IOException e) {
            throw new AssertionError(this + " cannot be moved: " + e.getMessage(), e);
        }
        touched = true;
    }

    private @Nullable LinkEndpoint replug(String nicName) {
        for (Port port : ports) {
            if (port.name().equals(nicName)) {
                return port.replug();
            }
        }
        return null;
    }

    private void requireNothingKept() {
        long packets = stack().packetsOutstanding();
        if (packets != 0) {
            throw new AssertionError(this + ": a closed stack keeps " + packets + " packets");
        }
    }

    public boolean isOn() {
        return stack != null;
    }

    /** How often it was turned on: tells the stack of the moment from its successors. */
    public int boots() {
        return boots;
    }

    /** Whether it was turned off between two moments. */
    boolean crashedBetween(long fromNs, long toNs) {
        return crashesNs.stream().anyMatch(at -> at >= fromNs && at <= toNs);
    }

    /** Runs the program from now on, whenever it says it is ready, until the host crashes. */
    public void start(Program program) {
        programs.add(program);
    }

    /** Has every program end. */
    void endPrograms() {
        programs.forEach(Program::end);
        touch();
    }

    // --- For the network

    /** Something was done to the stack from outside: it has to be run. */
    void touch() {
        touched = stack != null;
    }

    void run() {
        touched = false;
        deadlineNs = stack().run(this::deliver);
        for (Port port : ports) {
            port.sendLeaving();
        }
    }

    private void deliver() {
        for (Port port : ports) {
            port.deliver();
        }
    }

    /** Lets programs that are ready go on; true if one did. */
    boolean runPrograms() {
        boolean ran = false;
        // A program may start others.
        for (int i = 0; i < programs.size(); i++) {
            Program program = programs.get(i);
            if (program.takeReady()) {
                program.run();
                ran = true;
            }
        }
        touched |= ran;
        return ran;
    }

    /** The moment, in the network's time, for which the stack waits, or NEVER. */
    long deadlineNs() {
        return deadlineNs == TimerQueue.NEVER ? TimerQueue.NEVER : clock.toNetworkNs(deadlineNs);
    }

    /** Whether the stack waits for a moment to come. */
    boolean hasDeadline() {
        return deadlineNs != TimerQueue.NEVER;
    }

    boolean isDue() {
        return touched || (hasDeadline() && deadlineNs - clock.nowNs() <= 0);
    }

    // --- What it sent

    /** From now on looks for the first SYN it sends. */
    void noteFirstSyn() {
        notesSyn = true;
    }

    void noteSent(byte[] frame) {
        if (notesSyn && firstSequence == null) {
            firstSequence = FirstSyn.sequence(frame);
        }
    }

    /** The sequence number of the first SYN, or null if none was seen. */
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

    @Override
    public String toString() {
        return "host " + number;
    }
}
