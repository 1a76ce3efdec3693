package dev.atoll.stack.tcp;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Builds segments and gives them to IP, with checksum and segmentation left to the link where it takes them. */
final class SegmentWriter {
    /** Bytes the timestamps take in each segment. */
    static final int TIMESTAMPS_BYTES = TcpOptions.TIMESTAMPS_BYTES;

    private static final int SYN_OPTIONS_MSS_BYTES = 4;
    private static final int SYN_OPTIONS_SCALE_BYTES = 4;
    private static final int SYN_OPTIONS_SACK_BYTES = 4;
    private static final int MAX_OPTIONS_BYTES = Tcp.MAX_HEADER_BYTES - Tcp.HEADER_BYTES;

    private final IpLayer ip;
    private final BufferPool pool;
    private final Counters counters;

    SegmentWriter(IpLayer ip, BufferPool pool, Counters counters) {
        this.ip = ip;
        this.pool = pool;
        this.counters = counters;
    }

    /** Bytes of IP and TCP headers without options: what an MTU loses to become an MSS (RFC 6691). */
    static int headerBytes(Route route) {
        return route.headerBytes() + Tcp.HEADER_BYTES;
    }

    /** Headers of a super-segment at their largest. */
    static int maxOverheadBytes(Route route) {
        return route.headerBytes() + Tcp.MAX_HEADER_BYTES;
    }

    /**
     * Sends a segment of an established connection. Takes the packet, which holds the payload.
     *
     * @param mss payload bytes of each segment if the packet holds several
     * @param ecnBits of the IP header
     */
    @Nullable StackError send(Connection from, PacketBuffer packet, int seq, int flags, int urgentPointer, int mss, int ecnBits) {
        int stamps = from.usesTimestamps() ? TIMESTAMPS_BYTES : 0;
        int payload = packet.length();
        // Blocks go where payload leaves room; where it does not, the receiver has another segment sent.
        int room = Math.min(MAX_OPTIONS_BYTES - stamps, payload == 0 ? MAX_OPTIONS_BYTES : Math.max(mss - payload, 0));
        int blocks = from.receiver.sackBytes(room);
        int options = stamps + blocks;
        int at = packet.push(Tcp.HEADER_BYTES + options);
        ByteBuffer data = packet.data();
        int window = from.receiver.windowField(false);
        write(from, data, at, seq, from.receiver.rcvNxt, Tcp.HEADER_BYTES + options, flags, window, urgentPointer);
        if (stamps > 0) {
            writeTimestamps(from, data, at + Tcp.HEADER_BYTES, true);
        }
        if (blocks > 0) {
            from.receiver.writeSack(data, at + Tcp.HEADER_BYTES + stamps, room);
        }
        if (payload > mss && mss > 0) {
            packet.gsoType = from.route().tcpGsoType();
            packet.gsoSize = mss;
        }
        return finish(from, packet, at, ecnBits);
    }

    /** Sends SYN, or SYN with ACK, with the options of this stack (in the order Linux has them). */
    @Nullable StackError sendSyn(Connection from, int seq, boolean answer, int ecnFlags) {
        boolean timestamps = from.usesTimestamps();
        boolean scaling = from.usesWindowScaling();
        boolean sack = from.usesSack();
        int options = SYN_OPTIONS_MSS_BYTES
                + (timestamps ? TIMESTAMPS_BYTES : sack ? SYN_OPTIONS_SACK_BYTES : 0)
                + (scaling ? SYN_OPTIONS_SCALE_BYTES : 0);
        PacketBuffer packet = pool.allocate(0);
        int at = packet.push(Tcp.HEADER_BYTES + options);
        ByteBuffer data = packet.data();
        int flags = Tcp.SYN | (answer ? Tcp.ACK : 0) | ecnFlags;
        int window = answer ? from.receiver.windowField(true) : synWindow(from);
        write(from, data, at, seq, answer ? from.receiver.rcvNxt : 0, Tcp.HEADER_BYTES + options, flags, window, 0);
        int option = at + Tcp.HEADER_BYTES;
        data.putInt(option, TcpOptions.KIND_MSS << 24 | SYN_OPTIONS_MSS_BYTES << 16 | from.announcedMss());
        option += SYN_OPTIONS_MSS_BYTES;
        if (timestamps) {
            writeTimestamps(from, data, option, answer);
            if (sack) {
                // In the place of the padding.
                data.putShort(option, (short) (TcpOptions.KIND_SACK_PERMITTED << 8 | 2));
            }
            option += TIMESTAMPS_BYTES;
        } else if (sack) {
            data.putInt(
                    option,
                    TcpOptions.KIND_NOP << 24 | TcpOptions.KIND_NOP << 16 | TcpOptions.KIND_SACK_PERMITTED << 8 | 2);
            option += SYN_OPTIONS_SACK_BYTES;
        }
        if (scaling) {
            data.putInt(
                    option,
                    TcpOptions.KIND_NOP << 24
                            | TcpOptions.KIND_WINDOW_SCALE << 16
                            | 3 << 8
                            | from.receiver.offeredWindowScale());
        }
        return finish(from, packet, at, 0);
    }

