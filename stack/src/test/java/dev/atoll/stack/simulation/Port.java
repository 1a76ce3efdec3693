package dev.atoll.stack.simulation;

import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.MacAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What joins a host to a switch: both directions of the cable, and the link and NIC of the stack that the host has at the
 * moment. The link address stays when the host is restarted.
 */
public final class Port {
    private static final long LINK_PREFIX = 0x0200_0000_0000L;

    private final SimNetwork network;
    private final Host host;
    private final int index;
    private final Switch segment;
    private final MacAddress linkAddress;
    private final int mtuBytes;
    private final Direction up;
    private final Direction down;
    private @Nullable SimLink link;
    private @Nullable Nic nic;
    private long sentByNics;
    private long receivedByNics;
    private long switched;
    private long missed;
    private boolean interruptPending;

    Port(SimNetwork network, Host host, int index, Switch segment, int mtuBytes, Impairments up, Impairments down) {
        this.network = network;
        this.host = host;
        this.index = index;
        this.segment = segment;
        this.mtuBytes = mtuBytes;
        linkAddress = new MacAddress(LINK_PREFIX + network.newPortNumber());
        Chance chance = new Chance(network.newRng());
        this.up = new Direction(chance, up, (atNs, frame) -> network.at(atNs, () -> arriveAtSwitch(frame)));
        this.down = new Direction(chance, down, (atNs, frame) -> network.at(atNs, () -> arriveAtHost(frame)));
        segment.add(this);
    }

    public Host host() {
        return host;
    }

    /** The NIC of the stack that the host has now; a host that is off has none. */
    public Nic nic() {
        return Objects.requireNonNull(nic, this + " is off");
    }

    MacAddress linkAddress() {
        return linkAddress;
    }

    /** The direction to the switch. */
    Direction up() {
        return up;
    }

    /** The direction from the switch. */
    Direction down() {
        return down;
    }

    // --- For the host

    void plug(Stack stack) throws StackException {
        SimLink made = new SimLink(linkAddress, mtuBytes);
        link = made;
        nic = stack.createNic(name(), made);
    }

    /** The stack ends: what it sent is on its way, what it did not look at is missed. */
    void unplug() {
        sendLeaving();
        missed += Objects.requireNonNull(link).waiting();
        Nic.Statistics statistics = nic().statistics();
        sentByNics += statistics.sentPackets();
        receivedByNics += statistics.receivedPackets();
        link = null;
        nic = null;
    }

    /** The stack goes on as another: what it sent is on its way, what it did not look at is missed. */
    void leave() {
        sendLeaving();
        missed += Objects.requireNonNull(link).waiting();
    }

    /** The link of the stack that goes on. */
    SimLink replug() {
        SimLink made = new SimLink(linkAddress, mtuBytes);
        link = made;
        return made;
    }

    /** The NIC of the stack that goes on, whose counters go on too. */
    void replugged(Stack stack) {
        nic = stack.findNic(name());
    }

    String name() {
        return "eth" + index;
    }

    /** Gives the stack what arrived; under its hold. */
    void deliver() {
        Objects.requireNonNull(link).deliver();
    }

    void sendLeaving() {
        SimLink from = Objects.requireNonNull(link);
        byte[] frame;
        while ((frame = from.takeLeaving()) != null) {
            host.noteSent(frame);
            network.log().add(network.nowNs(), this + " sends   ", frame);
            up.send(network.nowNs(), frame);
        }
    }

    private void arriveAtSwitch(byte[] frame) {
        switched++;
        segment.forward(this, frame);
    }

    private void arriveAtHost(byte[] frame) {
        SimLink to = link;
        if (to == null) {
            missed++;
            return;
        }
        network.log().add(network.nowNs(), this + " receives", frame);
        to.arrive(frame);
        if (network.interruptNs() == 0) {
            host.touch();
        } else if (!interruptPending) {
            interruptPending = true;
            network.at(network.nowNs() + network.interruptNs(), this::interrupt);
        }
    }

    private void interrupt() {
        interruptPending = false;
        if (link != null) {
            host.touch();
        }
    }

    /**
     * Compares what the NICs of this port say with what the network saw, when no frame is under way.
     *
     * @throws AssertionError if a frame is missing, or one too many
     */
    void requireBalance() {
        Nic.Statistics last = nic().statistics();
        requireSame("sent", sentByNics + last.sentPackets(), up.counters().frames);
        requireSame("switched", switched, up.counters().arriving);
        requireSame("received", receivedByNics + last.receivedPackets() + missed, down.counters().arriving);
        up.counters().requireBalance(this + " up");
        down.counters().requireBalance(this + " down");
    }

    private void requireSame(String what, long counted, long seen) {
        if (counted != seen) {
            throw new AssertionError(this + " counted " + counted + " frames " + what + ", the network " + seen);
        }
    }

    @Override
    public String toString() {
        return host.hasManyPorts() ? host + " eth" + index : host.toString();
    }
}
