package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Joins TCP segments that a link delivers together into one packet (generic receive offload): what comes before the
 * device's {@link Device.Upper} sees each segment, what comes after it sees one packet, until {@link JoinedSegments}
 * makes it several again.
 *
 * <p>The rules are those of Linux's {@code net/core/gro.c} and {@code net/ipv4/tcp_offload.c}: a segment is joined to the
 * one before it if it is the next of its flow, no larger, good by its checksum, and has the same headers in all that an
 * endpoint or a rule could mind. The IPv4 identification may be any: the segments stay the packets that they are, one
 * linked to the other, and nothing has to be made up when they are passed on. A push, a segment smaller than the
 * others, and whatever cannot be joined end what was gathered. Nothing is kept beyond a hold of the stack.
 */
final class SegmentCoalescer {
    /** Linux's GRO_HASH_BUCKETS. */
    private static final int BUCKETS = 8;

    /** Flows in a bucket; the oldest gives way to one more. Linux's MAX_GRO_SKBS. */
    static final int FLOWS_OF_A_BUCKET = 8;

    /** What an IPv4 packet can be at most, IP header included. */
    static final int MAX_BYTES = 0xffff;

    /** Flags with which a segment may be joined, or be joined to. */
    private static final int JOINABLE = Tcp.ACK | Tcp.PSH | Tcp.ECE;

    /** Data offset, flags and window are one word in the header. */
    private static final int FLAGS_AND_WINDOW = 12;

    private static final int FLAGS_SHIFT = 16;

    /** Segments of one flow, the first of which has the others joined to it. */
    private static final class Flow {
        private @Nullable PacketBuffer first;
        private @Nullable PacketBuffer last;
        private int nextSequence;
        private int segmentBytes;
        private int lengthBytes;
    }

    /** Flows by age, the oldest first. */
    private static final class Bucket {
        private final Flow[] flows = new Flow[FLOWS_OF_A_BUCKET];
        private int count;

        Bucket() {
            for (int i = 0; i < FLOWS_OF_A_BUCKET; i++) {
                flows[i] = new Flow();
            }
        }
    }

    private final Device device;
    private final Device.Upper upper;
    private final Counters counters;
    private final @Nullable Bucket[] buckets = new Bucket[BUCKETS];
    private int kept;

    // What take reads of the packet at hand.
    private int ipBytes;
    private int tcp;
    private int headerBytes;
    private int payloadBytes;

    SegmentCoalescer(Device device, Device.Upper upper, Counters counters) {
        this.device = device;
        this.upper = upper;
        this.counters = counters;
    }

    boolean isEmpty() {
        return kept == 0;
    }

    /**
     * Looks at an IP packet, network header at {@code start()}.
     *
     * @return whether the packet was taken; if not, all that came before it of its flow was handed over
     */
    boolean take(int etherType, PacketBuffer packet) {
        if (packet.type != PacketType.HOST || !read(etherType, packet)) {
            return false;
        }
        ByteBuffer data = packet.data();
        int flags = Tcp.flags(data, tcp);
        boolean joinable = payloadBytes > 0
                && (flags & ~JOINABLE) == 0
                && (flags & Tcp.ACK) != 0
                && packet.gsoType == PacketBuffer.GSO_NONE;
        boolean push = (flags & Tcp.PSH) != 0;
        Bucket bucket = bucket(packet);
        int index = find(bucket, etherType, packet);
        if (index >= 0 && joinable && continues(bucket.flows[index], packet) && isGood(packet)) {
            Flow flow = bucket.flows[index];
            join(flow, packet);
            if (push || payloadBytes < flow.segmentBytes) {
                deliver(bucket, index);
            }
            return true;
        }
        boolean begins = joinable && !push && isGood(packet);
        if (index < 0 && begins && bucket.count == FLOWS_OF_A_BUCKET) {
            index = 0;
        }
        PacketBuffer ended = index < 0 ? null : remove(bucket, index);
        if (begins) {
            begin(bucket.flows[bucket.count++], etherType, packet);
            kept++;
        }
        // Last, since what it brings about may come back here.
        if (ended != null) {
            upper.receive(device, ended.etherType, ended);
        }
        return begins;
    }

