package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.IpAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One list of {@code -m recent}: as many addresses as Linux notes, the one not met for longest making room. */
final class RecentList implements Archivable {
    /** ip_list_tot of xt_recent, unless the module is told otherwise. */
    private static final int MAX_ENTRIES = 100;

    /** Times that are kept of an address unless a rule counts more of them. */
    private static final int DEFAULT_TIMES = 32;

    private static final long SECOND = 1_000_000_000L;

    private final IpAddress mask;
    private final Entry[] entries = new Entry[MAX_ENTRIES];
    private int size;
    private int maxTimes;
    /** How often an entry was written: those that were written before are older. */
    private long writes;

    RecentList(IpAddress mask) {
        this.mask = mask;
    }

    /** Takes note of a rule that asks it; before any packet does. */
    void add(RecentMatcher rule) {
        int wanted = rule.hitCount() == 0 ? DEFAULT_TIMES : rule.hitCount();
        // A power of two, as Linux has it: more are counted than the rule needs.
        maxTimes = Math.max(maxTimes, wanted == 1 ? 1 : Integer.highestOneBit(wanted - 1) << 1);
    }

    private static final class Entry {
        long high;
        long low;
        int hops;
        long written;
        int timesCount;
        int next;
        long[] times = new long[DEFAULT_TIMES];

        void note(long nowNs, int most) {
            next %= most;
            if (next == times.length) {
                times = Arrays.copyOf(times, Math.min(most, 2 * times.length));
            }
            times[next++] = nowNs;
            timesCount = Math.max(timesCount, next);
        }

        void archive(Archive archive, int most) {
            high = archive.int64(high);
            low = archive.int64(low);
            hops = archive.int32(hops);
            written = archive.int64(written);
            timesCount = archive.count(timesCount, most);
            next = archive.count(next, timesCount);
            if (archive.isRestoring() && times.length < timesCount) {
                times = new long[timesCount];
            }
            for (int i = 0; i < timesCount; i++) {
                times[i] = archive.int64(times[i]);
            }
        }
    }

    /** Does what a rule says with an address; whether it matches, not negated. */
    boolean ask(RecentMatcher rule, long unmaskedHigh, long unmaskedLow, int hops, long nowNs) {
        long high = unmaskedHigh & mask.high();
        long low = unmaskedLow & mask.low();
        int at = find(high, low, rule.sameTtl() ? hops : 0);
        if (rule.action() == RecentMatcher.Action.SET) {
            note(at < 0 ? room(high, low) : entries[at], hops, nowNs);
            return true;
        }
        if (at < 0) {
            return false;
        }
        if (rule.action() == RecentMatcher.Action.REMOVE) {
            remove(at);
            return true;
        }
        Entry entry = entries[at];
        long sinceNs = nowNs - rule.seconds() * SECOND;
        boolean hit = hits(entry, rule, sinceNs);
        // Linux notes what its rule matches, the negation included.
        boolean updates = rule.action() == RecentMatcher.Action.UPDATE && hit != rule.negated();
        if (rule.reap()) {
            int oldest = oldest();
            if (!(updates && entries[oldest] == entry) && lastBefore(entries[oldest], sinceNs)) {
                remove(oldest);
            }
        }
        if (updates) {
            note(entry, hops, nowNs);
        }
        return hit;
    }

    private static boolean hits(Entry entry, RecentMatcher rule, long sinceNs) {
        int hits = 0;
        for (int i = 0; i < entry.timesCount; i++) {
            if ((rule.seconds() == 0 || entry.times[i] - sinceNs >= 0) && ++hits >= rule.hitCount()) {
                return true;
            }
        }
        return false;
    }

    private static boolean lastBefore(Entry entry, long sinceNs) {
        return entry.times[entry.next - 1] - sinceNs < 0;
    }

    private void note(Entry entry, int hops, long nowNs) {
        entry.note(nowNs, maxTimes);
        entry.hops = hops;
        entry.written = writes++;
    }

    /** The place of an address that was noted with so many hops, 0 for any; -1 if there is none. */
    private int find(long high, long low, int hops) {
        for (int i = 0; i < size; i++) {
            Entry entry = entries[i];
            if (entry.low == low && entry.high == high && (hops == 0 || entry.hops == 0 || entry.hops == hops)) {
                return i;
            }
        }
        return -1;
    }

    private int oldest() {
        int oldest = 0;
        for (int i = 1; i < size; i++) {
            oldest = entries[i].written < entries[oldest].written ? i : oldest;
        }
        return oldest;
    }

    /** An entry for a new address, without times. */
    private Entry room(long high, long low) {
        if (size == MAX_ENTRIES) {
            remove(oldest());
        }
        @Nullable Entry spare = entries[size];
        Entry entry = spare == null ? new Entry() : spare;
        entries[size++] = entry;
        entry.high = high;
        entry.low = low;
        entry.timesCount = 0;
        entry.next = 0;
        return entry;
    }

    /** The entry goes behind those that are there, to be used again. */
    private void remove(int at) {
        Entry gone = entries[at];
        size--;
        entries[at] = entries[size];
        entries[size] = gone;
    }

    @Override
    public void archive(Archive archive) {
        writes = archive.int64(writes);
        size = archive.count(size, MAX_ENTRIES);
        for (int i = 0; i < size; i++) {
            @Nullable Entry known = entries[i];
            Entry entry = known == null ? new Entry() : known;
            entries[i] = entry;
            entry.archive(archive, maxTimes);
        }
    }
}
