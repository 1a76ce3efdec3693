package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.filter.HashLimitMatcher.Settings;
import dev.atoll.stack.wire.IpProtocol;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * One table of {@code -m hashlimit}: a bucket of credit for each source, destination, port or whatever else is told apart. Entries
 * lie in arrays, by open addressing; those that have expired are gone when a time of Linux's garbage collection has passed.
 */
final class HashLimitTable implements Archivable {
    private static final int FIRST_SLOTS = 64;
    /** Source, destination, ports. */
    private static final int KEY_WORDS = 5;

    /** Credit, last time, time of expiry, and what is left to refill or was over before. */
    private static final int STATE_WORDS = 4;

    private static final int WORDS = KEY_WORDS + STATE_WORDS;
    private static final int CREDIT = KEY_WORDS;
    private static final int LAST = KEY_WORDS + 1;
    private static final int EXPIRY = KEY_WORDS + 2;
    private static final int EXTRA = KEY_WORDS + 3;

    /** 2^64 by the golden ratio (Knuth, volume 3, section 6.4). */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private static final long UNSIGNED_INT = 0xffff_ffffL;
    private static final long US = 1000;
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000_000_000L;

    /** Credits of bytes that come in a second, whatever the rate (CREDITS_PER_JIFFY_BYTES of Linux by its HZ). */
    private static final long BYTE_CREDITS = 4_194_304_000L;

    /** Bytes are counted in pieces of 16 (XT_HASHLIMIT_BYTE_SHIFT). */
    private static final int BYTE_SHIFT = 4;

    private final Settings settings;
    private final boolean rateMatch;
    private final long[] key = new long[KEY_WORDS];
    private long[] words = new long[FIRST_SLOTS * WORDS];
    private boolean[] used = new boolean[FIRST_SLOTS];
    private int size;
    private boolean begun;
    /** When garbage was first collected. */
    private long firstGcNs;

    /** When entries that have expired were last looked for. */
    private long sweptNs;

    HashLimitTable(Settings settings) {
        this.settings = settings;
        rateMatch = settings.intervalSeconds() > 0;
    }

    Settings settings() {
        return settings;
    }

    /** Whether a packet is within the rate; it is too broken if it should have ports and has not, or if there is no room. */
    Matcher.Result ask(PacketContext context) {
        if (!readKey(context)) {
            return Matcher.Result.HOTDROP;
        }
        long nowNs = context.nowNs();
        if (!begun) {
            begun = true;
            firstGcNs = nowNs;
            sweptNs = nowNs;
        }
        int slot = find();
        boolean isNew = !used[slot];
        if (isNew) {
            if (size >= settings.maxEntries()) {
                sweep(nowNs);
            }
            if (size >= settings.maxEntries()) {
                return Matcher.Result.HOTDROP;
            }
            slot = insert();
        }
        int at = slot * WORDS;
        if (isNew || words[at + EXPIRY] - lastGcNs(nowNs) <= 0) {
            begin(at, nowNs);
        } else {
            refill(at, nowNs);
        }
        words[at + EXPIRY] = nowNs + settings.expireMs() * MS;
        return Matcher.of(rateMatch ? isWithinRate(at, context) : takes(at, context));
    }

    /** When garbage was collected last: at times that do not depend on packets, so that nothing has to run then. */
    private long lastGcNs(long nowNs) {
        long intervalNs = settings.gcIntervalMs() * MS;
        return nowNs - (nowNs - firstGcNs) % intervalNs;
    }

    private void begin(int at, long nowNs) {
        words[at + LAST] = nowNs;
        if (rateMatch) {
            words[at + CREDIT] = 0;
            words[at + EXTRA] = 0;
        } else {
            words[at + CREDIT] = settings.bytes() ? BYTE_CREDITS : settings.cost() * US * settings.burst();
            words[at + EXTRA] = settings.bytes() ? settings.burst() : 0;
        }
    }

    private void refill(int at, long nowNs) {
        long passedNs = nowNs - words[at + LAST];
        if (rateMatch) {
            long intervalNs = settings.intervalSeconds() * SECOND;
            if (passedNs >= intervalNs) {
                words[at + LAST] = nowNs;
                // More came than at the rate, over all of the time since.
                boolean above = (double) words[at + CREDIT] * intervalNs > (double) passedNs * rate();
                words[at + EXTRA] = above ? 1 : 0;
                words[at + CREDIT] = 0;
            }
            return;
        }
        words[at + LAST] = nowNs;
        if (settings.bytes()) {
            long more = passedNs >= SECOND ? BYTE_CREDITS : passedNs * (BYTE_CREDITS / US) / MS;
            words[at + CREDIT] = Math.min(words[at + CREDIT] + more, BYTE_CREDITS);
        } else {
            long most = settings.cost() * US * settings.burst();
            words[at + CREDIT] = passedNs >= most ? most : Math.min(words[at + CREDIT] + passedNs, most);
        }
    }

    /** Packets or bytes in the time that rates are measured over. */
    private long rate() {
        return settings.bytes()
                ? (UNSIGNED_INT / settings.cost() - 1) << BYTE_SHIFT
                : TimeUnit.SECONDS.toMicros(1) / settings.cost();
    }

    private boolean isWithinRate(int at, PacketContext context) {
        words[at + CREDIT] += settings.bytes() ? context.lengthBytes() : 1;
        long rate = rate();
        long most = settings.bytes() ? rate * Math.max(1, settings.burst()) : rate + settings.burst();
        return words[at + EXTRA] == 0 && words[at + CREDIT] <= most;
    }

