package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.LimitMatcher;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m limit}: packets a second, minute, hour or day, and so many at once. */
final class LimitSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS =
            List.of(OptionSpec.of("limit", 1, false), OptionSpec.of("limit-burst", 1, false));

    /** Ten-thousandths of a second, the unit of Linux. */
    private static final long SECOND = 10_000;

    /** A unit of time and how it is printed. */
    private record Unit(String name, String printed, long period) {}

    private static final List<Unit> UNITS = List.of(
            new Unit("day", "day", 86_400 * SECOND),
            new Unit("hour", "hour", 3_600 * SECOND),
            new Unit("minute", "min", 60 * SECOND),
            new Unit("second", "sec", SECOND));

    LimitSyntax() {
        super("limit", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use limit = used("limit");
        long period = limit == null ? LimitMatcher.DEFAULT_PERIOD : period(limit.argument(), line);
        Use burst = used("limit-burst");
        int packets = burst == null
                ? LimitMatcher.DEFAULT_BURST
                : Ports.number(burst.argument().text(), LimitMatcher.MAX_BURST);
        if (packets < 1 && burst != null) {
            line.error(
                    burst.argument(),
                    "\"" + burst.argument().text() + "\" is no burst, expected 1 to " + LimitMatcher.MAX_BURST);
        }
        if (line.isBad()) {
            return null;
        }
        int most = LimitMatcher.maxBurst(period);
        if (packets > most) {
            line.error(
                    burst == null ? at : burst.argument(),
                    "a burst of " + packets + " is too large for that rate, at most " + most + " can be counted");
            return null;
        }
        return new LimitMatcher(period, packets);
    }

    private static long period(Word word, Line line) {
        String text = word.text();
        int slash = text.indexOf('/');
        int packets = Ports.number(slash < 0 ? text : text.substring(0, slash), Integer.MAX_VALUE);
        long unit = slash < 0 ? SECOND : unit(text.substring(slash + 1));
        if (packets < 1 || unit == 0) {
            line.error(word, "\"" + text + "\" is no rate, expected PACKETS/second, /minute, /hour or /day");
            return 0;
        }
        if (unit < packets) {
            line.error(word, "the rate \"" + text + "\" is too fast, at most 10000 a second can be limited");
            return 0;
        }
        return unit / packets;
    }

    /** 0 for none. */
    private static long unit(String text) {
        for (Unit unit : UNITS) {
            if (!text.isEmpty() && unit.name().startsWith(text.toLowerCase(Locale.ROOT))) {
                return unit.period();
            }
        }
        return 0;
    }

    static void print(LimitMatcher matcher, RuleText out) {
        Unit best = UNITS.get(0);
        for (Unit unit : UNITS.subList(1, UNITS.size())) {
            // As iptables does: the smallest unit that shows the rate about as well.
            long each = matcher.period();
            if (each > unit.period() || unit.period() / each < unit.period() % each) {
                break;
            }
            best = unit;
        }
        out.match("limit").option(false, "limit").word(best.period() / matcher.period() + "/" + best.printed());
        if (matcher.burst() != LimitMatcher.DEFAULT_BURST) {
            out.option(false, "limit-burst").word(matcher.burst());
        }
    }
}
