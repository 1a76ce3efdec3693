package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.MultiportMatcher;
import dev.atoll.stack.filter.PortRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m multiport}: a list of ports and ranges, of one side or either. */
final class MultiportSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.alias("source-ports", "sports", 1, true),
            OptionSpec.of("sports", 1, true),
            OptionSpec.alias("destination-ports", "dports", 1, true),
            OptionSpec.of("dports", 1, true),
            OptionSpec.of("ports", 1, true));

    MultiportSyntax() {
        super("multiport", OPTIONS);
    }

    @Override
    boolean fits(int protocol) {
        return MultiportMatcher.hasPorts(protocol);
    }

    @Override
    String protocols() {
        return "tcp, udp, udplite, dccp or sctp";
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = only(List.of("sports", "dports", "ports"), line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-m multiport needs --sports, --dports or --ports");
            }
            return null;
        }
        List<PortRange> ports = ports(use.argument(), line);
        return ports == null ? null : new MultiportMatcher(side(use), ports, use.negated());
    }

    private static MultiportMatcher.Side side(Use use) {
        if (use.is("sports")) {
            return MultiportMatcher.Side.SOURCE;
        }
        return use.is("dports") ? MultiportMatcher.Side.DESTINATION : MultiportMatcher.Side.EITHER;
    }

    private static String option(MultiportMatcher.Side side) {
        return switch (side) {
            case SOURCE -> "sports";
            case DESTINATION -> "dports";
            case EITHER -> "ports";
        };
    }

    private static @Nullable List<PortRange> ports(Word word, Line line) {
        List<PortRange> ports = new ArrayList<>();
        int count = 0;
        int from = 0;
        while (from <= word.text().length()) {
            int comma = word.text().indexOf(',', from);
            int to = comma < 0 ? word.text().length() : comma;
            PortRange range = Ports.closedRange(word.part(from, to), line);
            if (range == null) {
                return null;
            }
            count += range.first() == range.last() ? 1 : 2;
            ports.add(range);
            from = to + 1;
        }
        if (count > MultiportMatcher.MAX_PORTS) {
            line.error(
                    word,
                    "these are " + count + " ports, at most " + MultiportMatcher.MAX_PORTS
                            + " fit a match, a range counting for two; write another rule");
            return null;
        }
        return ports;
    }

    static void print(MultiportMatcher matcher, RuleText out) {
        List<String> ports = new ArrayList<>();
        for (PortRange range : matcher.ports()) {
            ports.add(RuleText.range(range.first(), range.last()));
        }
        out.match("multiport").option(matcher.negated(), option(matcher.side())).word(String.join(",", ports));
    }
}