    /** Notes where things are; false for all but TCP right behind an IP header without options. */
    private boolean read(int etherType, PacketBuffer packet) {
        ByteBuffer data = packet.data();
        int at = packet.start();
        int length = packet.linearLength();
        int total;
        if (etherType == Ethernet.TYPE_IPV4) {
            ipBytes = Ipv4.HEADER_BYTES;
            if (length < ipBytes + Tcp.HEADER_BYTES
                    || Ipv4.version(data, at) != 4
                    || Ipv4.headerBytes(data, at) != ipBytes
                    || Ipv4.protocol(data, at) != IpProtocol.TCP
                    || Ipv4.isFragment(data, at)
                    || !Ipv4.checksumValid(data, at)) {
                return false;
            }
            total = Ipv4.totalLength(data, at);
        } else if (etherType == Ethernet.TYPE_IPV6) {
            ipBytes = Ipv6.HEADER_BYTES;
            if (length < ipBytes + Tcp.HEADER_BYTES
                    || Ipv6.version(data, at) != 6
                    || Ipv6.nextHeader(data, at) != IpProtocol.TCP) {
                return false;
            }
            total = ipBytes + Ipv6.payloadLength(data, at);
        } else {
            return false;
        }
        tcp = at + ipBytes;
        headerBytes = Tcp.headerBytes(data, tcp);
        payloadBytes = total - ipBytes - headerBytes;
        return headerBytes >= Tcp.HEADER_BYTES && payloadBytes >= 0 && total <= length;
    }

    private Bucket bucket(PacketBuffer packet) {
        ByteBuffer data = packet.data();
        // The last bits of both addresses, and both ports.
        int destination = tcp - Integer.BYTES;
        int source = tcp - (ipBytes == Ipv4.HEADER_BYTES ? 2 * Integer.BYTES : 5 * Integer.BYTES);
        int mixed = data.getInt(source) ^ data.getInt(destination) ^ data.getInt(tcp);
        int index = mixed * 0x9e3779b9 >>> 29;
        Bucket bucket = buckets[index];
        if (bucket == null) {
            bucket = new Bucket();
            buckets[index] = bucket;
        }
        return bucket;
    }

