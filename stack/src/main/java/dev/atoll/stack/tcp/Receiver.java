package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a connection: the window, data in and out of order, and when to acknowledge. Variables are
 * RFC 9293's.
 */
final class Receiver implements Timer.Action {
    private final Connection connection;
    private final ReceiveQueue queue = new ReceiveQueue();
    /** Made when something first came out of order. */
    private @Nullable ReassemblyQueue reassembly;
    /** Made when something first came out of order or twice. */
    private @Nullable SackBlocks blocks;

    int irs;
    int rcvNxt;
    /** The right edge the peer was last told: it never moves left (RFC 9293 section 3.8.6, SHLD-14). */
    private int advertisedEdge;

    private final ReceiveSpace space = new ReceiveSpace();
    private int windowClampBytes = Integer.MAX_VALUE;
    /** Shift of the windows we send, 0 without window scaling. */
    private int windowScale;

    /** Largest payload seen from the peer: what two full segments are. */
    private int peerSegmentBytes = TcpSettings.DEFAULT_MSS;

    private int lastAckSent;
    private int unacknowledgedBytes;
    private int quickAcks = TcpSettings.QUICK_ACKS;
    /** Bytes the application has read since the peer was last told of the window. */
    private int readSinceAck;

    private QuickAck quickAck = QuickAck.INITIALLY;
    private boolean ackNow;

    private boolean finKnown;
    private int finSeq;
    private boolean finReceived;
    private boolean shut;
    /** Type of service or traffic class of the last segment. */
    private byte tos;

    private final UrgentMark mark = new UrgentMark();
    /** Sequence number of the next byte the application reads. */
    private int readSeq;

    Receiver(Connection connection) {
        this.connection = connection;
    }

    // --- Window

    /** What the application asked for, or 0 to follow the path. */
    void setBufferBytes(int bytes) {
        if (bytes > 0) {
            space.fix(bytes);
        } else {
            // Half of the memory is for what is around the payload, as Linux reckons.
            space.start(connection.settings().receiveBufferBytes / 2, connection.settings().receiveBufferMaxBytes / 2);
        }
    }

    int bufferBytes() {
        return Math.min(space.capacityBytes(), windowClampBytes);
    }

    /** Largest window to announce, bytes, or 0 for no limit. */
    void setWindowClamp(int bytes) {
        windowClampBytes = bytes == 0 ? Integer.MAX_VALUE : bytes;
    }

    ReceiveSpace space() {
        return space;
    }

    int windowScale() {
        return windowScale;
    }

    int peerSegmentBytes() {
        return peerSegmentBytes;
    }

    void established(int mss) {
        space.established(mss, connection.nowNs());
    }

    /** The shift to offer in a SYN: enough for the largest buffer the application may still ask for. */
    int offeredWindowScale() {
        int scale = 0;
        while (scale < TcpSettings.MAX_WINDOW_SCALE
                && (TcpSettings.MAX_SYN_WINDOW << scale)
                        < Math.max(bufferBytes(), connection.settings().receiveBufferMaxBytes)) {
            scale++;
        }
        return scale;
    }

    void setWindowScale(int scale) {
        windowScale = scale;
    }

    /** The peer's initial sequence number is known. */
    void start(int initialSequence) {
        irs = initialSequence;
        rcvNxt = initialSequence + 1;
        readSeq = rcvNxt;
        advertisedEdge = rcvNxt;
        lastAckSent = rcvNxt;
    }

    /** The peer was told of a window in a SYN that is not remembered. */
    void synSentUnseen() {
        windowField(/* syn= */ true);
        lastAckSent = rcvNxt;
    }

    /** RCV.WND as the peer knows it, bytes. */
    int windowBytes() {
        return advertisedEdge - rcvNxt;
    }

    private int freeBytes() {
        if (shut) {
            return bufferBytes();
        }
        return Math.max(bufferBytes() - queue.bytes(), 0);
    }

    /** The window field of a segment sent now; moves the advertised edge. */
    int windowField(boolean syn) {
        int window = freeBytes();
        int scale = syn ? 0 : windowScale;
        window = Math.min(window, TcpSettings.MAX_SYN_WINDOW << scale);
        window = window >>> scale << scale;
        int known = advertisedEdge - rcvNxt;
        if (window < known) {
            window = known + (1 << scale) - 1 >>> scale << scale;
        } else if (!syn && window - known < Math.min(bufferBytes() / 2, peerSegmentBytes)) {
            // Silly window avoidance (RFC 9293 section 3.8.6.2.2): no small steps.
            window = known + (1 << scale) - 1 >>> scale << scale;
        }
        window = Math.min(window, TcpSettings.MAX_SYN_WINDOW << scale);
        advertisedEdge = SeqNum.max(advertisedEdge, rcvNxt + window);
        return window >>> scale;
    }

