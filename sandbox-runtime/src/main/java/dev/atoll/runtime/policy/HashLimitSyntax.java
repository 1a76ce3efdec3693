package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.HashLimitMatcher;
import dev.atoll.stack.filter.HashLimitMatcher.Settings;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m hashlimit}: a rate for each address, port or both. */
final class HashLimitSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("hashlimit-upto", 1, true),
            OptionSpec.of("hashlimit-above", 1, true),
            OptionSpec.alias("hashlimit", "hashlimit-upto", 1, true),
            OptionSpec.of("hashlimit-srcmask", 1, false),
            OptionSpec.of("hashlimit-dstmask", 1, false),
            OptionSpec.of("hashlimit-burst", 1, false),
            OptionSpec.of("hashlimit-htable-size", 1, false),
            OptionSpec.of("hashlimit-htable-max", 1, false),
            OptionSpec.of("hashlimit-htable-expire", 1, false),
            OptionSpec.of("hashlimit-htable-gcinterval", 1, false),
            OptionSpec.of("hashlimit-mode", 1, false),
            OptionSpec.of("hashlimit-name", 1, false),
            OptionSpec.of("hashlimit-rate-match", 0, false),
            OptionSpec.of("hashlimit-rate-interval", 1, false));

    /** In the order in which iptables prints them. */
    private static final List<String> MODES = List.of("srcip", "srcport", "dstip", "dstport");

    private static final int[] MODE_BITS = {
        HashLimitMatcher.SOURCE,
        HashLimitMatcher.SOURCE_PORT,
        HashLimitMatcher.DESTINATION,
        HashLimitMatcher.DESTINATION_PORT
    };

    private static final long UNSIGNED_INT = 0xffff_ffffL;
    private static final long SECOND_US = 1_000_000;
    private static final long DEFAULT_GC_MS = 1000;
    private static final int KIB = 1024;
    /** Bytes are counted in pieces of 16. */
    private static final int BYTE_SHIFT = 4;

    private static final long BYTES_EXPIRE_MS = 15_000;
    private static final long BYTES_BURST_EXPIRE_MS = 60_000;

    /** A unit of time and how it is printed. */
    private record Unit(String name, String printed, long seconds) {}

    private static final List<Unit> UNITS = List.of(
            new Unit("day", "day", 86_400),
            new Unit("hour", "hour", 3_600),
            new Unit("minute", "min", 60),
            new Unit("second", "sec", 1));

    /**
     * A rate.
     *
     * @param cost as {@link Settings#cost}
     * @param seconds the unit of time it was given in
     */
    private record Rate(boolean bytes, long cost, long seconds) {}

    HashLimitSyntax() {
        super("hashlimit", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use limit = only(List.of("hashlimit-upto", "hashlimit-above"), line);
        Use nameUse = used("hashlimit-name");
        if (limit == null || nameUse == null) {
            if (!line.isBad()) {
                line.error(
                        at,
                        limit == null
                                ? "-m hashlimit needs --hashlimit-upto or --hashlimit-above"
                                : "-m hashlimit needs --hashlimit-name");
            }
            return null;
        }
        String name = nameUse.argument().text();
        if (!RecentSyntax.isFileName(name, HashLimitMatcher.MAX_NAME_LENGTH)) {
            line.error(
                    nameUse.argument(),
                    "a table's name has 1 to " + HashLimitMatcher.MAX_NAME_LENGTH
                            + " characters, no blank, quote or / among them, and is not . or ..");
        }
        Rate rate = rate(limit.argument(), line);
        long burst = burst(rate, line);
        int bits = Masks.all(line.isIpv4()).bitLength();
        int mode = mode(line);
        int buckets = (int) number("hashlimit-htable-size", 0, 0, HashLimitMatcher.MAX_ENTRIES, line);
        int most = (int) number("hashlimit-htable-max", 0, 0, HashLimitMatcher.MAX_ENTRIES, line);
        long gcMs = number("hashlimit-htable-gcinterval", DEFAULT_GC_MS, 1, UNSIGNED_INT, line);
        int source = (int) number("hashlimit-srcmask", bits, 0, bits, line);
        int destination = (int) number("hashlimit-dstmask", bits, 0, bits, line);
        long interval = interval(rate, line);
        if (rate == null || line.isBad()) {
            return null;
        }
        boolean burstGiven = used("hashlimit-burst") != null;
        long expires = !rate.bytes() ? rate.seconds() * 1000 : burstGiven ? BYTES_BURST_EXPIRE_MS : BYTES_EXPIRE_MS;
        long expireMs = number("hashlimit-htable-expire", expires, 1, UNSIGNED_INT, line);
        long cost = interval > 0 && !rate.bytes() ? rate.cost() / rate.seconds() : rate.cost();
        if (!rate.bytes() && interval == 0 && burst > HashLimitMatcher.maxBurst(cost)) {
            Use given = used("hashlimit-burst");
            line.error(
                    given == null ? limit.argument() : given.argument(),
                    "a burst of " + burst + " is too large for that rate, at most " + HashLimitMatcher.maxBurst(cost)
                            + " can be counted");
        }
        if (line.isBad()) {
            return null;
        }
        Settings settings = new Settings(
                name,
                line.family(),
                mode,
                rate.bytes(),
                cost,
                burst,
                buckets,
                most,
                gcMs,
                expireMs,
                source,
                destination,
                interval);
        return new HashLimitMatcher(settings, limit.is("hashlimit-above") != limit.negated());
    }

    private long number(String option, long otherwise, long least, long most, Line line) {
        Use use = used(option);
        if (use == null) {
            return otherwise;
        }
        long number = Numbers.parse(use.argument().text(), most);
        if (number < least) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no value of --" + option + ", expected " + least + " to "
                            + most);
        }
        return number;
    }

    private int mode(Line line) {
        Use use = used("hashlimit-mode");
        if (use == null) {
            return 0;
        }
        int mode = 0;
        for (String word : use.argument().text().split("[,|]", -1)) {
            int index = MODES.indexOf(word);
            if (index < 0) {
                line.error(
                        use.argument(),
                        "\"" + word + "\" is no mode, expected " + String.join(", ", MODES) + ", several with commas",
                        Suggestion.closest(word, MODES));
                return 0;
            }
            mode |= MODE_BITS[index];
        }
        return mode;
    }

    /** Seconds over which a rate is measured; 0 if none is. */
    private long interval(@Nullable Rate rate, Line line) {
        Use given = used("hashlimit-rate-interval");
        if (used("hashlimit-rate-match") == null) {
            if (given != null) {
                line.error(given.at(), "--hashlimit-rate-interval needs --hashlimit-rate-match");
            }
            return 0;
        }
        long otherwise = rate == null || rate.bytes() ? 1 : rate.seconds();
        return number("hashlimit-rate-interval", otherwise, 1, Integer.MAX_VALUE, line);
    }

    private static @Nullable Rate rate(Word word, Line line) {
        String text = word.text();
        int slash = text.indexOf('/');
        if (text.endsWith("b/s")) {
            return byteRate(word, line);
        }
        long packets = Ports.number(slash < 0 ? text : text.substring(0, slash), Integer.MAX_VALUE);
        long seconds = slash < 0 ? 1 : unit(text.substring(slash + 1));
        if (packets < 1 || seconds == 0) {
            line.error(
                    word,
                    "\"" + text + "\" is no rate, expected PACKETS/second, /minute, /hour or /day, or BYTESb/s, kb/s,"
                            + " mb/s");
            return null;
        }
        long cost = seconds * SECOND_US / packets;
        if (cost == 0) {
            line.error(word, "the rate \"" + text + "\" is too fast, at most 1000000 packets a second can be limited");
            return null;
        }
        return new Rate(false, cost, seconds);
    }

    /** 0 for none. */
    private static long unit(String text) {
        for (Unit unit : UNITS) {
            if (!text.isEmpty() && unit.name().startsWith(text.toLowerCase(Locale.ROOT))) {
                return unit.seconds();
            }
        }
        return 0;
    }

    private static @Nullable Rate byteRate(Word word, Line line) {
        String text = word.text().substring(0, word.text().length() - "b/s".length());
        long bytes = scaled(text);
        if (bytes < 1 << BYTE_SHIFT || bytes >> BYTE_SHIFT >= UNSIGNED_INT) {
            line.error(
                    word,
                    "\"" + word.text() + "\" is no rate that can be counted, expected 16b/s to "
                            + (UNSIGNED_INT << BYTE_SHIFT) / KIB / KIB + "mb/s");
            return null;
        }
        return new Rate(true, UNSIGNED_INT / ((bytes >> BYTE_SHIFT) + 1), 1);
    }

    /** A number with k or m behind it, or neither; -1 for none. */
    private static long scaled(String text) {
        int factor = text.endsWith("k") ? KIB : text.endsWith("m") ? KIB * KIB : 1;
        int number = Ports.number(factor == 1 ? text : text.substring(0, text.length() - 1), Integer.MAX_VALUE);
        return number < 0 ? -1 : (long) number * factor;
    }

    /** As {@link Settings#burst}. */
    private long burst(@Nullable Rate rate, Line line) {
        Use use = used("hashlimit-burst");
        boolean bytes = rate != null && rate.bytes();
        if (use == null) {
            return bytes ? 0 : HashLimitMatcher.DEFAULT_BURST;
        }
        String text = use.argument().text();
        String digits = bytes && text.endsWith("b") ? text.substring(0, text.length() - 1) : text;
        long burst = scaled(digits);
        boolean plain = burst == Ports.number(digits, Integer.MAX_VALUE);
        if (burst < 1 || ((plain || !bytes) && burst > HashLimitMatcher.MAX_BURST)) {
            line.error(
                    use.argument(),
                    "\"" + text + "\" is no burst, expected 1 to " + HashLimitMatcher.MAX_BURST
                            + (bytes ? ", or a number with kb or mb" : ""));
            return 0;
        }
        if (rate == null || !rate.bytes()) {
            return burst;
        }
        long each = bytes(rate.cost());
        if (burst < each) {
            line.error(use.argument(), "the burst is below what comes in a second, at least " + each + "b");
        }
        return (burst + each - 1) / each;
    }

    /** The rate that a cost stands for. */
    private static long bytes(long cost) {
        return (UNSIGNED_INT / cost - 1) << BYTE_SHIFT;
    }

    private static long cost(long bytes) {
        return UNSIGNED_INT / ((bytes >> BYTE_SHIFT) + 1);
    }

    static void print(HashLimitMatcher matcher, RuleText out) {
        Settings settings = matcher.settings();
        out.match("hashlimit").option(false, matcher.above() ? "hashlimit-above" : "hashlimit-upto");
        long expireMs = settings.bytes() ? printBytes(settings, out) : printRate(settings, out);
        List<String> modes = new ArrayList<>();
        for (int i = 0; i < MODES.size(); i++) {
            if ((settings.mode() & MODE_BITS[i]) != 0) {
                modes.add(MODES.get(i));
            }
        }
        if (!modes.isEmpty()) {
            out.option(false, "hashlimit-mode").word(String.join(",", modes));
        }
        out.option(false, "hashlimit-name").word(settings.name());
        print("htable-size", settings.buckets(), 0, out);
        print("htable-max", settings.most(), 0, out);
        print("htable-gcinterval", settings.gcIntervalMs(), DEFAULT_GC_MS, out);
        print("htable-expire", settings.expireMs(), expireMs, out);
        int bits = settings.family() == Family.IPV4 ? 32 : 128;
        print("srcmask", settings.sourceLength(), bits, out);
        print("dstmask", settings.destinationLength(), bits, out);
        if (settings.intervalSeconds() > 0) {
            out.option(false, "hashlimit-rate-match");
            print("rate-interval", settings.intervalSeconds(), 1, out);
        }
    }

    private static void print(String option, long value, long otherwise, RuleText out) {
        if (value != otherwise) {
            out.option(false, "hashlimit-" + option).word(value);
        }
    }

    /** Prints a rate of packets and gives the time of expiry that goes with it. */
    private static long printRate(Settings settings, RuleText out) {
        Unit best = UNITS.get(0);
        for (Unit unit : UNITS.subList(1, UNITS.size())) {
            // As iptables does: the smallest unit that shows the rate about as well.
            long each = settings.cost();
            long period = unit.seconds() * SECOND_US;
            if (each > period || period / each < period % each) {
                break;
            }
            best = unit;
        }
        out.word(best.seconds() * SECOND_US / settings.cost() + "/" + best.printed());
        out.option(false, "hashlimit-burst").word(settings.burst());
        return best.seconds() * 1000;
    }

    private static long printBytes(Settings settings, RuleText out) {
        long rate = bytes(settings.cost());
        long unit = 1;
        for (long larger : new long[] {KIB, KIB * KIB}) {
            if (rate >= larger && cost(rate & -larger) == settings.cost()) {
                unit = larger;
            }
        }
        out.word(rate / unit + suffix(unit) + "b/s");
        if (settings.burst() == 0) {
            return BYTES_EXPIRE_MS;
        }
        long burst = rate * settings.burst();
        long burstUnit = burst >= KIB * KIB ? KIB * KIB : burst >= KIB ? KIB : 1;
        out.option(false, "hashlimit-burst").word(burst / burstUnit + suffix(burstUnit) + "b");
        return BYTES_BURST_EXPIRE_MS;
    }

    private static String suffix(long unit) {
        return unit == 1 ? "" : unit == KIB ? "k" : "m";
    }
}