    private static int synWindow(Connection from) {
        return Math.min(from.receiver.bufferBytes(), TcpSettings.MAX_SYN_WINDOW);
    }

    /** Sends RST for a connection of ours. */
    void sendReset(Connection from, int seq) {
        PacketBuffer packet = pool.allocate(0);
        // RFC 7323 section 3.2: timestamps may be missing from a reset, and should not.
        boolean stamps = from.usesTimestamps() && from.state().isSynchronized();
        int headerBytes = Tcp.HEADER_BYTES + (stamps ? TIMESTAMPS_BYTES : 0);
        int at = packet.push(headerBytes);
        write(from, packet.data(), at, seq, from.receiver.rcvNxt, headerBytes, Tcp.RST | Tcp.ACK, 0, 0);
        if (stamps) {
            writeTimestamps(from, packet.data(), at + Tcp.HEADER_BYTES, true);
        }
        counters.tcpResetsSent++;
        finish(from, packet, at, 0);
    }

    /**
     * Answers a segment for which there is no connection (RFC 9293 section 3.10.7.1).
     *
     * @param rejected the packet the answer is about if it was the policy that refused it
     */
    void sendReset(Route route, Segment to, @Nullable PacketBuffer rejected) {
        boolean hasAck = to.has(Tcp.ACK);
        PacketBuffer packet = pool.allocate(0);
        int at = packet.push(Tcp.HEADER_BYTES);
        Tcp.write(
                packet.data(),
                at,
                /* sourcePort= */ to.destinationPort,
                /* destinationPort= */ to.sourcePort,
                hasAck ? to.ack : 0,
                hasAck ? 0 : to.end(),
                Tcp.HEADER_BYTES,
                hasAck ? Tcp.RST : Tcp.RST | Tcp.ACK,
                0,
                0);
        counters.tcpResetsSent++;
        counters.tcpSegmentsSent++;
        checksum(packet, at, route);
        if (rejected != null) {
            ip.filter().answers(packet, rejected);
        }
        // As Linux: its own answers go the way of the segment, the policy's have no type of service.
        ip.send(packet, route, IpProtocol.TCP, IpLayer.LINK_TTL, rejected == null ? to.packet().tos & ~Ecn.MARKED : 0);
    }

    private static void write(
            Connection from,
            ByteBuffer data,
            int at,
            int seq,
            int ack,
            int headerBytes,
            int flags,
            int window,
            int urgentPointer) {
        Tcp.write(data, at, from.localPort(), from.remotePort(), seq, ack, headerBytes, flags, window, urgentPointer);
    }

    private static void writeTimestamps(Connection from, ByteBuffer data, int at, boolean echo) {
        data.putInt(at, TcpOptions.KIND_NOP << 24 | TcpOptions.KIND_NOP << 16 | TcpOptions.KIND_TIMESTAMPS << 8 | 10);
        data.putInt(at + 4, from.timestampNow());
        data.putInt(at + 8, echo ? from.tsRecent : 0);
    }

    private @Nullable StackError finish(Connection from, PacketBuffer packet, int at, int ecnBits) {
        counters.tcpSegmentsSent++;
        from.stats().segmentsSent++;
        checksum(packet, at, from.route());
        ConnectionOptions options = from.options();
        packet.mark = options.mark;
        packet.fromEndpoint = from.hasEndpoint();
        packet.caller = options.caller.orNull();
        if (from.ipOptionBytes() > 0) {
            ip.addOptions(packet, options.ipOptions, from.route().source());
        }
        return ip.send(packet, from.route(), IpProtocol.TCP, options.ttl, options.tos & ~Ecn.MARKED | ecnBits);
    }

    private static void checksum(PacketBuffer packet, int at, Route route) {
        IpAddress source = route.source();
        IpAddress destination = route.destination();
        long pseudo = Checksum.pseudoHeader(
                source.high(), source.low(), destination.high(), destination.low(), IpProtocol.TCP, packet.length());
        int field = at + Tcp.CHECKSUM_OFFSET;
        if (route.device().capabilities().transmitChecksum()) {
            packet.checksumPartial = true;
            packet.checksumStart = at;
            packet.checksumOffset = Tcp.CHECKSUM_OFFSET;
            packet.data().putShort(field, (short) Checksum.fold(pseudo));
        } else {
            packet.data().putShort(field, (short) Checksum.finish(Checksum.ofPayload(pseudo, packet, at)));
        }
    }
}
