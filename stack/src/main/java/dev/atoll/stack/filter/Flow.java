package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/** One connection, stream of datagrams or ICMP query that the table knows, from its first packet on. */
final class Flow {
    final FlowTuple original;
    final FlowTuple reply;
    final long createdNs;

    /** Whether it is in the table: its first packet was accepted. */
    boolean confirmed;
    /** Whether a packet of the reply direction was seen. */
    boolean replied;
    /** Whether both sides have shown that they mean it: such a flow is not evicted. */
    boolean assured;

    long expiresNs;
    TcpFlowState tcpState = TcpFlowState.NONE;

    /** Neighbours in the {@link FlowList} it is in, if any. */
    @Nullable Flow previous;

    @Nullable Flow next;

    @Nullable FlowList list;

    private final TrackedPacket first = new TrackedPacket(this, false, ConnState.NEW);
    private final TrackedPacket onward = new TrackedPacket(this, false, ConnState.ESTABLISHED);
    private final TrackedPacket back = new TrackedPacket(this, true, ConnState.ESTABLISHED);
    private final TrackedPacket related = new TrackedPacket(this, false, ConnState.RELATED);
    private final TrackedPacket relatedBack = new TrackedPacket(this, true, ConnState.RELATED);

    Flow(FlowKey key, long nowNs) {
        original = key.toTuple(this, false);
        reply = key.toTuple(this, true);
        createdNs = nowNs;
        expiresNs = nowNs;
    }

    int protocol() {
        return original.protocol;
    }

    boolean expired(long nowNs) {
        return nowNs - expiresNs >= 0;
    }

    /** How a packet of the flow itself is marked. */
    TrackedPacket packet(boolean isReply) {
        if (isReply) {
            return back;
        }
        return replied ? onward : first;
    }

    /** How a packet about the flow is marked: an ICMP error, or our own answer to a packet we rejected. */
    TrackedPacket about(boolean isReply) {
        return isReply ? relatedBack : related;
    }

    /** What changes. */
    void archive(Archive archive) {
        confirmed = archive.bool(confirmed);
        replied = archive.bool(replied);
        assured = archive.bool(assured);
        expiresNs = archive.int64(expiresNs);
        tcpState = archive.constant(tcpState);
    }
}
