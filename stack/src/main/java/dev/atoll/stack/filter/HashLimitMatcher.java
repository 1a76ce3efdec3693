package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m hashlimit}: as many packets or bytes as a rate allows for each address, port, or whatever else {@code --hashlimit-mode}
 * names, as xt_hashlimit of Linux counts them. Rules with the same name and settings share what they count.
 *
 * @param above {@code --hashlimit-above}: matches what is beyond the rate instead of what is within
 */
public record HashLimitMatcher(Settings settings, boolean above) implements StandardMatcher {
    /** What iptables takes at most. */
    public static final int MAX_BURST = 1_000_000;

    /** XT_HASHLIMIT_BURST of Linux. */
    public static final int DEFAULT_BURST = 5;

    /** HASHLIMIT_MAX_SIZE of Linux. */
    public static final int MAX_ENTRIES = 1 << 20;

    /** NAME_MAX of Linux. */
    public static final int MAX_NAME_LENGTH = 255;

    /** The longest time that a burst may stand for, microseconds: Linux counts it in 64 bits, 2^37 in a thousandth of a second. */
    public static final long MAX_BUCKET_US = (1L << 27) * 1000 - 1;

    /** The unit of {@link Settings#cost} in packets: a rate of one a day. */
    public static final long MAX_COST_US = 86_400_000_000L;

    /** A bit of {@link Settings#mode}: entries differ by source address. */
    public static final int SOURCE = 1;

    /** By destination address. */
    public static final int DESTINATION = 2;

    /** By source port. */
    public static final int SOURCE_PORT = 4;

    /** By destination port. */
    public static final int DESTINATION_PORT = 8;

    /**
     * What rules of one name have in common.
     *
     * @param name 1 to {@link #MAX_NAME_LENGTH} characters
     * @param family of the rules; each has tables of its own
     * @param mode bits of what entries differ by; none for one entry
     * @param bytes whether bytes are counted instead of packets
     * @param cost time for one packet in microseconds; of bytes 2^32 by the rate in 16 bytes a second
     * @param burst packets at once, or of bytes how often the rate of a second may be used up beforehand, 0 for never
     * @param buckets {@code --hashlimit-htable-size}, 0 for Linux's choice; only {@link #maxEntries} depends on it
     * @param most {@code --hashlimit-htable-max}, 0 for eight times the buckets
     * @param gcIntervalMs how often entries that have expired are removed
     * @param expireMs how long after its last packet an entry expires
     * @param sourceLength bits of source addresses that count
     * @param destinationLength of destination addresses
     * @param intervalSeconds {@code --hashlimit-rate-interval} with {@code --hashlimit-rate-match}: the rate is that of the last such
     *     time, and nothing is held back; 0 without
     */
    public record Settings(
            String name,
            Family family,
            int mode,
            boolean bytes,
            long cost,
            long burst,
            int buckets,
            int most,
            long gcIntervalMs,
            long expireMs,
            int sourceLength,
            int destinationLength,
            long intervalSeconds) {
        private static final long UNSIGNED_INT = 0xffff_ffffL;
        private static final int DEFAULT_BUCKETS = 8192;

        public Settings {
            Check.argument(
                    !name.isEmpty() && name.length() <= MAX_NAME_LENGTH,
                    "name",
                    name,
                    "1 to " + MAX_NAME_LENGTH + " characters");
            Check.argument(mode >= 0 && mode <= 15, "mode", mode, "bits 0 to 3");
            long mostCost = bytes ? UNSIGNED_INT : MAX_COST_US;
            Check.argument(cost >= 1 && cost <= mostCost, "cost", cost, "1 to " + mostCost);
            Check.argument(burst >= (bytes ? 0 : 1) && burst <= UNSIGNED_INT, "burst", burst, "1 to 4294967295");
            Check.argument(
                    bytes || intervalSeconds > 0 || burst <= maxBurst(cost),
                    "burst",
                    burst,
                    "at most " + maxBurst(cost) + " at that rate");
            Check.argument(buckets >= 0 && buckets <= MAX_ENTRIES, "buckets", buckets, "0 to " + MAX_ENTRIES);
            Check.argument(most >= 0 && most <= MAX_ENTRIES, "most", most, "0 to " + MAX_ENTRIES);
            Check.argument(gcIntervalMs >= 1 && gcIntervalMs <= UNSIGNED_INT, "gcIntervalMs", gcIntervalMs, "from 1");
            Check.argument(expireMs >= 1 && expireMs <= UNSIGNED_INT, "expireMs", expireMs, "from 1");
            int bits = family == Family.IPV4 ? Integer.SIZE : 2 * Long.SIZE;
            Check.argument(sourceLength >= 0 && sourceLength <= bits, "sourceLength", sourceLength, "0 to " + bits);
            Check.argument(
                    destinationLength >= 0 && destinationLength <= bits,
                    "destinationLength",
                    destinationLength,
                    "0 to " + bits);
            Check.argument(
                    intervalSeconds >= 0 && intervalSeconds <= Integer.MAX_VALUE,
                    "intervalSeconds",
                    intervalSeconds,
                    "0 to " + Integer.MAX_VALUE);
        }

        /** How many entries there may be: of a packet that would make another it is not known, so it is dropped. */
        public int maxEntries() {
            int size = buckets == 0 ? DEFAULT_BUCKETS : buckets;
            return most == 0 ? Math.min(8 * size, MAX_ENTRIES) : Math.max(most, size);
        }
    }

