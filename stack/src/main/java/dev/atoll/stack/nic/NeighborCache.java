package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours of one NIC with the reachability state machine of RFC 4861 section 7.3, which Linux uses for ARP too.
 *
 * <p>At most {@link #MAX_ENTRIES} entries: the least recently used one that nothing waits for goes first. At most
 * {@link #MAX_WAITING} packets wait for one neighbour: the oldest goes first.
 */
final class NeighborCache {
    /** Entries of one NIC (netstack: 512). */
    static final int MAX_ENTRIES = 512;
    /** Packets that wait for one neighbour; Linux's default of 212,992 bytes is about as many full frames. */
    static final int MAX_WAITING = 128;

    /** RFC 4861 section 10: REACHABLE_TIME, randomised between half and one and a half of it. */
    static final long BASE_REACHABLE_NS = 30_000_000_000L;
    /** RFC 4861 section 10: RETRANS_TIMER. */
    static final long RETRANSMIT_NS = 1_000_000_000L;
    /** RFC 4861 section 10: DELAY_FIRST_PROBE_TIME. */
    static final long DELAY_FIRST_PROBE_NS = 5_000_000_000L;
    /** RFC 4861 section 10: MAX_MULTICAST_SOLICIT and MAX_UNICAST_SOLICIT. */
    static final int MAX_PROBES = 3;
    /** How long a neighbour that did not answer is refused without asking again. */
    static final long FAILED_NS = 1_000_000_000L;

    /** What the cache needs of its NIC. */
    interface Probes {
        /** Asks who has the address: everyone if {@code linkAddress} is 0, else that neighbour. */
        void solicit(IpAddress address, long linkAddress);

        /** Sends a packet whose neighbour is now known, and releases it. */
        void transmitResolved(PacketBuffer packet, long linkAddress);

        /** Reports and releases a packet whose neighbour did not answer. */
        void unreachable(PacketBuffer packet);
    }

    private final Cycle cycle;
    private final Counters counters;
    private final Probes probes;
    // Insertion-ordered, so that walks are the same in every run.
    private final Map<IpAddress, Neighbor> entries = new LinkedHashMap<>();

    NeighborCache(Cycle cycle, Counters counters, Probes probes) {
        this.cycle = cycle;
        this.counters = counters;
        this.probes = probes;
    }

    Timer newTimer(Neighbor neighbor) {
        return cycle.newTimer(() -> expired(neighbor));
    }

    @Nullable Neighbor find(IpAddress address) {
        return entries.get(address);
    }

    Iterable<Neighbor> all() {
        return entries.values();
    }

    /** The neighbour with that address, asked for if nothing is known of it; the caller looks at its state. */
    Neighbor lookup(IpAddress address) {
        Neighbor neighbor = entries.get(address);
        if (neighbor == null) {
            neighbor = insert(address);
            startResolution(neighbor);
        }
        return neighbor;
    }

    /** Says what to do with a packet for a neighbour: its link address, or 0 if the packet was taken to wait. */
    long use(Neighbor neighbor) {
        neighbor.touchedNs = cycle.nowNs();
        if (neighbor.state == NeighborState.STALE) {
            neighbor.state = NeighborState.DELAY;
            cycle.armIn(neighbor.timer, DELAY_FIRST_PROBE_NS);
        }
        return neighbor.isUsable() ? neighbor.linkAddress : 0;
    }

    /** Keeps a packet until the neighbour is known. Takes the packet. */
    void enqueue(Neighbor neighbor, PacketBuffer packet) {
        if (neighbor.state == NeighborState.FAILED) {
            counters.drop(DropReason.NEIGHBOR_UNREACHABLE);
            probes.unreachable(packet);
            return;
        }
        if (neighbor.waiting == MAX_WAITING) {
            PacketBuffer oldest = neighbor.dequeue();
            if (oldest != null) {
                oldest.release();
            }
            counters.drop(DropReason.NEIGHBOR_QUEUE_FULL);
        }
        neighbor.enqueue(packet);
    }

    /** A neighbour answered a question of ours (a solicited confirmation). */
    void confirmed(IpAddress address, long linkAddress) {
        Neighbor neighbor = entries.get(address);
        if (neighbor == null || neighbor.state == NeighborState.STATIC) {
            return;
        }
        neighbor.linkAddress = linkAddress;
        becomeReachable(neighbor);
    }

    /** A neighbour showed its link address without being asked, as in a request to us: known, but not reachable. */
    void learned(IpAddress address, long linkAddress) {
        Neighbor neighbor = entries.get(address);
        if (neighbor == null) {
            neighbor = insert(address);
        } else if (neighbor.state == NeighborState.STATIC
                || (neighbor.isUsable() && neighbor.linkAddress == linkAddress)) {
            return;
        }
        neighbor.linkAddress = linkAddress;
        neighbor.state = NeighborState.STALE;
        neighbor.timer.cancel();
        neighbor.touchedNs = cycle.nowNs();
        sendWaiting(neighbor);
    }

    /** Upper layers saw the neighbour make progress (RFC 4861 section 7.3.1): as good as an answer. */
    void reachabilityConfirmed(Neighbor neighbor) {
        if (neighbor.isUsable() && neighbor.state != NeighborState.STATIC) {
            becomeReachable(neighbor);
        }
    }

    void setStatic(IpAddress address, long linkAddress) {
        Neighbor neighbor = entries.get(address);
        if (neighbor == null) {
            neighbor = insert(address);
        }
        neighbor.timer.cancel();
        neighbor.state = NeighborState.STATIC;
        neighbor.linkAddress = linkAddress;
        sendWaiting(neighbor);
    }

    /** Forgets one entry; what waits for it is dropped. */
    boolean remove(IpAddress address) {
        Neighbor neighbor = entries.remove(address);
        if (neighbor == null) {
            return false;
        }
        discard(neighbor);
        return true;
    }

    /** Forgets everything. */
    void clear() {
        for (Neighbor neighbor : entries.values()) {
            discard(neighbor);
        }
        entries.clear();
    }

    private void discard(Neighbor neighbor) {
        neighbor.timer.dispose();
        PacketBuffer packet = neighbor.dequeue();
        while (packet != null) {
            packet.release();
            packet = neighbor.dequeue();
        }
        neighbor.state = NeighborState.FAILED;
    }

    private Neighbor insert(IpAddress address) {
        if (entries.size() >= MAX_ENTRIES) {
            evict();
        }
        Neighbor neighbor = new Neighbor(address, this);
        neighbor.touchedNs = cycle.nowNs();
        entries.put(address, neighbor);
        return neighbor;
    }

    /** Makes room: an entry nobody waits for, the least recently used, before one that packets wait for. */
    private void evict() {
        Neighbor victim = null;
        for (Neighbor candidate : entries.values()) {
            if (candidate.state != NeighborState.STATIC
                    && (victim == null
                            || (candidate.waiting == 0 && victim.waiting > 0)
                            || ((candidate.waiting == 0) == (victim.waiting == 0)
                                    && candidate.touchedNs - victim.touchedNs < 0))) {
                victim = candidate;
            }
        }
        if (victim != null) {
            remove(victim.address);
        }
    }

    private void startResolution(Neighbor neighbor) {
        neighbor.state = NeighborState.INCOMPLETE;
        neighbor.linkAddress = 0;
        neighbor.probesSent = 1;
        cycle.armIn(neighbor.timer, RETRANSMIT_NS);
        probes.solicit(neighbor.address, 0);
    }

    private void becomeReachable(Neighbor neighbor) {
        neighbor.state = NeighborState.REACHABLE;
        neighbor.touchedNs = cycle.nowNs();
        long spread = cycle.rng().nextInt(1 << 20) * (BASE_REACHABLE_NS >>> 20);
        cycle.armIn(neighbor.timer, BASE_REACHABLE_NS / 2 + spread);
        sendWaiting(neighbor);
    }

    private void sendWaiting(Neighbor neighbor) {
        PacketBuffer packet = neighbor.dequeue();
        while (packet != null) {
            probes.transmitResolved(packet, neighbor.linkAddress);
            packet = neighbor.dequeue();
        }
    }

    private void expired(Neighbor neighbor) {
        switch (neighbor.state) {
            case INCOMPLETE -> {
                if (neighbor.probesSent < MAX_PROBES) {
                    probe(neighbor, 0);
                } else {
                    fail(neighbor);
                }
            }
            case REACHABLE -> neighbor.state = NeighborState.STALE;
            case DELAY -> {
                neighbor.state = NeighborState.PROBE;
                neighbor.probesSent = 0;
                probe(neighbor, neighbor.linkAddress);
            }
            case PROBE -> {
                if (neighbor.probesSent < MAX_PROBES) {
                    probe(neighbor, neighbor.linkAddress);
                } else {
                    fail(neighbor);
                }
            }
            case FAILED -> remove(neighbor.address);
            case STALE, STATIC -> {
                // Neither has a timer.
            }
        }
    }

    private void probe(Neighbor neighbor, long linkAddress) {
        neighbor.probesSent++;
        cycle.armIn(neighbor.timer, RETRANSMIT_NS);
        probes.solicit(neighbor.address, linkAddress);
    }

    private void fail(Neighbor neighbor) {
        neighbor.state = NeighborState.FAILED;
        cycle.armIn(neighbor.timer, FAILED_NS);
        PacketBuffer packet = neighbor.dequeue();
        while (packet != null) {
            counters.drop(DropReason.NEIGHBOR_UNREACHABLE);
            probes.unreachable(packet);
            packet = neighbor.dequeue();
        }
    }
}
