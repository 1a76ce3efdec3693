package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Timer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments together again, for one family (RFC 791 section 3.2, RFC 8200 section 4.5). What differs between the
 * families is the {@link Format}'s.
 *
 * <p>Fragments that overlap end their datagram, for IPv4 as RFC 5722 asks for IPv6 and as Linux does for both; one that
 * was there before is passed over. At most {@link #HIGH_BYTES} of memory wait; beyond, the oldest datagrams go until
 * {@link #LOW_BYTES} are left. A datagram has at most {@link #MAX_FRAGMENTS} fragments and so long to arrive.
 */
final class Reassembly implements Timer.Action {
    /** Linux's ipfrag_high_thresh and ipfrag_low_thresh, bytes of packet memory. */
    static final int HIGH_BYTES = 4 << 20;

    static final int LOW_BYTES = 3 << 20;

    /** Fragments of one datagram: 64 KiB of no less than 128 bytes. */
    static final int MAX_FRAGMENTS = 512;

    /** Datagrams that can wait at once: each has a fragment at least. */
    private static final int MAX_DATAGRAMS = HIGH_BYTES / BufferPool.HEADROOM;

    /** What a fragment is a part of. */
    record Key(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, long id) {}

    /** What a family's fragments look like. */
    interface Format {
        /** What the fragment belongs to. */
        Key key(PacketBuffer fragment);

        /** Where its data begins, absolute. */
        int dataAt(PacketBuffer fragment);

        /** Where in the datagram its data belongs, bytes. */
        int offset(PacketBuffer fragment);

        /** Whether there is more behind it. */
        boolean hasMore(PacketBuffer fragment);

        /** Bytes of the largest datagram, its header included. */
        int maxBytes();

        /** Bytes of the header that the whole datagram begins with, in its first fragment. */
        int headerBytes(PacketBuffer first);

        /** Mends the header at {@code start()} of a datagram that is whole again. */
        void finish(PacketBuffer whole, PacketBuffer first);

        /** Tells the sender that the rest did not come in time; looks at the first fragment, does not take it. */
        void timeExceeded(PacketBuffer first);
    }

    private static final class Datagram {
        final Key key;
        final long expiresNs;
        /** Fragments by offset, linked by their {@code next}. */
        @Nullable PacketBuffer head;

        int count;
        int receivedBytes;
        /** Bytes of the largest fragment with its headers. */
        int largestBytes;
        /** Bytes of the whole, once its last fragment came, or -1. */
        int totalBytes = -1;

        Datagram(Key key, long expiresNs) {
            this.key = key;
            this.expiresNs = expiresNs;
        }
    }

    private final Cycle cycle;
    private final Counters counters;
    private final BufferPool pool;
    private final Format format;
    private final long timeoutNs;
    // Insertion-ordered, which is by expiry: all wait equally long.
    private final Map<Key, Datagram> datagrams = new LinkedHashMap<>();
    private final Timer timer;
    private int memoryBytes;

    Reassembly(Cycle cycle, Counters counters, BufferPool pool, Format format, long timeoutNs) {
        this.cycle = cycle;
        this.counters = counters;
        this.pool = pool;
        this.format = format;
        this.timeoutNs = timeoutNs;
        timer = cycle.newTimer(this);
    }

    /** Takes a fragment, its header at {@code start()}; gives the datagram if this made it whole. */
    @Nullable PacketBuffer add(PacketBuffer fragment) {
        Key key = format.key(fragment);
        Datagram datagram = datagrams.get(key);
        if (datagram == null) {
            datagram = new Datagram(key, cycle.nowNs() + timeoutNs);
            datagrams.put(key, datagram);
            if (!timer.isArmed()) {
                timer.arm(datagram.expiresNs);
            }
        }
        memoryBytes += fragment.trueSize();
        if (!insert(datagram, fragment)) {
            return null;
        }
        if (datagram.receivedBytes == datagram.totalBytes) {
            return assemble(datagram);
        }
        while (memoryBytes > HIGH_BYTES) {
            shrink();
        }
        return null;
    }

    /** Puts a fragment in its place; false if it was not taken or ended its datagram. */
    private boolean insert(Datagram datagram, PacketBuffer fragment) {
        int from = format.offset(fragment);
        int to = from + fragment.end() - format.dataAt(fragment);
        boolean last = !format.hasMore(fragment);
        PacketBuffer before = null;
        PacketBuffer after = datagram.head;
        while (after != null && format.offset(after) < from) {
            before = after;
            after = after.next;
        }
        if (after != null && format.offset(after) == from && endOf(after) == to) {
            release(fragment);
            counters.fragmentsRepeated++;
            return false;
        }
        boolean overlaps = (before != null && endOf(before) > from) || (after != null && to > format.offset(after));
        boolean endsBadly = last
                ? (datagram.totalBytes >= 0 && datagram.totalBytes != to) || after != null
                : datagram.totalBytes >= 0 && to > datagram.totalBytes;
        if (overlaps || endsBadly || to == from || datagram.count == MAX_FRAGMENTS) {
            counters.drop(DropReason.IP_FRAGMENT_OVERLAP);
            release(fragment);
            discard(datagram);
            return false;
        }
        fragment.next = after;
        if (before == null) {
            datagram.head = fragment;
        } else {
            before.next = fragment;
        }
        datagram.count++;
        datagram.largestBytes = Math.max(datagram.largestBytes, fragment.length());
        datagram.receivedBytes += to - from;
        if (last) {
            datagram.totalBytes = to;
        }
        return true;
    }

    private int endOf(PacketBuffer fragment) {
        return format.offset(fragment) + fragment.end() - format.dataAt(fragment);
    }

    private @Nullable PacketBuffer assemble(Datagram datagram) {
        PacketBuffer first = Objects.requireNonNull(datagram.head);
        int headerBytes = format.headerBytes(first);
        if (headerBytes + datagram.totalBytes > format.maxBytes()) {
            counters.drop(DropReason.IP_HEADER_MALFORMED);
            discard(datagram);
            return null;
        }
        PacketBuffer whole = pool.allocate(headerBytes + datagram.totalBytes);
        int at = whole.append(headerBytes + datagram.totalBytes);
        whole.data().put(at, first.data(), first.start(), headerBytes);
        for (PacketBuffer part = first; part != null; part = part.next) {
            int dataAt = format.dataAt(part);
            whole.data().put(at + headerBytes + format.offset(part), part.data(), dataAt, part.end() - dataAt);
        }
        whole.arrivalNs = first.arrivalNs;
        whole.linkSource = first.linkSource;
        whole.type = first.type;
        whole.nicId = first.nicId;
        whole.linkId = first.linkId;
        whole.looped = first.looped;
        whole.reassembled = true;
        whole.largestFragmentBytes = datagram.largestBytes;
        format.finish(whole, first);
        counters.ipReassembled++;
        discard(datagram);
        return whole;
    }

    private void release(PacketBuffer fragment) {
        memoryBytes -= fragment.trueSize();
        fragment.release();
    }

    private void discard(Datagram datagram) {
        datagrams.remove(datagram.key);
        PacketBuffer part = datagram.head;
        while (part != null) {
            PacketBuffer next = part.next;
            release(part);
            part = next;
        }
        datagram.head = null;
    }

    /** Too much waits: the oldest datagrams go. */
    private void shrink() {
        Iterator<Datagram> oldest = datagrams.values().iterator();
        while (memoryBytes > LOW_BYTES && oldest.hasNext()) {
            Datagram datagram = oldest.next();
            oldest.remove();
            counters.drop(DropReason.IP_REASSEMBLY_FULL);
            discard(datagram);
        }
    }

    /** The oldest datagram has waited long enough. */
    @Override
    public void fire() {
        while (!datagrams.isEmpty()) {
            Datagram oldest = datagrams.values().iterator().next();
            if (oldest.expiresNs - cycle.nowNs() > 0) {
                timer.arm(oldest.expiresNs);
                return;
            }
            counters.drop(DropReason.IP_REASSEMBLY_TIMEOUT);
            PacketBuffer first = oldest.head;
            if (first != null && format.offset(first) == 0) {
                format.timeExceeded(first);
            }
            discard(oldest);
        }
    }

    /** Drops everything: the stack closes. */
    void clear() {
        timer.dispose();
        while (!datagrams.isEmpty()) {
            discard(datagrams.values().iterator().next());
        }
    }

    void archive(Archive archive) {
        if (archive.isRestoring()) {
            clear();
        }
        List<Datagram> waiting = new ArrayList<>(datagrams.values());
        archive.list(waiting, MAX_DATAGRAMS, this::archiveDatagram);
        if (archive.isRestoring()) {
            for (Datagram datagram : waiting) {
                datagrams.put(datagram.key, datagram);
                for (PacketBuffer part = datagram.head; part != null; part = part.next) {
                    memoryBytes += part.trueSize();
                }
            }
        }
        timer.archive(archive);
    }

    private Datagram archiveDatagram(Archive archive, @Nullable Datagram value) {
        Key key = archiveKey(archive, value == null ? null : value.key);
        long expiresNs = archive.int64(value == null ? 0 : value.expiresNs);
        Datagram datagram = value == null ? new Datagram(key, expiresNs) : value;
        datagram.count = archive.count(datagram.count, MAX_FRAGMENTS);
        datagram.receivedBytes = archive.int32(datagram.receivedBytes);
        datagram.largestBytes = archive.int32(datagram.largestBytes);
        datagram.totalBytes = archive.int32(datagram.totalBytes);
        datagram.head = pool.archiveChain(archive, datagram.head);
        return datagram;
    }

    private static Key archiveKey(Archive archive, @Nullable Key value) {
        Key saved = value == null ? new Key(0, 0, 0, 0, 0) : value;
        return new Key(
                archive.int64(saved.sourceHigh),
                archive.int64(saved.sourceLow),
                archive.int64(saved.destinationHigh),
                archive.int64(saved.destinationLow),
                archive.int64(saved.id));
    }
}
