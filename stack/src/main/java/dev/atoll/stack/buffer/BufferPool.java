package dev.atoll.stack.buffer;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Packet memory of one stack, in a few size classes, reused.
 *
 * <p>Not thread-safe: used under the stack's hold. Keeps at most {@link #MAX_IDLE} idle packets of each class; what
 * comes back beyond that is left to the garbage collector. How much can be outstanding is bounded by the queues that
 * hold packets, not here.
 */
public final class BufferPool {
    /**
     * Room in front of a packet's first byte: virtio-net header 12, Ethernet 14, IPv6 with extension headers, TCP with
     * options 60, rounded up to a cache line.
     */
    public static final int HEADROOM = 192;

    /** Bytes for content in each size class, smallest first; the last takes a 64 KiB super-segment with its headers. */
    private static final int[] CLASS_BYTES = {256, 2048, 16 * 1024, 66 * 1024};

    /** The most content bytes a packet can hold. */
    public static final int MAX_BYTES = CLASS_BYTES[CLASS_BYTES.length - 1];

    /** Idle packets kept in each class. */
    public static final int MAX_IDLE = 256;

    /** More packets than any queue holds. */
    private static final int MAX_CHAINED = 1 << 24;

    static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private final @Nullable PacketBuffer[] idle = new PacketBuffer[CLASS_BYTES.length];
    private final int[] idleCount = new int[CLASS_BYTES.length];
    private long outstanding;

    /** An empty pool. */
    public BufferPool() {}

    /** A packet with {@link #HEADROOM} in front and room for {@code contentBytes}, empty. */
    public PacketBuffer allocate(int contentBytes) {
        Check.that(contentBytes <= MAX_BYTES, "no packet is larger than MAX_BYTES");
        int sizeClass = 0;
        while (CLASS_BYTES[sizeClass] < contentBytes) {
            sizeClass++;
        }
        outstanding++;
        PacketBuffer packet = idle[sizeClass];
        if (packet != null) {
            idle[sizeClass] = packet.next;
            idleCount[sizeClass]--;
        } else {
            ByteBuffer memory = ByteBuffer.allocateDirect(HEADROOM + CLASS_BYTES[sizeClass]);
            packet = new PacketBuffer(memory, this, sizeClass);
        }
        packet.reset(HEADROOM);
        return packet;
    }

    /**
     * A contiguous copy of a packet's bytes, in the smallest class that fits; header positions move along, and headers
     * that were consumed already come with it.
     */
    public PacketBuffer copy(PacketBuffer packet) {
        int consumed = packet.start() - packet.firstHeader();
        PacketBuffer copy = allocate(consumed + packet.length());
        int from = copy.append(consumed + packet.length());
        copy.data().put(from, packet.data(), packet.start() - consumed, consumed);
        copy.consume(consumed);
        packet.copyTo(copy.data(), copy.start());
        int shift = copy.start() - packet.start();
        if (packet.networkOffset != PacketBuffer.UNKNOWN) {
            copy.networkOffset = packet.networkOffset + shift;
        }
        if (packet.transportOffset != PacketBuffer.UNKNOWN) {
            copy.transportOffset = packet.transportOffset + shift;
        }
        copy.transportProtocol = packet.transportProtocol;
        copy.ipVersion = packet.ipVersion;
        copy.ttl = packet.ttl;
        copy.tos = packet.tos;
        copy.sourceHigh = packet.sourceHigh;
        copy.sourceLow = packet.sourceLow;
        copy.destinationHigh = packet.destinationHigh;
        copy.destinationLow = packet.destinationLow;
        copy.arrivalNs = packet.arrivalNs;
        copy.linkSource = packet.linkSource;
        copy.type = packet.type;
        copy.nicId = packet.nicId;
        copy.mark = packet.mark;
        copy.traced = packet.traced;
        copy.fromEndpoint = packet.fromEndpoint;
        copy.caller = packet.caller;
        copy.linkId = packet.linkId;
        copy.looped = packet.looped;
        copy.reassembled = packet.reassembled;
        copy.largestFragmentBytes = packet.largestFragmentBytes;
        copy.checksumValidated = packet.checksumValidated;
        copy.checksumPartial = packet.checksumPartial;
        copy.checksumStart = packet.checksumStart + shift;
        copy.checksumOffset = packet.checksumOffset;
        copy.gsoType = packet.gsoType;
        copy.gsoSize = packet.gsoSize;
        copy.flow = packet.flow;
        return copy;
    }

    /** Packets allocated and not yet released: 0 when nothing is queued anywhere, which tests check. */
    public long outstanding() {
        return outstanding;
    }

    void takeBack(PacketBuffer packet) {
        outstanding--;
        int sizeClass = packet.sizeClass;
        if (idleCount[sizeClass] < MAX_IDLE) {
            packet.next = idle[sizeClass];
            idle[sizeClass] = packet;
            idleCount[sizeClass]++;
        }
    }

    /**
     * A packet that a queue holds: what it contains, headers consumed included, and what the layers know of it but for
     * what connection tracking does.
     */
    public PacketBuffer archive(Archive archive, @Nullable PacketBuffer saved) {
        PacketBuffer packet = saved;
        int capacity = archive.count(packet == null ? 0 : packet.trueSize() - HEADROOM, MAX_BYTES);
        if (packet == null) {
            packet = allocate(capacity);
        }
        packet.archive(archive);
        return packet;
    }

    /** Packets that wait one behind the other, given by the first of them; returns the first. */
    public @Nullable PacketBuffer archiveChain(Archive archive, @Nullable PacketBuffer first) {
        int count = 0;
        for (PacketBuffer at = first; at != null; at = at.next) {
            count++;
        }
        count = archive.count(count, MAX_CHAINED);
        PacketBuffer head = first;
        PacketBuffer last = null;
        PacketBuffer at = first;
        for (int i = 0; i < count; i++) {
            PacketBuffer packet = archive(archive, at);
            at = packet.next;
            if (last == null) {
                head = packet;
            } else {
                last.next = packet;
            }
            last = packet;
        }
        return head;
    }
}
