package dev.atoll.stack.buffer;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One packet: a contiguous region of pooled memory with headroom in front, where its headers lie, and what the layers
 * know about it.
 *
 * <p>Outgoing packets are built back to front: payload first, then each layer {@link #push}es its header. A TCP
 * payload may also lie elsewhere, as {@linkplain #addFragment fragments} behind the region, so that sent data is
 * copied once. Incoming packets are contiguous and are consumed front to back.
 *
 * <p>Owned by one party at a time, all under the stack's hold. Who takes a packet releases it or hands it on; a link
 * that has transmitted a packet does not keep it. Multi-byte access is big-endian and by absolute position: the
 * buffer's own position and limit mean nothing.
 */
public final class PacketBuffer {
    /** Header positions before a layer has set its own. */
    public static final int UNKNOWN = -1;

    /** {@link #gsoType}: not a super-segment. */
    public static final int GSO_NONE = 0;
    /** {@link #gsoType}: TCP over IPv4, to be cut into segments of {@link #gsoSize} payload bytes. */
    public static final int GSO_TCPV4 = 1;
    /** {@link #gsoType}: TCP over IPv6. */
    public static final int GSO_TCPV6 = 4;

    /** More fragments than this go into a copy; 64 KiB out of 16 KiB chunks are at most 5. */
    public static final int MAX_FRAGMENTS = 18;

    private final ByteBuffer data;
    private final @Nullable BufferPool pool;
    final int sizeClass;

    private int start;
    private int end;
    private boolean released;
    private @Nullable ByteBuffer view;

    private final ByteBuffer[] fragments = new ByteBuffer[MAX_FRAGMENTS];
    private int fragmentCount;
    private int fragmentBytes;

    /** Absolute position of the network header, or {@link #UNKNOWN}. */
    public int networkOffset = UNKNOWN;
    /** Absolute position of the transport header, or {@link #UNKNOWN}. */
    public int transportOffset = UNKNOWN;
    /** Number of the transport protocol, as in the IP header (IANA protocol numbers). */
    public int transportProtocol;
    /** IP version in the network header: 4, 6, or 0 while unknown. */
    public int ipVersion;

    /** Incoming: hops left and type of service, from the IP header. */
    public int ttl;

    public int tos;

    /** Source and destination in the form of {@code IpAddress}; set by the network layer. */
    public long sourceHigh;

    public long sourceLow;
    public long destinationHigh;
    public long destinationLow;

    /** Monotonic time at which the link got the frame, nanoseconds: round-trip times are measured to here. */
    public long arrivalNs;
    /** Link address of the sender of an incoming frame, 48 bits. */
    public long linkSource;
    /** Number of the network protocol; set for packet endpoints. */
    public int etherType;
    /** To whom the frame was sent. */
    public PacketType type = PacketType.HOST;
    /** The NIC it came in by or goes out by. */
    public int nicId;
    /** Mark set by the filter or by an endpoint; 0 is none. */
    public int mark;
    /** Set by the filter: it tells of every rule that the packet meets. */
    public boolean traced;
    /** Outgoing: an endpoint sends it, which still is somebody's. */
    public boolean fromEndpoint;
    /** Outgoing: whose code has opened the endpoint that sends it, a {@code SocketCaller}, or null; for the filter. */
    public @Nullable Object caller;
    /** Outgoing, and looped back: the NIC on whose link the destination is, which may be another than it goes by. */
    public int linkId;
    /** Looped back inside the stack: its checksums were never computed and need no checking. */
    public boolean looped;

    /** Incoming: it came as fragments, or with a fragment header. */
    public boolean reassembled;
    /** Bytes of the largest fragment it came in, or 0 if it came whole. */
    public int largestFragmentBytes;
    /** Outgoing: bytes of IPv4 options that lie right in front of {@link #start()}, a multiple of 4. */
    public int optionBytes;

    /** Incoming: the link vouches for the transport checksum. */
    public boolean checksumValidated;
    /**
     * The transport checksum is partial: the field holds the pseudo-header's sum, and whoever puts the packet on a
     * wire sums from {@link #checksumStart} and stores at {@code checksumStart + checksumOffset}.
     */
    public boolean checksumPartial;
    /** Absolute position from which a partial checksum is summed. */
    public int checksumStart;
    /** Distance from {@link #checksumStart} to the checksum field, bytes. */
    public int checksumOffset;

    /** One of {@link #GSO_NONE}, {@link #GSO_TCPV4}, {@link #GSO_TCPV6}. */
    public int gsoType;
    /** Payload bytes of each segment a super-segment is cut into. */
    public int gsoSize;

    /**
     * Incoming: the TCP segment that continues this one and was joined to it, a packet of its own with all its headers;
     * or null. It goes wherever this one goes and is released with it.
     */
    public @Nullable PacketBuffer joined;
    /** Segments that follow by {@link #joined}. */
    public int joinedSegments;
    /** Payload of the segments that follow by {@link #joined}, bytes. */
    public int joinedBytes;

    /** Sequence number of the first byte, for the queue of a protocol that has them. */
    public int sequence;

    /** What connection tracking knows of this packet; belongs to the filter. */
    public @Nullable Object flow;

    /** For the list a queue keeps its packets in. */
    public @Nullable PacketBuffer next;

    PacketBuffer(ByteBuffer data, @Nullable BufferPool pool, int sizeClass) {
        this.data = data;
        this.pool = pool;
        this.sizeClass = sizeClass;
    }

    /** A packet outside any pool holding a copy of these bytes; for tests and tools. */
    public static PacketBuffer copyOf(byte[] bytes) {
        PacketBuffer packet = new PacketBuffer(ByteBuffer.allocateDirect(BufferPool.HEADROOM + bytes.length), null, 0);
        packet.start = BufferPool.HEADROOM;
        packet.end = packet.start + bytes.length;
        packet.data.put(packet.start, bytes);
        return packet;
    }

    /** Makes a pooled packet as new, empty, with its content beginning at {@code headroom}. */
    void reset(int headroom) {
        start = headroom;
        end = headroom;
        released = false;
        networkOffset = UNKNOWN;
        transportOffset = UNKNOWN;
        transportProtocol = 0;
        ipVersion = 0;
        ttl = 0;
        tos = 0;
        linkSource = 0;
        etherType = 0;
        arrivalNs = 0;
        type = PacketType.HOST;
        nicId = 0;
        mark = 0;
        traced = false;
        fromEndpoint = false;
        caller = null;
        linkId = 0;
        looped = false;
        reassembled = false;
        largestFragmentBytes = 0;
        optionBytes = 0;
        checksumValidated = false;
        checksumPartial = false;
        gsoType = GSO_NONE;
        gsoSize = 0;
        flow = null;
        next = null;
        joinedSegments = 0;
        joinedBytes = 0;
    }

    /** The memory; positions are absolute. Do not change its position or limit. */
    public ByteBuffer data() {
        return data;
    }

    /** Position of the first byte. */
    public int start() {
        return start;
    }

    /** Position after the last byte of the contiguous region. */
    public int end() {
        return end;
    }

    /** Bytes of the whole packet, fragments included; of {@link #joined} segments the first alone. */
    public int length() {
        return end - start + fragmentBytes;
    }

    /** Bytes in the contiguous region. */
    public int linearLength() {
        return end - start;
    }

    /** Bytes that can still be {@linkplain #push pushed} in front. */
    public int headroom() {
        return start;
    }

    /** Bytes that can still be {@linkplain #append appended} behind. */
    public int tailroom() {
        return data.capacity() - end;
    }

    /** What this packet costs in memory, bytes: what receive buffers are charged. */
    public int trueSize() {
        return data.capacity();
    }

    /** Makes room for a header in front and returns the position of its first byte. */
    public int push(int lengthBytes) {
        Check.that(lengthBytes <= start, "headroom for every header");
        start -= lengthBytes;
        return start;
    }

    /** Takes bytes off the front: a header that was read. */
    public void consume(int lengthBytes) {
        Check.that(lengthBytes <= end - start, "a header consumed lies inside the packet");
        start += lengthBytes;
    }

    /** Makes room for payload behind and returns the position of its first byte. */
    public int append(int lengthBytes) {
        Check.that(lengthBytes <= tailroom() && fragmentCount == 0, "payload appended fits");
        int at = end;
        end += lengthBytes;
        return at;
    }

    /** Drops bytes behind the first {@code lengthBytes}: link padding, or what a header says is not ours. */
    public void trimTo(int lengthBytes) {
        Check.that(fragmentCount == 0 && lengthBytes <= end - start, "trimming only shortens");
        end = start + lengthBytes;
    }

    /**
     * Puts payload behind the region without copying it: the bytes from the buffer's position to its limit. They stay
     * valid until the packet was transmitted, which happens before the sender's hold ends.
     */
    public void addFragment(ByteBuffer bytes) {
        Check.that(fragmentCount < MAX_FRAGMENTS, "a packet has at most MAX_FRAGMENTS fragments");
        fragments[fragmentCount++] = bytes;
        fragmentBytes += bytes.remaining();
    }

    public int fragmentCount() {
        return fragmentCount;
    }

    /** The fragment's bytes lie between its position and limit; whoever reads it duplicates it first or puts them back. */
    public ByteBuffer fragment(int index) {
        Check.that(index < fragmentCount, "fragment index in range");
        return fragments[index];
    }

    /**
     * A window on this packet's memory, to be {@linkplain #addFragment added} to another packet. There is one window a
     * packet: asking again moves it.
     */
    public ByteBuffer window(int from, int lengthBytes) {
        ByteBuffer window = view;
        if (window == null) {
            window = data.duplicate();
            view = window;
        }
        window.limit(from + lengthBytes).position(from);
        return window;
    }

    /** Copies the whole packet, fragments included, to {@code target} at {@code at} and returns the bytes copied. */
    public int copyTo(ByteBuffer target, int at) {
        int linear = end - start;
        target.put(at, data, start, linear);
        int to = at + linear;
        for (int i = 0; i < fragmentCount; i++) {
            ByteBuffer fragment = fragments[i];
            target.put(to, fragment, fragment.position(), fragment.remaining());
            to += fragment.remaining();
        }
        return to - at;
    }

    /** The whole packet as an array; for tests, captures and tools. */
    public byte[] toArray() {
        ByteBuffer copy = ByteBuffer.allocate(length());
        copyTo(copy, 0);
        return copy.array();
    }

    /**
     * Takes off the segments that follow by {@link #joined}, and gives the first of them, which the others follow; or null.
     *
     * @param headerBytes what lies in front of the payload of each
     */
    public @Nullable PacketBuffer takeJoined(int headerBytes) {
        PacketBuffer first = joined;
        if (first != null) {
            first.joinedSegments = joinedSegments - 1;
            first.joinedBytes = joinedBytes - (first.linearLength() - headerBytes);
            joined = null;
            joinedSegments = 0;
            joinedBytes = 0;
        }
        return first;
    }

    /** Gives the memory back. The packet must not be touched afterwards; releasing twice is a bug and is found. */
    public void release() {
        Check.that(!released, "a packet is released once");
        released = true;
        for (int i = 0; i < fragmentCount; i++) {
            fragments[i] = BufferPool.NO_BYTES;
        }
        fragmentCount = 0;
        fragmentBytes = 0;
        flow = null;
        caller = null;
        next = null;
        PacketBuffer follower = joined;
        joined = null;
        if (pool != null) {
            pool.takeBack(this);
        }
        while (follower != null) {
            PacketBuffer after = follower.joined;
            follower.joined = null;
            follower.release();
            follower = after;
        }
    }

    /** The last of the packets that wait one behind the other; null if there is none. */
    public static @Nullable PacketBuffer lastOf(@Nullable PacketBuffer first) {
        PacketBuffer last = first;
        while (last != null && last.next != null) {
            last = last.next;
        }
        return last;
    }

    /** Position of the first header that is known, read already or not. */
    int firstHeader() {
        int first = start;
        if (transportOffset != UNKNOWN) {
            first = Math.min(first, transportOffset);
        }
        if (networkOffset != UNKNOWN) {
            first = Math.min(first, networkOffset);
        }
        return first;
    }

    /** All but what connection tracking knows; a packet that waits has no fragments, none joined to it, and met all rules. */
    void archive(Archive archive) {
        Check.that(fragmentCount == 0 && joined == null, "a packet that waits owns its bytes");
        start = archive.count(start, data.capacity());
        end = archive.count(end, data.capacity());
        networkOffset = archive.int32(networkOffset);
        transportOffset = archive.int32(transportOffset);
        int from = archive.count(firstHeader(), end);
        archive.bytes(data, from, end - from);
        transportProtocol = archive.int32(transportProtocol);
        ipVersion = archive.int32(ipVersion);
        ttl = archive.int32(ttl);
        tos = archive.int32(tos);
        sourceHigh = archive.int64(sourceHigh);
        sourceLow = archive.int64(sourceLow);
        destinationHigh = archive.int64(destinationHigh);
        destinationLow = archive.int64(destinationLow);
        arrivalNs = archive.int64(arrivalNs);
        linkSource = archive.int64(linkSource);
        etherType = archive.int32(etherType);
        type = archive.constant(type);
        nicId = archive.int32(nicId);
        mark = archive.int32(mark);
        traced = archive.bool(traced);
        fromEndpoint = archive.bool(fromEndpoint);
        linkId = archive.int32(linkId);
        looped = archive.bool(looped);
        reassembled = archive.bool(reassembled);
        largestFragmentBytes = archive.int32(largestFragmentBytes);
        optionBytes = archive.int32(optionBytes);
        checksumValidated = archive.bool(checksumValidated);
        checksumPartial = archive.bool(checksumPartial);
        checksumStart = archive.int32(checksumStart);
        checksumOffset = archive.int32(checksumOffset);
        gsoType = archive.int32(gsoType);
        gsoSize = archive.int32(gsoSize);
        sequence = archive.int32(sequence);
    }
}
