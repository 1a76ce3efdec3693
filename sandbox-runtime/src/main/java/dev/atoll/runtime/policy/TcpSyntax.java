package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.TcpMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m tcp}: ports, {@code --tcp-flags}, {@code --syn}, {@code --tcp-option}. */
final class TcpSyntax extends MatchSyntax {
    /** Flags by name, each at the index of its bit, which is also the order in which they are printed. */
    static final List<String> FLAG_NAMES = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");

    private static final int ALL_FLAGS = 0x3f;

    static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.alias("source-port", "sport", 1, true),
            OptionSpec.of("sport", 1, true),
            OptionSpec.alias("destination-port", "dport", 1, true),
            OptionSpec.of("dport", 1, true),
            OptionSpec.of("syn", 0, true),
            OptionSpec.of("tcp-flags", 2, true),
            OptionSpec.of("tcp-option", 1, true));

    private static final int MAX_OPTION = 255;

    TcpSyntax() {
        super("tcp", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        PortRange source = Ports.range(used("sport"), line);
        PortRange destination = Ports.range(used("dport"), line);
        Use syn = used("syn");
        Use flags = used("tcp-flags");
        if (syn != null && flags != null) {
            line.error(flags.at(), "only one of --syn and --tcp-flags can be there");
            return null;
        }
        int mask = 0;
        int set = 0;
        boolean negated = false;
        if (syn != null) {
            mask = TcpMatcher.SYN_MASK;
            set = TcpMatcher.SYN_SET;
            negated = syn.negated();
        } else if (flags != null) {
            mask = flags(flags.arguments().get(0), line);
            set = flags(flags.arguments().get(1), line);
            negated = flags.negated();
        }
        Use option = used("tcp-option");
        int kind = option == null ? TcpMatcher.ANY_OPTION : kind(option.argument(), line);
        if (source == null || destination == null || kind < 0) {
            return null;
        }
        boolean without = option != null && option.negated();
        return new TcpMatcher(source, destination, mask, set, negated, kind, without);
    }

    /** -1 for none, which was reported. */
    private static int kind(Word word, Line line) {
        int kind = (int) Numbers.parse(word.text(), MAX_OPTION);
        if (kind > 0) {
            return kind;
        }
        line.error(word, "\"" + word.text() + "\" is no kind of TCP option, expected 1 to " + MAX_OPTION);
        return -1;
    }

    private static int flags(Word word, Line line) {
        int bits = 0;
        int from = 0;
        while (from <= word.text().length()) {
            int comma = word.text().indexOf(',', from);
            int to = comma < 0 ? word.text().length() : comma;
            String name = word.text().substring(from, to).toUpperCase(Locale.ROOT);
            int index = FLAG_NAMES.indexOf(name);
            if (index >= 0) {
                bits |= 1 << index;
            } else if (name.equals("ALL")) {
                bits = ALL_FLAGS;
            } else if (!name.equals("NONE")) {
                line.error(
                        word.part(from, to),
                        "unknown TCP flag \"" + word.text().substring(from, to)
                                + "\", expected FIN, SYN, RST, PSH, ACK, URG, ALL or NONE",
                        Suggestion.closest(name, FLAG_NAMES));
            }
            from = to + 1;
        }
        return bits;
    }

    static void print(TcpMatcher matcher, RuleText out) {
        out.match("tcp").ports("sport", matcher.source()).ports("dport", matcher.destination());
        if (matcher.option() != TcpMatcher.ANY_OPTION) {
            out.option(matcher.optionNegated(), "tcp-option").word(matcher.option());
        }
        if (matcher.flagsMask() != 0 || matcher.flagsNegated()) {
            out.option(matcher.flagsNegated(), "tcp-flags")
                    .word(names(matcher.flagsMask()))
                    .word(names(matcher.flagsSet()));
        }
    }

    private static String names(int bits) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < FLAG_NAMES.size(); i++) {
            if ((bits & 1 << i) != 0) {
                names.add(FLAG_NAMES.get(i));
            }
        }
        return names.isEmpty() ? "NONE" : String.join(",", names);
    }
}
