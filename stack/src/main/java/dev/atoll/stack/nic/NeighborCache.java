package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.ArchivedSettings;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours of one NIC and one family, with the reachability state machine of RFC 4861 section 7.3, which Linux
 * uses for ARP too. How a neighbour is asked is the {@link Probes}' affair.
 *
 * <p>At most {@link #MAX_ENTRIES} entries. Neighbours that never answered make room before those that did, so that
 * neither a scan nor forged questions push out those that are talked to (RFC 6583); among alike, those that nothing
 * waits for, and then the least recently used. Entries set by hand never go, so there are fewer of them. At most
 * {@link #MAX_WAITING} packets wait for one neighbour, and {@link #MAX_WAITING_BYTES} for all beyond one each: the
 * neighbour's oldest goes first.
 */
final class NeighborCache {
    /** Entries of one NIC and family (netstack: 512). */
    static final int MAX_ENTRIES = 512;
    /** Entries set by hand; the rest stays free for what is learned. */
    static final int MAX_STATIC = MAX_ENTRIES / 2;
    /** Packets that wait for one neighbour; Linux's default of 212,992 bytes is about as many full frames. */
    static final int MAX_WAITING = 128;
    /** Memory of what waits for all neighbours together, bytes; one packet for each may wait beyond. */
    static final int MAX_WAITING_BYTES = 4 << 20;

    /** How long a neighbour that did not answer is refused without asking again. */
    static final long FAILED_NS = 1_000_000_000L;

    /** How long a reachable time that was drawn is kept (RFC 4861 section 6.3.4: a few hours). */
    static final long REDRAW_NS = 2 * 3600 * 1_000_000_000L;

    /** What the cache needs of its NIC. */
    interface Probes {
        /**
         * Asks who has the address: everyone if {@code linkAddress} is 0, else that neighbour.
         *
         * @param waiting a packet that waits to know, or null
         */
        void solicit(IpAddress address, long linkAddress, @Nullable PacketBuffer waiting);

        /** Sends a packet whose neighbour is now known, and releases it. */
        void transmitResolved(PacketBuffer packet, long linkAddress);

        /** Reports and releases a packet whose neighbour did not answer. */
        void unreachable(PacketBuffer packet);

        /** Something about an entry changed. */
        void event(NeighborObserver.Event event, Neighbor neighbor);
    }

    private final Cycle cycle;
    private final Counters counters;
    private final Probes probes;
    // Insertion-ordered, so that walks are the same in every run.
    private final Map<IpAddress, Neighbor> entries = new LinkedHashMap<>();
    private int statics;
    private int waitingBytes;
    private NeighborSettings settings;
    private long reachableNs;
    private long reachableDrawnNs;

    NeighborCache(Cycle cycle, Counters counters, NeighborSettings settings, Probes probes) {
        this.cycle = cycle;
        this.counters = counters;
        this.probes = probes;
        this.settings = settings;
    }

    NeighborSettings settings() {
        return settings;
    }

    void setSettings(NeighborSettings newSettings) {
        settings = newSettings;
        reachableNs = 0;
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

    /** The neighbour with that address, a new one if nothing is known of it; the caller looks at its state. */
    Neighbor lookup(IpAddress address) {
        Neighbor neighbor = entries.get(address);
        return neighbor == null ? insert(address) : neighbor;
    }

    /** Says what to do with a packet for a neighbour: its link address, or 0 if the packet must wait. */
    long use(Neighbor neighbor) {
        neighbor.touchedNs = cycle.nowNs();
        if (neighbor.state == NeighborState.STALE) {
            changeState(neighbor, NeighborState.DELAY);
            cycle.armIn(neighbor.timer, settings.delayFirstProbeNs());
        }
        return neighbor.isUsable() ? neighbor.linkAddress : 0;
    }

    /** Keeps a packet until the neighbour is known, asking for it if nobody has yet. Takes the packet. */
    void enqueue(Neighbor neighbor, PacketBuffer packet) {
        if (neighbor.state == NeighborState.FAILED) {
            counters.drop(DropReason.NEIGHBOR_UNREACHABLE);
            probes.unreachable(packet);
            return;
        }
        while (neighbor.waiting.size() == MAX_WAITING
                || (waitingBytes > MAX_WAITING_BYTES && !neighbor.waiting.isEmpty())) {
            PacketBuffer oldest = dequeue(neighbor);
            if (oldest != null) {
                oldest.release();
            }
            counters.drop(DropReason.NEIGHBOR_QUEUE_FULL);
        }
        waitingBytes += packet.trueSize();
        // All rules were asked, and nobody else wants to know; a packet that waits can be saved without it.
        packet.caller = null;
        neighbor.waiting.add(packet);
        ask(neighbor);
    }

    /** Asks for a neighbour that is not known, unless somebody has asked already. */
    void ask(Neighbor neighbor) {
        if (neighbor.probesSent == 0) {
            probe(neighbor, 0);
        }
    }

    /**
     * A neighbour confirmed its address: an ARP reply or a neighbour advertisement (RFC 4861 section 7.2.5).
     *
     * @param linkAddress the link address it gave, or 0 if it gave none
     * @param solicited it answers a question of ours
     * @param override it is to replace what is known
     */
    void confirmed(IpAddress address, long linkAddress, boolean solicited, boolean override, boolean isRouter) {
        Neighbor neighbor = entries.get(address);
        if (neighbor == null || neighbor.state == NeighborState.STATIC) {
            return;
        }
        if (!neighbor.isUsable()) {
            if (linkAddress == 0) {
                return;
            }
            neighbor.isRouter = isRouter;
            settle(neighbor, linkAddress, solicited);
            return;
        }
        boolean differs = linkAddress != 0 && linkAddress != neighbor.linkAddress;
        if (differs && !override) {
            // Contradicted by somebody who does not insist: keep the address, but stop being sure of it.
            if (neighbor.state == NeighborState.REACHABLE) {
                becomeStale(neighbor, neighbor.linkAddress);
            }
            return;
        }
        neighbor.isRouter = isRouter;
        if (solicited || differs) {
            settle(neighbor, differs ? linkAddress : neighbor.linkAddress, solicited);
        }
    }

    private void settle(Neighbor neighbor, long linkAddress, boolean reachable) {
        if (reachable) {
            becomeReachable(neighbor, linkAddress);
        } else {
            becomeStale(neighbor, linkAddress);
        }
    }

    /** A neighbour showed its link address without being asked, as in a request to us: known, but not reachable. */
    void learned(IpAddress address, long linkAddress) {
        Neighbor neighbor = entries.get(address);
        if (neighbor == null) {
            neighbor = create(address);
        } else if (neighbor.state == NeighborState.STATIC
                || (neighbor.isUsable() && neighbor.linkAddress == linkAddress)) {
            return;
        }
        becomeStale(neighbor, linkAddress);
    }

    /** A router or a redirect says whether the neighbour is one (RFC 4861 sections 6.3.4 and 8.3). */
    void setRouter(IpAddress address, boolean isRouter) {
        Neighbor neighbor = entries.get(address);
        if (neighbor != null) {
            neighbor.isRouter = isRouter;
        }
    }

    /** Upper layers saw the neighbour make progress (RFC 4861 section 7.3.1): as good as an answer. */
    void reachabilityConfirmed(Neighbor neighbor) {
        if (neighbor.isUsable() && neighbor.state != NeighborState.STATIC) {
            becomeReachable(neighbor, neighbor.linkAddress);
        }
    }

    /** Upper layers hear nothing by way of the neighbour any more (RFC 1122 section 3.3.1.4): is it there? */
    void doubted(Neighbor neighbor) {
        switch (neighbor.state) {
            case REACHABLE -> {
                // Whoever else has doubts so soon after it answered means somebody further away.
                if (cycle.nowNs() - neighbor.updatedNs >= settings.retransmitNs()) {
                    askWhetherThere(neighbor);
                }
            }
            case STALE, DELAY -> askWhetherThere(neighbor);
            case INCOMPLETE, PROBE, FAILED, STATIC -> {
                // It is being asked, or never is.
            }
        }
    }

    /** Sets an entry by hand; false if there are as many as there may be. */
    boolean setStatic(IpAddress address, long linkAddress) {
        Neighbor neighbor = entries.get(address);
        boolean isStatic = neighbor != null && neighbor.state == NeighborState.STATIC;
        if (!isStatic) {
            if (statics == MAX_STATIC) {
                return false;
            }
            statics++;
        }
        if (neighbor == null) {
            neighbor = create(address);
        }
        neighbor.timer.cancel();
        become(neighbor, NeighborState.STATIC, linkAddress);
        sendWaiting(neighbor);
        return true;
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

    private @Nullable PacketBuffer dequeue(Neighbor neighbor) {
        PacketBuffer packet = neighbor.waiting.poll();
        if (packet != null) {
            waitingBytes -= packet.trueSize();
        }
        return packet;
    }

    private void discard(Neighbor neighbor) {
        if (neighbor.state == NeighborState.STATIC) {
            statics--;
        }
        neighbor.timer.dispose();
        PacketBuffer packet = dequeue(neighbor);
        while (packet != null) {
            packet.release();
            packet = dequeue(neighbor);
        }
        probes.event(NeighborObserver.Event.REMOVED, neighbor);
        neighbor.state = NeighborState.FAILED;
    }

    /** An entry that nothing is known of yet. */
    private Neighbor insert(IpAddress address) {
        Neighbor neighbor = create(address);
        tell(neighbor);
        return neighbor;
    }

    /** An entry that is told of when something is known of it. */
    private Neighbor create(IpAddress address) {
        if (entries.size() >= MAX_ENTRIES) {
            evict();
        }
        Neighbor neighbor = new Neighbor(address, this);
        neighbor.touchedNs = cycle.nowNs();
        neighbor.updatedNs = cycle.nowNs();
        entries.put(address, neighbor);
        return neighbor;
    }

    /** Makes room. */
    private void evict() {
        Neighbor victim = null;
        for (Neighbor candidate : entries.values()) {
            if (candidate.state != NeighborState.STATIC && (victim == null || goesBefore(candidate, victim))) {
                victim = candidate;
            }
        }
        if (victim != null) {
            counters.neighborsEvicted++;
            remove(victim.address);
        }
    }

    private static boolean goesBefore(Neighbor a, Neighbor b) {
        if (a.hasAnswered != b.hasAnswered) {
            return b.hasAnswered;
        }
        if (a.waiting.isEmpty() != b.waiting.isEmpty()) {
            return a.waiting.isEmpty();
        }
        return a.touchedNs - b.touchedNs < 0;
    }

    private void changeState(Neighbor neighbor, NeighborState next) {
        become(neighbor, next, neighbor.linkAddress);
    }

    private void become(Neighbor neighbor, NeighborState next, long linkAddress) {
        if (neighbor.state == next && neighbor.linkAddress == linkAddress) {
            return;
        }
        neighbor.state = next;
        neighbor.linkAddress = linkAddress;
        neighbor.updatedNs = cycle.nowNs();
        tell(neighbor);
    }

    private void tell(Neighbor neighbor) {
        NeighborObserver.Event event = neighbor.isTold ? NeighborObserver.Event.CHANGED : NeighborObserver.Event.ADDED;
        neighbor.isTold = true;
        probes.event(event, neighbor);
    }

    private void becomeReachable(Neighbor neighbor, long linkAddress) {
        neighbor.touchedNs = cycle.nowNs();
        neighbor.hasAnswered = true;
        cycle.armIn(neighbor.timer, reachableNs());
        become(neighbor, NeighborState.REACHABLE, linkAddress);
        sendWaiting(neighbor);
    }

    private void becomeStale(Neighbor neighbor, long linkAddress) {
        neighbor.touchedNs = cycle.nowNs();
        neighbor.timer.cancel();
        become(neighbor, NeighborState.STALE, linkAddress);
        sendWaiting(neighbor);
    }

    /** A reachable time drawn at random, so that hosts on a link do not probe in step (RFC 4861 section 6.3.2). */
    private long reachableNs() {
        long now = cycle.nowNs();
        if (reachableNs == 0 || now - reachableDrawnNs >= REDRAW_NS) {
            double spread = settings.maxRandomFactor() - settings.minRandomFactor();
            double factor = settings.minRandomFactor() + spread * cycle.rng().nextInt(1 << 20) / (1 << 20);
            reachableNs = Math.max(1, (long) (settings.baseReachableNs() * factor));
            reachableDrawnNs = now;
        }
        return reachableNs;
    }

    private void sendWaiting(Neighbor neighbor) {
        PacketBuffer packet = dequeue(neighbor);
        while (packet != null) {
            probes.transmitResolved(packet, neighbor.linkAddress);
            packet = dequeue(neighbor);
        }
    }

    private void expired(Neighbor neighbor) {
        switch (neighbor.state) {
            case INCOMPLETE -> {
                if (neighbor.probesSent < settings.maxMulticastProbes()) {
                    probe(neighbor, 0);
                } else {
                    fail(neighbor);
                }
            }
            case REACHABLE -> changeState(neighbor, NeighborState.STALE);
            case DELAY -> askWhetherThere(neighbor);
            case PROBE -> {
                if (neighbor.probesSent < settings.maxUnicastProbes()) {
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

    private void askWhetherThere(Neighbor neighbor) {
        changeState(neighbor, NeighborState.PROBE);
        neighbor.probesSent = 0;
        probe(neighbor, neighbor.linkAddress);
    }

    private void probe(Neighbor neighbor, long linkAddress) {
        neighbor.probesSent++;
        cycle.armIn(neighbor.timer, settings.retransmitNs());
        probes.solicit(neighbor.address, linkAddress, neighbor.waiting.peek());
    }

    private void fail(Neighbor neighbor) {
        neighbor.hasAnswered = false;
        changeState(neighbor, NeighborState.FAILED);
        cycle.armIn(neighbor.timer, FAILED_NS);
        PacketBuffer packet = dequeue(neighbor);
        while (packet != null) {
            counters.drop(DropReason.NEIGHBOR_UNREACHABLE);
            probes.unreachable(packet);
            packet = dequeue(neighbor);
        }
    }

    /** Entries in their order with what waits for them; nobody is told. */
    void archive(Archive archive, BufferPool pool) {
        settings = ArchivedSettings.neighbors(archive, settings);
        reachableNs = archive.int64(reachableNs);
        reachableDrawnNs = archive.int64(reachableDrawnNs);
        List<Neighbor> neighbors = new ArrayList<>(entries.values());
        if (archive.isRestoring()) {
            forget(neighbors);
        }
        archive.list(neighbors, MAX_ENTRIES, (to, saved) -> archiveNeighbor(to, saved, pool));
        if (archive.isRestoring()) {
            for (Neighbor neighbor : neighbors) {
                restored(neighbor);
            }
        }
    }

    private Neighbor archiveNeighbor(Archive archive, @Nullable Neighbor saved, BufferPool pool) {
        IpAddress address = ArchivedValues.address(archive, saved == null ? null : saved.address);
        Neighbor neighbor = saved == null ? new Neighbor(address, this) : saved;
        neighbor.archive(archive, pool);
        return neighbor;
    }

    private void forget(List<Neighbor> neighbors) {
        for (Neighbor neighbor : neighbors) {
            neighbor.timer.dispose();
            neighbor.waiting.clear();
        }
        entries.clear();
        statics = 0;
        waitingBytes = 0;
    }

    private void restored(Neighbor neighbor) {
        entries.put(neighbor.address, neighbor);
        neighbor.isTold = true;
        if (neighbor.state == NeighborState.STATIC) {
            statics++;
        }
        for (PacketBuffer packet = neighbor.waiting.peek(); packet != null; packet = packet.next) {
            waitingBytes += packet.trueSize();
        }
    }
}
