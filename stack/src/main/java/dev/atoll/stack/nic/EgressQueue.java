package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketList;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.link.LinkEndpoint;
import java.util.ArrayDeque;
import java.util.Queue;

/** The way from a NIC to its link, and the frames that wait while the link has no room: first in, first out. */
final class EgressQueue {
    /** Frames that wait: Linux's default txqueuelen. */
    static final int MAX_QUEUED = 1000;

    private final LinkEndpoint link;
    private final BufferPool pool;
    private final Counters counters;
    private final DeviceCounters deviceCounters;

    private final PacketList frames = new PacketList();

    /** First in, first out. */
    private final Queue<Device.RoomListener> waitingForRoom = new ArrayDeque<>();

    EgressQueue(LinkEndpoint link, BufferPool pool, Counters counters, DeviceCounters deviceCounters) {
        this.link = link;
        this.pool = pool;
        this.counters = counters;
        this.deviceCounters = deviceCounters;
    }

    boolean hasRoom() {
        return frames.isEmpty();
    }

    void awaitRoom(Device.RoomListener listener) {
        waitingForRoom.add(listener);
    }

    /** Hands a frame to the link, or keeps it until the link has room. Takes the frame. */
    void transmit(PacketBuffer frame) {
        if (frames.isEmpty() && link.transmit(frame)) {
            deviceCounters.sent(frame.length());
            frame.release();
            return;
        }
        if (frames.size() == MAX_QUEUED) {
            counters.drop(DropReason.EGRESS_QUEUE_FULL);
            deviceCounters.dropped(DropReason.EGRESS_QUEUE_FULL);
            frame.release();
            return;
        }
        PacketBuffer waiting = frame;
        if (frame.fragmentCount() > 0) {
            waiting = pool.copy(frame);
            frame.release();
        }
        frames.add(waiting);
    }

    /** The link has room again. */
    void writable() {
        PacketBuffer frame = frames.peek();
        while (frame != null) {
            if (!link.transmit(frame)) {
                return;
            }
            deviceCounters.sent(frame.length());
            frames.poll();
            frame.release();
            frame = frames.peek();
        }
        // Only as many as there is room for: with all of them told for each packet that leaves, a hundred thousand
        // connections
        // would cost a hundred thousand times as much.
        int told = waitingForRoom.size();
        while (told > 0 && hasRoom()) {
            waitingForRoom.remove().roomAvailable();
            told--;
        }
    }

    /** Drops what waits. */
    void clear() {
        frames.clear();
    }

    /** Drops what waits and forgets who waits. */
    void close() {
        clear();
        waitingForRoom.clear();
    }

    /** The frames; who waits for room says so again. */
    void archive(Archive archive) {
        if (archive.isRestoring()) {
            frames.clear();
        }
        frames.archive(archive, pool);
    }
}
