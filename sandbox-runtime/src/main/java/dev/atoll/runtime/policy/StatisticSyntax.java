package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NthMatcher;
import dev.atoll.stack.filter.RandomMatcher;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code -m statistic}: some packets by chance, or one of so many. */
final class StatisticSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("mode", 1, false),
            OptionSpec.of("probability", 1, true),
            OptionSpec.of("every", 1, true),
            OptionSpec.of("packet", 1, false));

    private static final Pattern DECIMAL = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

    /** Digits behind the point that iptables-save prints. */
    private static final int PRINTED_DIGITS = 11;

    StatisticSyntax() {
        super("statistic", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use mode = used("mode");
        Use probability = used("probability");
        Use every = used("every");
        Use packet = used("packet");
        String name = mode == null ? "" : mode.argument().text();
        if (name.equals("random") && probability != null && every == null && packet == null) {
            return random(probability, line);
        }
        if (name.equals("nth") && probability == null && every != null && packet != null) {
            return nth(every, packet, line);
        }
        line.error(
                mode == null ? at : mode.argument(),
                "-m statistic needs --mode random with --probability, or --mode nth with --every and --packet");
        return null;
    }

    private static @Nullable Matcher random(Use use, Line line) {
        String text = use.argument().text();
        double probability = DECIMAL.matcher(text).matches() ? Double.parseDouble(text) : -1;
        if (probability < 0 || probability > 1) {
            line.error(use.argument(), "\"" + text + "\" is no probability, expected 0 to 1");
            return null;
        }
        return new RandomMatcher(Math.round(probability * RandomMatcher.CERTAIN), use.negated());
    }

    private static @Nullable Matcher nth(Use use, Use packet, Line line) {
        long every = Numbers.parse(use.argument().text(), NthMatcher.MOST);
        if (every < 1) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no number of packets, expected 1 to " + NthMatcher.MOST);
            return null;
        }
        long number = Numbers.parse(packet.argument().text(), every - 1);
        if (number < 0) {
            line.error(
                    packet.argument(),
                    "\"" + packet.argument().text() + "\" is none of " + every + " packets, expected 0 to "
                            + (every - 1));
            return null;
        }
        return new NthMatcher(every, number, use.negated());
    }

    static void print(RandomMatcher matcher, RuleText out) {
        BigDecimal probability = BigDecimal.valueOf(matcher.probability())
                .divide(BigDecimal.valueOf(RandomMatcher.CERTAIN), PRINTED_DIGITS, RoundingMode.HALF_EVEN);
        out.match("statistic")
                .option(false, "mode")
                .word("random")
                .option(matcher.negated(), "probability")
                .word(probability.toPlainString());
    }

    static void print(NthMatcher matcher, RuleText out) {
        out.match("statistic")
                .option(false, "mode")
                .word("nth")
                .option(matcher.negated(), "every")
                .word(matcher.every())
                .option(false, "packet")
                .word(matcher.packet());
    }
}