    private int find(Bucket bucket, int etherType, PacketBuffer packet) {
        for (int i = 0; i < bucket.count; i++) {
            PacketBuffer first = bucket.flows[i].first;
            if (first != null && first.etherType == etherType && isSameFlow(first, packet)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isSameFlow(PacketBuffer first, PacketBuffer packet) {
        int addresses = ipBytes == Ipv4.HEADER_BYTES ? Ipv4.SOURCE : Ipv6.SOURCE;
        return isSame(first, packet, addresses, ipBytes + Tcp.PORTS_BYTES) && first.linkSource == packet.linkSource;
    }

    /** Compares headers in steps of 4 bytes, between two distances from their beginning. */
    private static boolean isSame(PacketBuffer one, PacketBuffer other, int from, int to) {
        ByteBuffer data = one.data();
        ByteBuffer otherData = other.data();
        int shift = other.start() - one.start();
        int end = one.start() + to;
        for (int at = one.start() + from; at < end; at += Integer.BYTES) {
            if (data.getInt(at) != otherData.getInt(at + shift)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a segment that may be joined is the next of its flow, and all that it says beside its text was said before. */
    private boolean continues(Flow flow, PacketBuffer packet) {
        PacketBuffer first = flow.first;
        ByteBuffer data = packet.data();
        return first != null
                && Tcp.sequence(data, tcp) == flow.nextSequence
                && payloadBytes <= flow.segmentBytes
                && flow.lengthBytes + payloadBytes <= MAX_BYTES
                && hasSameIpHeader(first, packet)
                && hasSameTcpHeader(first, packet);
    }

    private boolean hasSameIpHeader(PacketBuffer first, PacketBuffer packet) {
        ByteBuffer data = packet.data();
        ByteBuffer firstData = first.data();
        int at = packet.start();
        int firstAt = first.start();
        if (ipBytes == Ipv4.HEADER_BYTES) {
            return Ipv4.tos(data, at) == Ipv4.tos(firstData, firstAt)
                    && Ipv4.ttl(data, at) == Ipv4.ttl(firstData, firstAt)
                    && Ipv4.dontFragment(data, at) == Ipv4.dontFragment(firstData, firstAt);
        }
        return Ipv6.trafficClass(data, at) == Ipv6.trafficClass(firstData, firstAt)
                && Ipv6.flowLabel(data, at) == Ipv6.flowLabel(firstData, firstAt)
                && Ipv6.hopLimit(data, at) == Ipv6.hopLimit(firstData, firstAt);
    }

    private boolean hasSameTcpHeader(PacketBuffer first, PacketBuffer packet) {
        ByteBuffer data = packet.data();
        ByteBuffer firstData = first.data();
        int firstTcp = first.start() + ipBytes;
        int different = data.getInt(tcp + FLAGS_AND_WINDOW) ^ firstData.getInt(firstTcp + FLAGS_AND_WINDOW);
        return Tcp.acknowledgment(data, tcp) == Tcp.acknowledgment(firstData, firstTcp)
                && (different & ~(Tcp.PSH << FLAGS_SHIFT)) == 0
                && isSame(first, packet, ipBytes + Tcp.HEADER_BYTES, ipBytes + headerBytes);
    }

    /** Whether the transport checksum is right, which the packet then remembers: a bad segment is not to spoil others. */
    private boolean isGood(PacketBuffer packet) {
        if (!packet.checksumValidated) {
            ByteBuffer data = packet.data();
            int tcpBytes = headerBytes + payloadBytes;
            boolean v4 = ipBytes == Ipv4.HEADER_BYTES;
            int addresses = packet.start() + (v4 ? Ipv4.SOURCE : Ipv6.SOURCE);
            long pseudo = Checksum.add(
                    IpProtocol.TCP + (long) tcpBytes,
                    data,
                    addresses,
                    v4 ? Ipv4.ADDRESSES_BYTES : Ipv6.ADDRESSES_BYTES);
            packet.checksumValidated = Checksum.fold(Checksum.add(pseudo, data, tcp, tcpBytes)) == 0xffff;
        }
        return packet.checksumValidated;
    }

    private void begin(Flow flow, int etherType, PacketBuffer packet) {
        packet.trimTo(ipBytes + headerBytes + payloadBytes);
        flow.first = packet;
        flow.last = packet;
        packet.etherType = etherType;
        flow.nextSequence = Tcp.sequence(packet.data(), tcp) + payloadBytes;
        flow.segmentBytes = payloadBytes;
        flow.lengthBytes = packet.linearLength();
    }

    private void join(Flow flow, PacketBuffer packet) {
        PacketBuffer first = flow.first;
        PacketBuffer last = flow.last;
        if (first == null || last == null) {
            return;
        }
        packet.trimTo(ipBytes + headerBytes + payloadBytes);
        last.joined = packet;
        first.joinedSegments++;
        first.joinedBytes += payloadBytes;
        flow.last = packet;
        flow.nextSequence += payloadBytes;
        flow.lengthBytes += payloadBytes;
        counters.segmentsJoined++;
    }

    /** Hands over everything. */
    void deliver() {
        for (int i = 0; i < BUCKETS && kept > 0; i++) {
            Bucket bucket = buckets[i];
            while (bucket != null && bucket.count > 0) {
                deliver(bucket, 0);
            }
        }
    }

    private void deliver(Bucket bucket, int index) {
        PacketBuffer first = remove(bucket, index);
        if (first != null) {
            upper.receive(device, first.etherType, first);
        }
    }

    private @Nullable PacketBuffer remove(Bucket bucket, int index) {
        Flow flow = bucket.flows[index];
        bucket.count--;
        kept--;
        System.arraycopy(bucket.flows, index + 1, bucket.flows, index, bucket.count - index);
        bucket.flows[bucket.count] = flow;
        PacketBuffer first = flow.first;
        flow.first = null;
        flow.last = null;
        return first;
    }

    /** Drops everything: the device goes down. */
    void clear() {
        for (int i = 0; i < BUCKETS; i++) {
            Bucket bucket = buckets[i];
            while (bucket != null && bucket.count > 0) {
                PacketBuffer first = remove(bucket, 0);
                if (first != null) {
                    device.countDrop(DropReason.NIC_DISABLED);
                    first.release();
                }
            }
        }
    }
}
