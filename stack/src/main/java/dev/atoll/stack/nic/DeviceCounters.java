package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.DropReason;

/** What one NIC sent and received. Written under the hold, read from anywhere. */
public final class DeviceCounters {
    private long receivedPackets;
    private long receivedBytes;
    private long sentPackets;
    private long sentBytes;
    private final long[] drops = new long[DropReason.values().length];

    DeviceCounters() {}

    // Ordinals index the array: reasons are never stored or compared across versions.
    @SuppressWarnings("EnumOrdinal")
    void dropped(DropReason reason) {
        drops[reason.ordinal()]++;
    }

    /** Packets of this NIC that ended below the transport protocols for that reason. */
    @SuppressWarnings("EnumOrdinal")
    public long drops(DropReason reason) {
        return drops[reason.ordinal()];
    }

    void received(int bytes) {
        receivedPackets++;
        receivedBytes += bytes;
    }

    void sent(int bytes) {
        sentPackets++;
        sentBytes += bytes;
    }

    public long receivedPackets() {
        return receivedPackets;
    }

    public long receivedBytes() {
        return receivedBytes;
    }

    public long sentPackets() {
        return sentPackets;
    }

    public long sentBytes() {
        return sentBytes;
    }

    void archive(Archive archive) {
        receivedPackets = archive.int64(receivedPackets);
        receivedBytes = archive.int64(receivedBytes);
        sentPackets = archive.int64(sentPackets);
        sentBytes = archive.int64(sentBytes);
        archive.int64s(drops);
    }
}
