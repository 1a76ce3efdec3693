package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.options.SocketCaller;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection, stream of datagrams or ICMP query that the table knows, from its first packet on. */
final class Flow {
    final FlowTuple original;
    /** The packets that answer, as they come: turned round and translated. */
    FlowTuple reply;

    final long createdNs;

    /** Whether it is in the table: its first packet was accepted. */
    boolean confirmed;
    /** Whether a packet of the reply direction was seen. */
    boolean replied;
    /** Whether both sides have shown that they mean it: such a flow is not evicted. */
    boolean assured;

    /** Whether it was in the table and is no more. */
    private boolean removed;

    /** Which ends were settled, and which of them are other than in the flow's own packets. */
    private boolean sourceBound;

    private boolean destinationBound;
    private boolean sourceTranslated;
    private boolean destinationTranslated;

    /** What rules have marked it with; not the mark of its packets. */
    int mark;

    /** Whose code opened it: that of the first endpoint here that sent one of its packets and was told. */
    SocketCaller caller = SocketCaller.UNKNOWN;

    /** The names that its destination had when it began: they stay, whatever name servers say later. */
    List<String> names = List.of();

    /** What went by so far, IP headers included. */
    long originalPackets;

    long originalBytes;
    long replyPackets;
    long replyBytes;

    long expiresNs;
    TcpFlowState tcpState = TcpFlowState.NONE;

    /** Neighbours in the {@link FlowList} it is in, if any. */
    @Nullable Flow previous;

    @Nullable Flow next;

    @Nullable FlowList list;

    /** What somebody who listens to flows is told of it; null while nobody does. */
    @Nullable FlowWatch watch;

    /** The ways its packets go through the rules. */
    private @Nullable FlowPath paths;

    private final TrackedPacket first = new TrackedPacket(this, false, ConnState.NEW);
    private final TrackedPacket onward = new TrackedPacket(this, false, ConnState.ESTABLISHED);
    private final TrackedPacket back = new TrackedPacket(this, true, ConnState.ESTABLISHED);
    /** Seldom needed. */
    private @Nullable TrackedPacket related;

    private @Nullable TrackedPacket relatedBack;

    /**
     * @param key the first packet's; turned round when this is made
     */
    Flow(FlowKey key, long nowNs) {
        original = key.toTuple(this, false);
        Check.that(key.invert(), "what begins a flow has an answer");
        reply = key.toTuple(this, true);
        createdNs = nowNs;
        expiresNs = nowNs;
    }

    int protocol() {
        return original.protocol;
    }

    /** Whether it can be found by its packets. */
    boolean isInTable() {
        return confirmed && !removed;
    }

    /** It is not in the table any more. */
    void removed() {
        removed = true;
    }

    boolean expired(long nowNs) {
        return nowNs - expiresNs >= 0;
    }

    /** A packet of it is met for the first time. */
    void noteCaller(PacketContext context) {
        SocketCaller sender = context.socketCaller();
        if (sender.isKnown() && !caller.isKnown()) {
            caller = sender;
        }
    }

    void count(boolean isReply, int lengthBytes) {
        if (isReply) {
            replyPackets++;
            replyBytes += lengthBytes;
        } else {
            originalPackets++;
            originalBytes += lengthBytes;
        }
    }

    /** How a packet of the flow itself is marked. */
    TrackedPacket packet(boolean isReply) {
        if (isReply) {
            return back;
        }
        return replied ? onward : first;
    }

    /** How the packet is marked that begins the flow. */
    TrackedPacket begins() {
        return first;
    }

    /** How a packet about the flow is marked: an ICMP error, or our own answer to a packet we rejected. */
    TrackedPacket about(boolean isReply) {
        TrackedPacket known = isReply ? relatedBack : related;
        if (known == null) {
            known = new TrackedPacket(this, isReply, ConnState.RELATED);
            related = isReply ? related : known;
            relatedBack = isReply ? known : relatedBack;
        }
        return known;
    }

    // --- Ways through the rules

    /** The way through a chain in one direction, if one is known. */
    @Nullable FlowPath path(LoadedRules.LoadedChain chain, boolean isReply) {
        FlowPath path = paths;
        while (path != null && !path.isThrough(chain, isReply)) {
            path = path.next;
        }
        return path;
    }

    /** Adds a way; those through rules that are not in force any more end. */
    void add(FlowPath path) {
        if (paths != null && !paths.isOfSameRules(path)) {
            forgetPaths();
        }
        path.next = paths;
        paths = path;
    }

    void forget(FlowPath gone) {
        FlowPath before = null;
        FlowPath path = paths;
        while (path != null && path != gone) {
            before = path;
            path = path.next;
        }
        if (before == null) {
            paths = gone.next;
        } else {
            before.next = gone.next;
        }
        gone.end();
    }

    /** The flow is over: what was counted on its ways is credited. */
    void forgetPaths() {
        for (FlowPath path = paths; path != null; path = path.next) {
            path.end();
        }
        paths = null;
    }

    // --- Translation

    boolean isTranslated() {
        return sourceTranslated || destinationTranslated;
    }

    boolean isTranslated(NatSide side) {
        return side == NatSide.SOURCE ? sourceTranslated : destinationTranslated;
    }

    boolean isBound(NatSide side) {
        return side == NatSide.SOURCE ? sourceBound : destinationBound;
    }

    /**
     * Settles one end, once.
     *
     * @param answering the packets that answer, as they come
     */
    void bind(NatSide side, FlowKey answering) {
        FlowTuple answers = answering.toTuple(this, true);
        boolean changed = !answers.looksLike(reply);
        if (changed) {
            reply = answers;
        }
        if (side == NatSide.SOURCE) {
            sourceBound = true;
            sourceTranslated = changed;
        } else {
            destinationBound = true;
            destinationTranslated = changed;
        }
    }

    /**
     * What changes.
     *
     * @param key to read into
     */
    void archive(Archive archive, FlowKey key) {
        sourceBound = archive.bool(sourceBound);
        destinationBound = archive.bool(destinationBound);
        sourceTranslated = archive.bool(sourceTranslated);
        destinationTranslated = archive.bool(destinationTranslated);
        if (isTranslated()) {
            key.archive(archive, archive.isRestoring() ? null : reply);
            reply = archive.isRestoring() ? key.toTuple(this, true) : reply;
        }
        confirmed = archive.bool(confirmed);
        replied = archive.bool(replied);
        assured = archive.bool(assured);
        mark = archive.int32(mark);
        caller = SocketCaller.archive(archive, caller);
        List<String> known = new ArrayList<>(names);
        archive.list(known, NamePins.MAX_NAMES, NameMatcher.NAME);
        names = List.copyOf(known);
        originalPackets = archive.int64(originalPackets);
        originalBytes = archive.int64(originalBytes);
        replyPackets = archive.int64(replyPackets);
        replyBytes = archive.int64(replyBytes);
        expiresNs = archive.int64(expiresNs);
        tcpState = archive.constant(tcpState);
    }
}
