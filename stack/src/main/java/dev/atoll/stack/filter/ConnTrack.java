package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one stack, found by either direction's addresses and ports. Used under the stack's hold.
 *
 * <p>Follows Linux's nf_conntrack in what state matching and translation need: states, timeouts, mid-stream pick-up. Left for
 * later: TCP windows ({@link TcpFlowState}), helpers and their expectations (so RELATED is ICMP errors only), per-rule
 * timeouts and zones. A fragment is invalid here: reassembly comes first.
 *
 * <p>At most {@link #MAX_FLOWS} flows. When the table is full, a new flow takes the place of the oldest that was never
 * answered, then of the oldest that is not assured; if all are assured, the packet that wanted to begin it is refused.
 * Flows whose time is over are removed when met, and a few buckets are looked through at each new flow.
 */
final class ConnTrack {
    /** Linux's usual nf_conntrack_max on a machine of some memory. */
    static final int MAX_FLOWS = 65536;

    /** Verdict on the first packet of a flow that finds no room. */
    static final Verdict TABLE_FULL = new Verdict(Verdict.Kind.DROP, null, null);

    /** NR_ICMP_TYPES of Linux: no type above it is tracked. */
    private static final int HIGHEST_ICMP_TYPE = 18;

    private static final int FIRST_BUCKETS = 256;
    /** Two tuples for each flow. */
    private static final int MAX_BUCKETS = 2 * MAX_FLOWS;

    private static final int SWEPT_BUCKETS = 8;

    /** Later than any flow's time. */
    private static final long NEVER_NS = Long.MAX_VALUE / 2;

    private static final long UDP_UNREPLIED_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long UDP_STREAM_NS = TimeUnit.SECONDS.toNanos(120);
    /** Answered datagrams are a stream once they went on for this long. */
    private static final long UDP_STREAM_AFTER_NS = TimeUnit.SECONDS.toNanos(2);

    private static final long ICMP_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long OTHER_NS = TimeUnit.SECONDS.toNanos(600);

    private final FlowKey key;
    private final FlowList unreplied = new FlowList();
    private final FlowList unassured = new FlowList();
    private @Nullable FlowTuple[] buckets = new FlowTuple[FIRST_BUCKETS];

    /**
     * For each bucket when at the earliest a flow is over whose first direction is in it: most buckets need not be looked through,
     * whose flows are seldom in the processor's cache.
     */
    private long[] dueNs = new long[FIRST_BUCKETS];

    /**
     * What was met last, as packets often come and go in trains; the directions of a flow, whose ports are each other's, have a place
     * each.
     */
    private final @Nullable FlowTuple[] recent = new FlowTuple[2];

    private int swept;
    private int flows;
    private int translated;
    private long confirmed;
    private long expired;
    private long evicted;
    private long refused;
    private long invalid;

    /** Whether flows are watched: somebody listens to them, or rules only look on. */
    private boolean watching;

    private @Nullable FlowListener listener;

    /**
     * An empty table.
     *
     * @param seed for the hash: unknown outside, so that nobody can choose collisions
     */
    ConnTrack(long seed) {
        key = new FlowKey(seed);
    }

    /** Flows that begin from now on are watched or not, and who is told of them. */
    void watch(boolean isWatching, @Nullable FlowListener newListener) {
        watching = isWatching;
        listener = newListener;
    }

    /** Finds or begins the packet's flow and leaves it in {@code packet.flow}. */
    void track(PacketContext context) {
        PacketBuffer packet = context.packet();
        // Met at an earlier hook, or looped back: it keeps the state it left with, as on Linux.
        if (packet.flow instanceof TrackedPacket) {
            return;
        }
        TrackedPacket tracked = find(context, packet);
        packet.flow = tracked;
        if (tracked.state() == ConnState.INVALID) {
            invalid++;
        }
    }

    private TrackedPacket find(PacketContext context, PacketBuffer packet) {
        FlowTuple again = ofTransfer(context, packet);
        if (again != null) {
            expire(again.flow, context.nowNs() + TcpFlowState.ESTABLISHED.timeoutNs);
            return met(again.flow.packet(again.reply), context);
        }
        if (!key.read(context) || !isSound(context)) {
            return TrackedPacket.INVALID;
        }
        if (key.isUntracked()) {
            return TrackedPacket.UNTRACKED;
        }
        if (key.isIcmpError()) {
            return findQuoted(context, packet);
        }
        int flags = 0;
        if (key.protocol == IpProtocol.TCP) {
            flags = Tcp.flags(packet.data(), packet.transportOffset);
            if (!TcpFlowState.possible(flags)) {
                return TrackedPacket.INVALID;
            }
        }
        FlowTuple tuple = lookup(context.nowNs());
        if (tuple != null && reopens(tuple, flags)) {
            remove(tuple.flow);
            tuple = null;
        }
        recent[recentPlace(key.sourcePort, key.destinationPort)] = tuple;
        return met(tuple == null ? begin(flags, context) : advance(tuple, flags, context.nowNs()), context);
    }

    /**
     * Where a TCP packet belongs that comes behind another of its connection and changes nothing, as nearly all do; null for what has to
     * be looked up or looked at more closely.
     */
    private @Nullable FlowTuple ofTransfer(PacketContext context, PacketBuffer packet) {
        int at = packet.transportOffset;
        if (packet.transportProtocol != IpProtocol.TCP
                || at == PacketBuffer.UNKNOWN
                || packet.end() - at < Tcp.HEADER_BYTES
                || context.fragmentOffsetBytes() != 0
                || !TcpFlowState.isData(Tcp.flags(packet.data(), at))) {
            return null;
        }
        int sourcePort = Tcp.sourcePort(packet.data(), at);
        int destinationPort = Tcp.destinationPort(packet.data(), at);
        FlowTuple tuple = recent[recentPlace(sourcePort, destinationPort)];
        if (tuple == null
                || tuple.sourcePort != sourcePort
                || tuple.destinationPort != destinationPort
                || tuple.sourceLow != packet.sourceLow
                || tuple.destinationLow != packet.destinationLow
                || tuple.sourceHigh != packet.sourceHigh
                || tuple.destinationHigh != packet.destinationHigh
                || tuple.protocol != IpProtocol.TCP) {
            return null;
        }
        Flow flow = tuple.flow;
        boolean changes = !flow.assured || flow.tcpState != TcpFlowState.ESTABLISHED || flow.expired(context.nowNs());
        return changes || !isSound(context) ? null : tuple;
    }

    private static int recentPlace(int sourcePort, int destinationPort) {
        return sourcePort < destinationPort ? 0 : 1;
    }

    /** Notes that a packet was found to be where it is. */
    private TrackedPacket met(TrackedPacket found, PacketContext context) {
        Flow flow = found.flow();
        if (flow != null) {
            flow.count(found.reply(), context.lengthBytes());
            flow.noteCaller(context);
            if (flow.watch != null) {
                flow.watch.lastNs = context.nowNs();
                if (flow.tcpState == TcpFlowState.TIME_WAIT || flow.tcpState == TcpFlowState.CLOSED) {
                    tellEnd(flow);
                }
            }
        }
        return found;
    }

    private void tellEnd(Flow flow) {
        if (flow.watch != null && listener != null && flow.confirmed) {
            flow.watch.ended(flow, listener);
        }
    }

    /** Tells that all flows are over: the stack ends. */
    void tellAll() {
        for (FlowTuple head : buckets) {
            for (FlowTuple tuple = head; tuple != null; tuple = tuple.next) {
                if (!tuple.reply) {
                    tellEnd(tuple.flow);
                }
            }
        }
    }

    /** Whether what stands in the transport header can be believed, as Linux sees it. */
    private static boolean isSound(PacketContext context) {
        PacketBuffer packet = context.packet();
        int at = packet.transportOffset;
        int length = context.lengthBytes() - (at - packet.networkOffset);
        boolean cameIn =
                context.hook() == Hook.PREROUTING || context.hook() == Hook.INPUT || context.hook() == Hook.FORWARD;
        boolean whole = true;
        switch (packet.transportProtocol) {
            case IpProtocol.TCP:
                int headerBytes = Tcp.headerBytes(packet.data(), at);
                whole = headerBytes >= Tcp.HEADER_BYTES && headerBytes <= length;
                break;
            case IpProtocol.UDP:
                int stated = Udp.length(packet.data(), at);
                whole = stated >= Udp.HEADER_BYTES && stated <= length;
                break;
            case IpProtocol.ICMP:
                whole = Icmpv4.type(packet.data(), at) <= HIGHEST_ICMP_TYPE;
                break;
            default:
                break;
        }
        return whole && (!cameIn || Checksum.isTransportSound(packet));
    }

    /**
     * RELATED for an ICMP error about a flow that is known, told to the side whose packet it quotes (RFC 5927, 4). That
     * packet was seen here on the other side of a translation; what would answer it is what is looked for.
     */
    private TrackedPacket findQuoted(PacketContext context, PacketBuffer packet) {
        long toHigh = packet.destinationHigh;
        long toLow = packet.destinationLow;
        if (!key.readQuoted(packet, packet.transportOffset + Icmpv4.HEADER_BYTES) || !key.invert()) {
            return TrackedPacket.INVALID;
        }
        FlowTuple tuple = lookup(context.nowNs());
        if (tuple == null || tuple.destinationHigh != toHigh || tuple.destinationLow != toLow) {
            return TrackedPacket.INVALID;
        }
        return tuple.flow.about(tuple.reply);
    }

    /** A SYN after the connection's end begins another between the same ports. */
    private static boolean reopens(FlowTuple tuple, int flags) {
        Flow flow = tuple.flow;
        return flow.protocol() == IpProtocol.TCP
                && (flow.tcpState == TcpFlowState.TIME_WAIT || flow.tcpState == TcpFlowState.CLOSED)
                && flow.tcpState.after(flags, tuple.reply) == TcpFlowState.SYN_SENT;
    }

    private TrackedPacket begin(int flags, PacketContext context) {
        TcpFlowState state = TcpFlowState.NONE;
        if (key.protocol == IpProtocol.TCP) {
            state = TcpFlowState.NONE.after(flags, false);
            if (state == TcpFlowState.IMPOSSIBLE) {
                return TrackedPacket.INVALID;
            }
        } else if (key.isIcmp() && !key.isIcmpQuery()) {
            return TrackedPacket.INVALID;
        }
        List<String> names = context.currentNames(key.destinationHigh, key.destinationLow, context.nowNs());
        Flow flow = new Flow(key, context.nowNs());
        flow.names = names;
        flow.tcpState = state;
        if (watching) {
            flow.watch = new FlowWatch(context);
        }
        return flow.packet(false);
    }

    private TrackedPacket advance(FlowTuple tuple, int flags, long nowNs) {
        Flow flow = tuple.flow;
        if (flow.protocol() == IpProtocol.TCP) {
            TcpFlowState before = flow.tcpState;
            TcpFlowState after = before.after(flags, tuple.reply);
            if (after == TcpFlowState.IMPOSSIBLE) {
                return TrackedPacket.INVALID;
            }
            if ((flags & Tcp.RST) != 0 && !flow.replied) {
                // Refused: nothing was ever established and the ports are free again.
                remove(flow);
                return flow.packet(tuple.reply);
            }
            noteReply(tuple);
            if (after != TcpFlowState.IGNORED) {
                flow.tcpState = after;
                if (after == TcpFlowState.ESTABLISHED
                        && flow.replied
                        && (before == TcpFlowState.SYN_RECEIVED || before == TcpFlowState.ESTABLISHED)) {
                    assure(flow);
                }
                expire(flow, nowNs + timeoutNs(flow, nowNs));
            }
        } else {
            noteReply(tuple);
            expire(flow, nowNs + timeoutNs(flow, nowNs));
            if (flow.protocol() == IpProtocol.UDP && isStream(flow, nowNs)) {
                assure(flow);
            }
        }
        return flow.packet(tuple.reply);
    }

    private static long timeoutNs(Flow flow, long nowNs) {
        switch (flow.protocol()) {
            case IpProtocol.TCP:
                return flow.tcpState == TcpFlowState.ESTABLISHED && !flow.replied
                        ? TcpFlowState.UNANSWERED_NS
                        : flow.tcpState.timeoutNs;
            case IpProtocol.UDP:
                return isStream(flow, nowNs) ? UDP_STREAM_NS : UDP_UNREPLIED_NS;
            case IpProtocol.ICMP, IpProtocol.ICMPV6:
                return ICMP_NS;
            default:
                return OTHER_NS;
        }
    }

    private static boolean isStream(Flow flow, long nowNs) {
        return flow.replied && nowNs - flow.createdNs > UDP_STREAM_AFTER_NS;
    }

    private void noteReply(FlowTuple tuple) {
        if (tuple.reply && !tuple.flow.replied) {
            noteAnswered(tuple.flow);
        }
    }

    private void noteAnswered(Flow flow) {
        flow.replied = true;
        unreplied.remove(flow);
        unassured.add(flow);
    }

    private void assure(Flow flow) {
        if (!flow.assured) {
            flow.assured = true;
            unassured.remove(flow);
        }
    }

    /** The flow that the packet begins, if it is not in the table yet. */
    static @Nullable Flow unconfirmed(PacketBuffer packet) {
        return packet.flow instanceof TrackedPacket tracked
                        && tracked.state() == ConnState.NEW
                        && tracked.flow() != null
                        && !tracked.flow().confirmed
                ? tracked.flow()
                : null;
    }

    /** Takes the flow of an accepted packet into the table if it is not there yet; false if there is no room. */
    boolean confirm(PacketBuffer packet, long nowNs) {
        Flow flow = unconfirmed(packet);
        return flow == null || add(flow, nowNs);
    }

    private boolean add(Flow flow, long nowNs) {
        sweep(nowNs);
        key.set(flow.reply);
        if ((flow.isTranslated() || translated > 0) && lookup(nowNs) != null) {
            // No port was free: its answers would be another flow's packets.
            refused++;
            return false;
        }
        if (flows == MAX_FLOWS && !evict()) {
            refused++;
            return false;
        }
        if (2 * flows >= buckets.length && buckets.length < MAX_BUCKETS) {
            grow();
        }
        insert(flow.original, key.hash(flow.original));
        insert(flow.reply, key.hash(flow.reply));
        flow.confirmed = true;
        translated += flow.isTranslated() ? 1 : 0;
        flow.expiresNs = nowNs + timeoutNs(flow, nowNs);
        noteDue(flow.original);
        unreplied.add(flow);
        flows++;
        confirmed++;
        if (flow.watch != null && listener != null) {
            flow.watch.began(flow, listener);
        }
        return true;
    }

    // --- While rules change

    /** The flow of a connection that nobody has tracked so far, in its own direction. */
    static Flow begun(LiveConnection connection, long nowNs) {
        FullAddress from = connection.isAccepted() ? connection.remote() : connection.local();
        FullAddress to = connection.isAccepted() ? connection.local() : connection.remote();
        FlowKey first = new FlowKey(0);
        first.set(IpProtocol.TCP, from, to);
        Flow flow = new Flow(first, nowNs);
        flow.replied = connection.isEstablished();
        return flow;
    }

    /** Takes a connection into the table that both ends mean; not if there is no room. */
    void adopt(Flow flow, long nowNs) {
        flow.tcpState = TcpFlowState.ESTABLISHED;
        if (add(flow, nowNs)) {
            noteAnswered(flow);
            assure(flow);
        }
    }

    /** The flow of a connection as one end sees it; null if it is not known. */
    @Nullable Flow find(int protocol, FullAddress local, FullAddress remote, long nowNs) {
        key.set(protocol, local, remote);
        FlowTuple tuple = lookup(nowNs);
        return tuple == null ? null : tuple.flow;
    }

    /** Every flow whose time is not over, in the table's order. */
    List<Flow> live(long nowNs) {
        List<Flow> live = new ArrayList<>(flows);
        for (FlowTuple head : buckets) {
            for (FlowTuple tuple = head; tuple != null; tuple = tuple.next) {
                if (!tuple.reply && !tuple.flow.expired(nowNs)) {
                    live.add(tuple.flow);
                }
            }
        }
        return live;
    }

    /** Removes a flow, unless it has gone by itself. */
    void forget(Flow flow) {
        FlowTuple tuple = buckets[flow.original.hash & buckets.length - 1];
        while (tuple != null && tuple != flow.original) {
            tuple = tuple.next;
        }
        if (tuple != null) {
            remove(flow);
        }
    }

    /** Ends every way through rules that are not in force any more. */
    void forgetPaths() {
        for (FlowTuple head : buckets) {
            for (FlowTuple tuple = head; tuple != null; tuple = tuple.next) {
                tuple.flow.forgetPaths();
            }
        }
    }

    private boolean evict() {
        Flow oldest = unreplied.first() != null ? unreplied.first() : unassured.first();
        if (oldest == null) {
            return false;
        }
        remove(oldest);
        evicted++;
        return true;
    }

    private @Nullable FlowTuple lookup(long nowNs) {
        FlowTuple tuple = buckets[key.hash() & buckets.length - 1];
        while (tuple != null && !key.sameAs(tuple)) {
            tuple = tuple.next;
        }
        if (tuple != null && tuple.flow.expired(nowNs)) {
            remove(tuple.flow);
            expired++;
            return null;
        }
        return tuple;
    }

    private void insert(FlowTuple tuple, int hash) {
        int bucket = hash & buckets.length - 1;
        tuple.hash = hash;
        tuple.next = buckets[bucket];
        buckets[bucket] = tuple;
    }

    /** Sets when the flow is over unless something happens. */
    private void expire(Flow flow, long expiresNs) {
        boolean sooner = expiresNs - flow.expiresNs < 0;
        flow.expiresNs = expiresNs;
        if (sooner && flow.isInTable()) {
            noteDue(flow.original);
        }
    }

    private void noteDue(FlowTuple original) {
        int bucket = original.hash & buckets.length - 1;
        if (original.flow.expiresNs - dueNs[bucket] < 0) {
            dueNs[bucket] = original.flow.expiresNs;
        }
    }

    private void remove(Flow flow) {
        tellEnd(flow);
        flow.forgetPaths();
        flow.removed();
        Arrays.fill(recent, null);
        unlink(flow.original);
        unlink(flow.reply);
        if (flow.list != null) {
            flow.list.remove(flow);
        }
        flows--;
        translated -= flow.isTranslated() ? 1 : 0;
    }

    private void unlink(FlowTuple gone) {
        int bucket = gone.hash & buckets.length - 1;
        FlowTuple tuple = buckets[bucket];
        if (tuple == gone) {
            buckets[bucket] = gone.next;
            return;
        }
        while (tuple != null && tuple.next != gone) {
            tuple = tuple.next;
        }
        if (tuple != null) {
            tuple.next = gone.next;
        }
    }

    private void grow() {
        @Nullable FlowTuple[] old = buckets;
        long[] oldDueNs = dueNs;
        buckets = new FlowTuple[2 * old.length];
        // A bucket's flows go into the one of the same number, or as many further on as there were buckets.
        dueNs = Arrays.copyOf(oldDueNs, buckets.length);
        System.arraycopy(oldDueNs, 0, dueNs, old.length, old.length);
        swept = 0;
        for (FlowTuple head : old) {
            FlowTuple tuple = head;
            while (tuple != null) {
                FlowTuple next = tuple.next;
                insert(tuple, tuple.hash);
                tuple = next;
            }
        }
    }

    /** Removes what is over in the next few buckets, so that a table nobody looks into does not stay full. */
    private void sweep(long nowNs) {
        for (int i = 0; i < SWEPT_BUCKETS; i++) {
            swept = swept + 1 & buckets.length - 1;
            long aheadNs = dueNs[swept] - nowNs;
            // One that was never set is any time from now.
            if (aheadNs <= 0 || aheadNs > NEVER_NS) {
                dueNs[swept] = sweepBucket(nowNs);
            }
        }
    }

    /** Gives when at the earliest it is to be done again. */
    private long sweepBucket(long nowNs) {
        long leftNs = NEVER_NS;
        FlowTuple tuple = buckets[swept];
        while (tuple != null) {
            FlowTuple next = tuple.next;
            Flow flow = tuple.flow;
            if (!tuple.reply && flow.expired(nowNs)) {
                // The next tuple may be the flow's other one, which goes with it.
                if (next != null && next.flow == flow) {
                    next = next.next;
                }
                remove(flow);
                expired++;
            } else if (!tuple.reply) {
                leftNs = Math.min(leftNs, flow.expiresNs - nowNs);
            }
            tuple = next;
        }
        return nowNs + leftNs;
    }

    /** Whether there are flows whose packets have to be rewritten. */
    boolean translates() {
        return translated > 0;
    }

    /** Chooses what a flow that is not in the table yet is translated to at one end. */
    void bind(Flow flow, NatSide side, @Nullable NatRange range, Rng rng, long nowNs) {
        if (!flow.confirmed && !flow.isBound(side)) {
            key.set(flow.reply);
            key.invert();
            NatRange to = range == null ? NatRange.ANY.address(new IpAddress(key.high(side), key.low(side))) : range;
            NatChoice.make(key, side, to, rng, this, nowNs);
            key.invert();
            flow.bind(side, key);
        }
    }

    /** Whether another flow's packets look like the answers to those of the key it is about to get. */
    boolean isTaken(long nowNs) {
        key.invert();
        boolean taken = lookup(nowNs) != null;
        key.invert();
        return taken;
    }

    /** Where a connection was going before it was translated; null if it is not known. */
    @Nullable FullAddress originalDestination(int protocol, FullAddress local, FullAddress remote, long nowNs) {
        Flow flow = find(protocol, local, remote, nowNs);
        if (flow == null) {
            return null;
        }
        FlowTuple original = flow.original;
        return new FullAddress(
                new IpAddress(original.destinationHigh, original.destinationLow), original.destinationPort);
    }

    ConnTrackStats stats() {
        return new ConnTrackStats(flows, confirmed, expired, evicted, refused, invalid);
    }

    // --- Saved and restored

    /** Restored, it is a new one. */
    static ConnTrack archived(Archive archive, @Nullable ConnTrack value) {
        ConnTrack table = value == null ? new ConnTrack(0) : value;
        table.archive(archive);
        return table;
    }

    /** Flows in the order in which they are swept, and then in that in which they make room. */
    private void archive(Archive archive) {
        key.archiveSeed(archive);
        int size = archive.count(buckets.length, MAX_BUCKETS);
        flows = archive.count(flows, MAX_FLOWS);
        if (archive.isRestoring()) {
            if (size < FIRST_BUCKETS || Integer.bitCount(size) != 1) {
                throw new ArchiveException("a connection table never has " + size + " buckets");
            }
            buckets = new FlowTuple[size];
            dueNs = new long[size];
        }
        int tuples = 0;
        for (int i = 0; i < size; i++) {
            tuples += archiveBucket(archive, i);
        }
        translated = archive.count(translated, flows);
        unreplied.archive(archive, flows, ConnTrack::archiveKnown);
        unassured.archive(archive, flows, ConnTrack::archiveKnown);
        if (tuples != 2 * flows) {
            throw new ArchiveException("a connection table with " + tuples + " ends of " + flows + " flows");
        }
        swept = archive.count(swept, size - 1);
        confirmed = archive.int64(confirmed);
        expired = archive.int64(expired);
        evicted = archive.int64(evicted);
        refused = archive.int64(refused);
        invalid = archive.int64(invalid);
    }

    /** Gives how many tuples are in it. */
    private int archiveBucket(Archive archive, int bucket) {
        int size = 0;
        for (FlowTuple tuple = buckets[bucket]; tuple != null; tuple = tuple.next) {
            size++;
        }
        int count = archive.count(size, 2 * flows);
        FlowTuple saved = buckets[bucket];
        FlowTuple last = null;
        for (int i = 0; i < count; i++) {
            Flow flow = archiveFlow(archive, saved == null ? null : saved.flow);
            boolean isReply = archive.bool(saved != null && saved.reply);
            if (saved == null) {
                last = append(bucket, last, isReply ? flow.reply : flow.original);
            } else {
                saved = saved.next;
            }
        }
        return count;
    }

    /** Puts a tuple behind the last one of its bucket; each is in one place, so that no walk goes in a circle. */
    private FlowTuple append(int bucket, @Nullable FlowTuple last, FlowTuple tuple) {
        int hash = key.hash(tuple);
        if ((hash & buckets.length - 1) != bucket || tuple == last || tuple.next != null) {
            throw new ArchiveException("a flow of the connection table is in the wrong place");
        }
        tuple.hash = hash;
        if (!tuple.reply) {
            noteDue(tuple);
        }
        if (last == null) {
            buckets[bucket] = tuple;
        } else {
            last.next = tuple;
        }
        return tuple;
    }

    private Flow archiveFlow(Archive archive, @Nullable Flow value) {
        return archive.shared(value, Flow.class, this::archiveNewFlow);
    }

    /** A flow that was in a bucket. */
    static Flow archiveKnown(Archive archive, @Nullable Flow value) {
        return archive.shared(value, Flow.class, (to, unknown) -> {
            throw new ArchiveException("a flow is in a list of the connection table and in no bucket");
        });
    }

    private Flow archiveNewFlow(Archive archive, @Nullable Flow value) {
        key.archive(archive, value == null ? null : value.original);
        long createdNs = archive.int64(value == null ? 0 : value.createdNs);
        if (key.isIcmp() && !key.isIcmpQuery()) {
            throw new ArchiveException("a flow that begins with an ICMP message that asks nothing");
        }
        Flow flow = value == null ? new Flow(key, createdNs) : value;
        flow.archive(archive, key);
        return flow;
    }
}