    /** Whether the window opened so far that the peer should know without waiting for data of ours. */
    private boolean windowUpdateDue() {
        // As Linux has it: when the peer knows of less than half, and it at least doubles. Only what was read counts:
        // the
        // window of a SYN is small because it is not scaled, and opening that needs no segment of its own.
        int known = windowBytes();
        int most = TcpSettings.MAX_SYN_WINDOW << windowScale;
        int whole = Math.min(bufferBytes(), most);
        int free = Math.min(freeBytes(), most);
        int least = Math.min(whole / 2, peerSegmentBytes);
        return readSinceAck > 0 && !finReceived && 2L * known <= whole && free >= Math.max(2L * known, least);
    }

    // --- Arrival

    /** RFC 9293 section 3.10.7.4, first: whether any of the segment lies in the window. */
    boolean isAcceptable(int seq, int length) {
        int window = windowBytes();
        if (length == 0) {
            return window == 0 ? seq == rcvNxt : SeqNum.inWindow(seq, rcvNxt, window);
        }
        return window > 0
                && (SeqNum.inWindow(seq, rcvNxt, window) || SeqNum.inWindow(seq + length - 1, rcvNxt, window));
    }

    /** Takes the text and FIN of an acceptable segment. */
    void accept(Segment segment) {
        boolean fin = segment.has(Tcp.FIN);
        int textEnd = segment.seq + segment.payloadBytes;
        if (segment.payloadBytes > 0) {
            peerSegmentBytes = Math.max(peerSegmentBytes, Math.min(segment.segmentBytes, connection.mssLimit()));
            acceptText(segment);
        }
        if (fin && !finKnown && SeqNum.atMost(textEnd, advertisedEdge)) {
            finKnown = true;
            finSeq = textEnd;
        }
        if (finKnown && !finReceived) {
            if (rcvNxt == finSeq) {
                finReceived = true;
                rcvNxt++;
                advertisedEdge = SeqNum.max(advertisedEdge, rcvNxt);
            }
            ackNow = true;
        }
    }

    private void acceptText(Segment segment) {
        int seq = segment.seq;
        int end = seq + segment.payloadBytes;
        if (SeqNum.atMost(end, rcvNxt)) {
            duplicate(seq, end);
            ackNow = true;
            return;
        }
        ConnectionStats stats = connection.stats();
        stats.dataSegmentsReceived += segment.segments;
        stats.lastDataReceivedNs = connection.nowNs();
        if (SeqNum.lessThan(seq, rcvNxt)) {
            duplicate(seq, rcvNxt);
        }
        boolean inOrder = SeqNum.atMost(seq, rcvNxt) && windowBytes() > 0;
        if (inOrder) {
            measureRoundTrip(segment);
        }
        PacketBuffer packet = segment.takePacket();
        while (packet != null) {
            PacketBuffer joined = packet.takeJoined(0);
            acceptPacket(packet);
            packet = joined;
        }
        if (inOrder) {
            noteForAck(end - seq);
        }
    }

    /** Takes what is new of a packet of text. */
    private void acceptPacket(PacketBuffer packet) {
        int seq = packet.sequence;
        int end = seq + packet.linearLength();
        int from = SeqNum.max(seq, rcvNxt);
        int to = SeqNum.greaterThan(end, advertisedEdge) ? advertisedEdge : end;
        if (SeqNum.atMost(to, from)) {
            packet.release();
            ackNow = true;
            return;
        }
        packet.trimTo(to - seq);
        ReassemblyQueue.cutFront(packet, from - seq);
        if (from != rcvNxt) {
            acceptOutOfOrder(packet);
            return;
        }
        ReassemblyQueue beyond = reassembly;
        boolean hadGap = beyond != null && !beyond.isEmpty();
        deliver(packet);
        if (beyond != null && hadGap) {
            PacketBuffer next = beyond.poll(rcvNxt);
            while (next != null) {
                deliver(next);
                next = beyond.poll(rcvNxt);
            }
            if (blocks != null) {
                blocks.advance(rcvNxt);
            }
            // RFC 5681 section 4.2: a segment that fills a gap is acknowledged at once.
            ackNow = true;
        }
    }

