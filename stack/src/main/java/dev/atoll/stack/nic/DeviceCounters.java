package dev.atoll.stack.nic;

/** What one NIC sent and received. Written under the hold, read from anywhere. */
public final class DeviceCounters {
    private long receivedPackets;
    private long receivedBytes;
    private long sentPackets;
    private long sentBytes;

    DeviceCounters() {}

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
}
