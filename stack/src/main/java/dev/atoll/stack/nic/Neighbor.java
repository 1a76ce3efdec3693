package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketList;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;

/** One neighbour of a NIC: its address, what is known of it, and the packets that wait to know. */
final class Neighbor {
    final IpAddress address;
    final Timer timer;
    NeighborState state = NeighborState.INCOMPLETE;
    long linkAddress;
    boolean isRouter;
    /** It answered a question, or its packets showed that ours arrive, and it did not fail since. */
    boolean hasAnswered;

    /** Whoever listens has heard of it. */
    boolean isTold;

    int probesSent;
    /** When the entry was last used or confirmed; the least recent one makes room when the cache is full. */
    long touchedNs;
    /** When its state or link address last changed. */
    long updatedNs;

    /** Packets that wait to know its link address. */
    final PacketList waiting = new PacketList();

    Neighbor(IpAddress address, NeighborCache cache) {
        this.address = address;
        timer = cache.newTimer(this);
    }

    boolean isUsable() {
        return state != NeighborState.INCOMPLETE && state != NeighborState.FAILED;
    }

    NeighborTableView.Entry toEntry() {
        return new NeighborTableView.Entry(address, new MacAddress(linkAddress), state, isRouter, updatedNs);
    }

    /** All but its address. */
    void archive(Archive archive, BufferPool pool) {
        state = archive.constant(state);
        linkAddress = archive.int64(linkAddress);
        isRouter = archive.bool(isRouter);
        hasAnswered = archive.bool(hasAnswered);
        probesSent = archive.int32(probesSent);
        touchedNs = archive.int64(touchedNs);
        updatedNs = archive.int64(updatedNs);
        timer.archive(archive);
        waiting.archive(archive, pool);
    }
}