    private void measureRoundTrip(Segment segment) {
        if (connection.usesTimestamps() && segment.options.hasTimestamps) {
            if (segment.payloadBytes >= peerSegmentBytes && segment.options.timestampEcho != 0) {
                int elapsedMs = connection.timestampNow() - segment.options.timestampEcho;
                if (elapsedMs >= 0) {
                    space.measureByEcho(segment.options.timestampEcho, Math.max(elapsedMs, 1) * 1_000_000L);
                }
            }
        } else {
            space.measureByWindow(rcvNxt, windowBytes(), connection.nowNs());
        }
    }

    private void acceptOutOfOrder(PacketBuffer packet) {
        connection.stats().receivedOutOfOrder++;
        ReassemblyQueue beyond = reassembly;
        if (beyond == null) {
            beyond = new ReassemblyQueue();
            reassembly = beyond;
        }
        // Everything here lies in the window, so payload is bounded; memory is too, however small the pieces are.
        if (beyond.trueSize() + packet.trueSize() > 2 * bufferBytes() + packet.trueSize()) {
            connection.drop(DropReason.TCP_RECEIVE_BUFFER_FULL);
            packet.release();
        } else {
            insert(beyond, packet);
        }
        // RFC 5681 section 4.2: a duplicate ACK for every segment out of order.
        ackNow = true;
    }

    private void insert(ReassemblyQueue beyond, PacketBuffer packet) {
        int from = packet.sequence;
        int to = from + packet.linearLength();
        int known = beyond.insert(packet);
        if (connection.usesSack()) {
            blocksToTell().add(from, to);
            if (known > 0) {
                duplicate(from, from + known);
            }
        }
    }

    /** RFC 2883 section 4: the peer learns what it sent in vain. */
    private void duplicate(int from, int to) {
        if (connection.usesSack() && connection.settings().duplicateSack) {
            blocksToTell().addDuplicate(from, to);
        }
    }

    private SackBlocks blocksToTell() {
        SackBlocks known = blocks;
        if (known == null) {
            known = new SackBlocks();
            blocks = known;
        }
        return known;
    }

    /** A segment lay wholly before what is expected, and is answered at once. */
    void repeated(int from, int to) {
        if (SeqNum.lessThan(from, to)) {
            duplicate(from, SeqNum.lessThan(to, rcvNxt) ? to : rcvNxt);
        }
        ackNow = true;
    }

    int sackBytes(int room) {
        return blocks == null || !connection.usesSack() ? 0 : blocks.bytes(room);
    }

    void writeSack(ByteBuffer data, int at, int room) {
        blocksToTell().write(data, at, room);
    }

    private void deliver(PacketBuffer packet) {
        int seq = rcvNxt;
        rcvNxt += packet.linearLength();
        connection.stats().bytesReceived += packet.linearLength();
        if (mark.isExpectedIn(seq, packet.linearLength())) {
            mark.arrived(packet.data().get(packet.start() + mark.seq() - seq));
        }
        if (shut) {
            readSeq = rcvNxt;
            packet.release();
        } else {
            queue.add(packet);
        }
    }

    /** The peer marked a byte as urgent; the pointer names the one after it (RFC 6093 section 2.1). */
    void urgent(int seq, int pointer) {
        if (pointer > 0) {
            int urgentSeq = seq + pointer - 1;
            if (mark.isSupersededBy(urgentSeq, rcvNxt)) {
                skipByteAtMark();
            }
            mark.announced(urgentSeq, rcvNxt);
        }
    }

    void setUrgentInline(boolean inline) {
        mark.setInline(inline);
    }

    UrgentMark urgentMark() {
        return mark;
    }

    /** Everything before the mark was read, and nothing behind it. */
    boolean isAtMark() {
        return mark.isAt(readSeq);
    }

    /** RFC 9293 section 3.8.6.3 (MUST-58, MUST-59): at least every second full segment, and soon in any case. */
    private void noteForAck(int payloadBytes) {
        unacknowledgedBytes += payloadBytes;
        if (unacknowledgedBytes >= 2 * peerSegmentBytes || quickAck == QuickAck.ALWAYS) {
            ackNow = true;
        } else if (quickAck == QuickAck.INITIALLY && quickAcks > 0) {
            quickAcks--;
            ackNow = true;
        } else {
            connection.armDelayedAck();
        }
    }

    // --- Acknowledging