    /** How many packets may come at once of which one may come in so many microseconds. */
    public static long maxBurst(long costUs) {
        return Math.max(1, MAX_BUCKET_US / costUs);
    }

    /** As of the first packet: only what {@link #inForce(MemoryTables)} gives counts. */
    @Override
    public Result match(PacketContext context) {
        return Matcher.of(!above);
    }

    @Override
    public Matcher inForce() {
        return inForce(new MemoryTables());
    }

    @Override
    public Matcher inForce(MemoryTables tables) {
        return new Asking(above, tables.hashLimit(this));
    }

    private record Asking(boolean above, HashLimitTable table) implements Matcher {
        @Override
        public Result match(PacketContext context) {
            return switch (table.ask(context)) {
                case NO -> Matcher.of(above);
                case YES -> Matcher.of(!above);
                case HOTDROP -> Result.HOTDROP;
            };
        }
    }

    static HashLimitMatcher archived(Archive archive, @Nullable HashLimitMatcher value) {
        Settings settings = value == null ? null : value.settings();
        String name = archive.repeatedText(settings == null ? "" : settings.name());
        Family family = archive.constant(settings == null ? Family.IPV4 : settings.family());
        int mode = archive.int32(settings == null ? 0 : settings.mode());
        boolean bytes = archive.bool(settings != null && settings.bytes());
        long cost = archive.int64(settings == null ? 0 : settings.cost());
        long burst = archive.int64(settings == null ? 0 : settings.burst());
        int buckets = archive.int32(settings == null ? 0 : settings.buckets());
        int most = archive.int32(settings == null ? 0 : settings.most());
        long gcIntervalMs = archive.int64(settings == null ? 0 : settings.gcIntervalMs());
        long expireMs = archive.int64(settings == null ? 0 : settings.expireMs());
        int sourceLength = archive.int32(settings == null ? 0 : settings.sourceLength());
        int destinationLength = archive.int32(settings == null ? 0 : settings.destinationLength());
        long interval = archive.int64(settings == null ? 0 : settings.intervalSeconds());
        boolean above = archive.bool(value != null && value.above());
        return new HashLimitMatcher(
                new Settings(
                        name,
                        family,
                        mode,
                        bytes,
                        cost,
                        burst,
                        buckets,
                        most,
                        gcIntervalMs,
                        expireMs,
                        sourceLength,
                        destinationLength,
                        interval),
                above);
    }
}
