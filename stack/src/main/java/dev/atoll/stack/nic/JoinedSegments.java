package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Segments that {@link SegmentCoalescer} joined, to whom they are to be several again. Who looks at the packet meanwhile
 * sees the first of them: what it notes there, and what it changes of addresses and ports, holds for all.
 */
public final class JoinedSegments {
    private JoinedSegments() {}

    /**
     * Makes a packet the first segment alone.
     *
     * @return the packet of the segments after it; null if there are none
     */
    public static @Nullable PacketBuffer detach(PacketBuffer first) {
        if (first.joined == null) {
            return null;
        }
        int headerBytes =
                first.transportOffset - first.networkOffset + Tcp.headerBytes(first.data(), first.transportOffset);
        PacketBuffer others = first.takeJoined(headerBytes);
        if (others != null) {
            follow(first, others);
            // As far as the first was read already.
            others.consume(first.start() - first.networkOffset);
        }
        return others;
    }

    /** Brings over to a segment that was joined, still with all its headers, what became of the first. */
    public static void follow(PacketBuffer first, PacketBuffer follower) {
        int at = follower.start();
        int ipBytes = first.transportOffset - first.networkOffset;
        follower.networkOffset = at;
        follower.transportOffset = at + ipBytes;
        follower.transportProtocol = first.transportProtocol;
        follower.ipVersion = first.ipVersion;
        follower.ttl = first.ttl;
        follower.tos = first.tos;
        follower.sourceHigh = first.sourceHigh;
        follower.sourceLow = first.sourceLow;
        follower.destinationHigh = first.destinationHigh;
        follower.destinationLow = first.destinationLow;
        follower.mark = first.mark;
        follower.traced = first.traced;
        follower.flow = first.flow;
        boolean v4 = first.ipVersion == 4;
        boolean rewritten = followHops(first, follower, v4);
        int from = first.networkOffset + (v4 ? Ipv4.SOURCE : Ipv6.SOURCE);
        int bytes = v4 ? Ipv4.ADDRESSES_BYTES : Ipv6.ADDRESSES_BYTES;
        int to = at + from - first.networkOffset;
        ByteBuffer data = follower.data();
        long before = Checksum.add(0, data, to, bytes);
        data.put(to, first.data(), from, bytes);
        long after = Checksum.add(0, data, to, bytes);
        if (v4 && (rewritten || before != after)) {
            Ipv4.fillChecksum(data, at);
        }
        int tcp = follower.transportOffset;
        long portsBefore = Checksum.add(0, data, tcp, Tcp.PORTS_BYTES);
        data.put(tcp, first.data(), first.transportOffset, Tcp.PORTS_BYTES);
        long portsAfter = Checksum.add(0, data, tcp, Tcp.PORTS_BYTES);
        int field = data.getShort(tcp + Tcp.CHECKSUM_OFFSET) & 0xffff;
        // A partial checksum is the sum of the pseudo-header, of which ports are no part.
        int changed = follower.checksumPartial
                ? Checksum.replace(field, before, after)
                : ~Checksum.replace(~field & 0xffff, before + portsBefore, after + portsAfter);
        data.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) changed);
    }

    /** Brings over type of service and hops; whether one of them has changed. All were the same when they were joined. */
    private static boolean followHops(PacketBuffer first, PacketBuffer follower, boolean v4) {
        ByteBuffer from = first.data();
        ByteBuffer data = follower.data();
        int firstAt = first.networkOffset;
        int at = follower.networkOffset;
        int tos = v4 ? Ipv4.tos(from, firstAt) : Ipv6.trafficClass(from, firstAt);
        int hops = v4 ? Ipv4.ttl(from, firstAt) : Ipv6.hopLimit(from, firstAt);
        if (v4) {
            boolean changed = Ipv4.tos(data, at) != tos || Ipv4.ttl(data, at) != hops;
            Ipv4.setTos(data, at, tos);
            Ipv4.setTtl(data, at, hops);
            return changed;
        }
        Ipv6.setTrafficClass(data, at, tos);
        Ipv6.setHopLimit(data, at, hops);
        return false;
    }
}
