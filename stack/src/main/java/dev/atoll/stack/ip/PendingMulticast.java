package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketList;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets to groups that wait for a route: at most {@link #MAX_PACKETS} of a source and group, for {@link #LIFETIME_NS}, of
 * at most {@link #MAX_PAIRS} pairs that began on one device. What comes beyond that is dropped: nothing that waits is given
 * up for it, so that a flood of unknown groups takes nothing from others. Under the stack's hold.
 */
final class PendingMulticast {
    /** As netstack's. */
    static final int MAX_PACKETS = 3;

    static final int MAX_PAIRS = 64;

    /** As Linux's and netstack's. */
    static final long LIFETIME_NS = 10_000_000_000L;

    /** Somebody who takes what waited. */
    interface Receiver {
        /** Takes a packet that came by a device that is there still. */
        void receive(Device in, NetworkLayer network, PacketBuffer packet);
    }

    /** A source and a group, and what waits. */
    private final class Pair {
        final IpAddress source;
        final IpAddress group;
        final Device in;
        final NetworkLayer network;
        final PacketList packets = new PacketList();
        final Timer timer = cycle.newTimer(this::expired);

        Pair(Device in, NetworkLayer network, PacketBuffer packet) {
            source = new IpAddress(packet.sourceHigh, packet.sourceLow);
            group = new IpAddress(packet.destinationHigh, packet.destinationLow);
            this.in = in;
            this.network = network;
        }

        boolean isOf(PacketBuffer packet) {
            return group.low() == packet.destinationLow
                    && group.high() == packet.destinationHigh
                    && source.low() == packet.sourceLow
                    && source.high() == packet.sourceHigh;
        }

        private void expired() {
            pairs.remove(this);
            giveUp();
        }

        void giveUp() {
            timer.dispose();
            PacketBuffer packet = packets.poll();
            while (packet != null) {
                in.countDrop(DropReason.MULTICAST_NO_ROUTE);
                packet.release();
                packet = packets.poll();
            }
        }
    }

    private final Cycle cycle;
    private final BufferPool pool;
    private final Routes routes;
    private final List<Pair> pairs = new ArrayList<>();

    PendingMulticast(Cycle cycle, BufferPool pool, Routes routes) {
        this.cycle = cycle;
        this.pool = pool;
        this.routes = routes;
    }

    /**
     * Keeps a copy of a packet, if there is room.
     *
     * @return whether it is the first of its source and group
     */
    boolean add(Device in, NetworkLayer network, PacketBuffer packet) {
        Pair pair = find(packet);
        boolean first = pair == null;
        if (pair == null) {
            if (began(in) >= MAX_PAIRS) {
                in.countDrop(DropReason.MULTICAST_PENDING_FULL);
                return false;
            }
            pair = new Pair(in, network, packet);
            pairs.add(pair);
            cycle.armIn(pair.timer, LIFETIME_NS);
        }
        if (pair.packets.size() >= MAX_PACKETS) {
            in.countDrop(DropReason.MULTICAST_PENDING_FULL);
        } else {
            pair.packets.add(pool.copy(packet));
        }
        return first;
    }

    private @Nullable Pair find(PacketBuffer packet) {
        for (int i = 0; i < pairs.size(); i++) {
            if (pairs.get(i).isOf(packet)) {
                return pairs.get(i);
            }
        }
        return null;
    }

    private int began(Device in) {
        int count = 0;
        for (int i = 0; i < pairs.size(); i++) {
            count += pairs.get(i).in == in ? 1 : 0;
        }
        return count;
    }

    /** Hands over what waited for a route that there is now. */
    void resolve(MulticastRoutes.Entry route, Receiver receiver) {
        List<Pair> resolved = new ArrayList<>();
        for (Pair pair : pairs) {
            boolean ofSource = route.source.isUnspecified() || route.source.equals(pair.source);
            if (ofSource && route.group.equals(pair.group)) {
                resolved.add(pair);
            }
        }
        pairs.removeAll(resolved);
        for (Pair pair : resolved) {
            pair.timer.dispose();
            PacketBuffer packet = pair.packets.poll();
            while (packet != null) {
                Device in = routes.device(packet.nicId);
                if (in == null) {
                    pair.in.countDrop(DropReason.MULTICAST_NO_ROUTE);
                    packet.release();
                } else {
                    receiver.receive(in, pair.network, packet);
                }
                packet = pair.packets.poll();
            }
        }
    }

    /** Gives up what began on a device, which goes. */
    void removeAll(Device device) {
        List<Pair> gone = new ArrayList<>();
        for (Pair pair : pairs) {
            if (pair.in == device) {
                gone.add(pair);
            }
        }
        pairs.removeAll(gone);
        for (Pair pair : gone) {
            pair.giveUp();
        }
    }

    /** Drops all: the stack closes. */
    void clear() {
        for (Pair pair : pairs) {
            pair.timer.dispose();
            pair.packets.clear();
        }
        pairs.clear();
    }
}