    private boolean takes(int at, PacketContext context) {
        long cost = settings.cost() * US;
        if (settings.bytes()) {
            long each = settings.cost() * BYTE_CREDITS >>> Integer.SIZE;
            long pieces = (context.lengthBytes() >> BYTE_SHIFT) + 1L;
            cost = Math.min(pieces * each, BYTE_CREDITS);
            if (words[at + CREDIT] < cost && words[at + EXTRA] > 0) {
                words[at + EXTRA]--;
                words[at + CREDIT] = BYTE_CREDITS;
            }
        }
        if (words[at + CREDIT] < cost) {
            return false;
        }
        words[at + CREDIT] -= cost;
        return true;
    }

    // --- Keys

    /** What the packet is told apart by; false if it should have ports and has not. */
    private boolean readKey(PacketContext context) {
        Arrays.fill(key, 0);
        PacketBuffer packet = context.packet();
        int shift = settings.family() == Family.IPV4 ? 2 * Long.SIZE - Integer.SIZE : 0;
        if (has(HashLimitMatcher.SOURCE)) {
            int length = settings.sourceLength() + shift;
            key[0] = packet.sourceHigh & IpSet.highMask(length);
            key[1] = packet.sourceLow & IpSet.lowMask(length);
        }
        if (has(HashLimitMatcher.DESTINATION)) {
            int length = settings.destinationLength() + shift;
            key[2] = packet.destinationHigh & IpSet.highMask(length);
            key[3] = packet.destinationLow & IpSet.lowMask(length);
        }
        int offset = portsOffset(packet.transportProtocol);
        if (!(has(HashLimitMatcher.SOURCE_PORT) || has(HashLimitMatcher.DESTINATION_PORT)) || offset < 0) {
            return true;
        }
        if (!context.hasTransportBytes(offset + Integer.BYTES)) {
            return false;
        }
        int ports = packet.data().getInt(packet.transportOffset + offset);
        int mask = (has(HashLimitMatcher.SOURCE_PORT) ? 0xffff_0000 : 0)
                | (has(HashLimitMatcher.DESTINATION_PORT) ? 0xffff : 0);
        key[4] = ports & mask;
        return true;
    }

    private boolean has(int bit) {
        return (settings.mode() & bit) != 0;
    }

    /** Where a protocol's header has ports, or what Linux takes for such; -1 if it has none. */
    private static int portsOffset(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP,
                    IpProtocol.UDP,
                    IpProtocol.DCCP,
                    IpProtocol.ESP,
                    IpProtocol.SCTP,
                    IpProtocol.UDP_LITE -> 0;
            case IpProtocol.AH -> Integer.BYTES;
            default -> -1;
        };
    }

    // --- The table

    /** The slot that has the key, or the empty one where it would be. */
    private int find() {
        long mixed = 0;
        for (long word : key) {
            mixed = (mixed ^ mixed >>> 32) * SPREAD + word;
        }
        mixed *= SPREAD;
        int slot = (int) (mixed ^ mixed >>> 32) & used.length - 1;
        while (used[slot] && !Arrays.equals(words, slot * WORDS, slot * WORDS + KEY_WORDS, key, 0, KEY_WORDS)) {
            slot = slot + 1 & used.length - 1;
        }
        return slot;
    }

    private int insert() {
        if (2 * (size + 1) > used.length) {
            rebuild(2 * used.length, Long.MIN_VALUE, false);
        }
        int slot = find();
        used[slot] = true;
        System.arraycopy(key, 0, words, slot * WORDS, KEY_WORDS);
        size++;
        return slot;
    }

    /** Forgets entries that have expired, once for each time that garbage is collected. */
    private void sweep(long nowNs) {
        long gcNs = lastGcNs(nowNs);
        if (gcNs - sweptNs > 0) {
            sweptNs = gcNs;
            rebuild(used.length, gcNs, true);
        }
    }

    private void rebuild(int slots, long gcNs, boolean collects) {
        long[] wanted = key.clone();
        long[] oldWords = words;
        boolean[] oldUsed = used;
        words = new long[slots * WORDS];
        used = new boolean[slots];
        size = 0;
        for (int old = 0; old < oldUsed.length; old++) {
            if (oldUsed[old] && !(collects && oldWords[old * WORDS + EXPIRY] - gcNs <= 0)) {
                System.arraycopy(oldWords, old * WORDS, key, 0, KEY_WORDS);
                int slot = find();
                used[slot] = true;
                System.arraycopy(oldWords, old * WORDS, words, slot * WORDS, WORDS);
                size++;
            }
        }
        System.arraycopy(wanted, 0, key, 0, KEY_WORDS);
    }

    @Override
    public void archive(Archive archive) {
        begun = archive.bool(begun);
        firstGcNs = archive.int64(firstGcNs);
        sweptNs = archive.int64(sweptNs);
        int count = archive.count(size, settings.maxEntries());
        if (!archive.isRestoring()) {
            for (int slot = 0; slot < used.length; slot++) {
                if (used[slot]) {
                    for (int i = 0; i < WORDS; i++) {
                        long unused = archive.int64(words[slot * WORDS + i]);
                    }
                }
            }
            return;
        }
        size = 0;
        Arrays.fill(used, false);
        long[] entry = new long[WORDS];
        for (int i = 0; i < count; i++) {
            archive.int64s(entry);
            System.arraycopy(entry, 0, key, 0, KEY_WORDS);
            if (used[find()]) {
                throw new ArchiveException("hashlimit " + settings.name() + " has an entry twice");
            }
            System.arraycopy(entry, KEY_WORDS, words, insert() * WORDS + KEY_WORDS, STATE_WORDS);
        }
    }
}