    /** Something demands an answer whatever else is sent. */
    void acknowledgeNow() {
        ackNow = true;
    }

    boolean isAckDue() {
        return ackNow;
    }

    /** The octet in the IP header of a segment that came. */
    void setTos(int octet) {
        tos = (byte) octet;
    }

    int tos() {
        return tos & 0xff;
    }

    /** The delayed-ACK timer fired. */
    @Override
    public void fire() {
        if (unacknowledgedBytes > 0) {
            ackNow = true;
        }
        connection.flush();
    }

    /** The highest acknowledgment the peer was sent. */
    int lastAckSent() {
        return lastAckSent;
    }

    /** A segment with ACK went out; {@code bare} if it had no payload, and so told all there is to tell. */
    void acknowledged(boolean bare) {
        lastAckSent = rcvNxt;
        ackNow &= !bare && blocks != null && !blocks.isEmpty();
        unacknowledgedBytes = 0;
        readSinceAck = 0;
        connection.cancelDelayedAck();
    }

    void setQuickAck(QuickAck when) {
        quickAck = when;
    }

    // --- The application

    int available() {
        return queue.bytes() - (mark.isApartIn(readSeq, readSeq + queue.bytes()) ? 1 : 0);
    }

    /** Everything the peer sent was read, and it sends no more. */
    boolean isAtEnd() {
        return available() == 0 && (finReceived || shut);
    }

    boolean isFinReceived() {
        return finReceived;
    }

    boolean isShut() {
        return shut;
    }

    /** Moves bytes to the application; asks for a window update if the window opened enough. */
    int read(ByteBuffer target) {
        int bytes = readToMark(target);
        readSinceAck += Math.max(bytes, 0);
        space.read(bytes, peerSegmentBytes, connection.settings().moderateReceiveBuffer, connection.nowNs());
        if (bytes > 0 && windowUpdateDue()) {
            ackNow = true;
        }
        return bytes;
    }

    private int readToMark(ByteBuffer target) {
        skipByteAtMark();
        int limit = target.limit();
        target.limit(target.position() + Math.min(target.remaining(), mark.bytesBefore(readSeq)));
        int bytes = queue.read(target);
        target.limit(limit);
        readSeq += bytes;
        mark.readTo(readSeq);
        return bytes;
    }

    /** The urgent byte is next, and no part of what is read. */
    private void skipByteAtMark() {
        if (mark.isAt(readSeq) && mark.isApartIn(readSeq, rcvNxt)) {
            readSeq += queue.discard(1);
        }
    }

    /** The application reads no more: what there is and what comes is thrown away. */
    void shut() {
        shut = true;
        queue.clear();
        readSeq = rcvNxt;
        mark.clear();
    }

    /** Gives all memory back. */
    void clear() {
        blocks = null;
        queue.clear();
        if (reassembly != null) {
            reassembly.clear();
        }
    }

    void archive(Archive archive, BufferPool pool) {
        queue.archive(archive, pool);
        reassembly = archive.optional(reassembly, (to, saved) -> {
            ReassemblyQueue archived = saved == null ? new ReassemblyQueue() : saved;
            archived.archive(to, pool);
            return archived;
        });
        blocks = archive.optional(blocks, Receiver::archiveBlocks);
        tos = (byte) archive.int32(tos);
        irs = archive.int32(irs);
        rcvNxt = archive.int32(rcvNxt);
        advertisedEdge = archive.int32(advertisedEdge);
        space.archive(archive);
        windowClampBytes = archive.int32(windowClampBytes);
        windowScale = archive.int32(windowScale);
        peerSegmentBytes = archive.int32(peerSegmentBytes);
        lastAckSent = archive.int32(lastAckSent);
        unacknowledgedBytes = archive.int32(unacknowledgedBytes);
        quickAcks = archive.int32(quickAcks);
        readSinceAck = archive.int32(readSinceAck);
        quickAck = archive.constant(quickAck);
        ackNow = archive.bool(ackNow);
        finKnown = archive.bool(finKnown);
        finSeq = archive.int32(finSeq);
        finReceived = archive.bool(finReceived);
        shut = archive.bool(shut);
        mark.archive(archive);
        readSeq = archive.int32(readSeq);
    }

    private static SackBlocks archiveBlocks(Archive archive, @Nullable SackBlocks saved) {
        SackBlocks archived = saved == null ? new SackBlocks() : saved;
        archived.archive(archive);
        return archived;
    }
}
