package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.HopsMatcher;
import dev.atoll.stack.filter.HopsMatcher.Comparison;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m ttl}: hops that are left. */
final class TtlSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.alias("ttl", "ttl-eq", 1, true),
            OptionSpec.of("ttl-eq", 1, true),
            OptionSpec.of("ttl-lt", 1, false),
            OptionSpec.of("ttl-gt", 1, false));

    TtlSyntax() {
        super("ttl", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = only(List.of("ttl-eq", "ttl-lt", "ttl-gt"), line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-m ttl needs --ttl-eq, --ttl-lt or --ttl-gt");
            }
            return null;
        }
        int hops = Ports.number(use.argument().text(), 255);
        if (hops < 0) {
            line.error(use.argument(), "\"" + use.argument().text() + "\" is no time to live, expected 0 to 255");
            return null;
        }
        return new HopsMatcher(comparison(use), hops);
    }

    private static Comparison comparison(Use use) {
        if (use.is("ttl-lt")) {
            return Comparison.LESS;
        } else if (use.is("ttl-gt")) {
            return Comparison.GREATER;
        }
        return use.negated() ? Comparison.UNEQUAL : Comparison.EQUAL;
    }

    static void print(HopsMatcher matcher, RuleText out) {
        String option =
                switch (matcher.comparison()) {
                    case EQUAL, UNEQUAL -> "ttl-eq";
                    case LESS -> "ttl-lt";
                    case GREATER -> "ttl-gt";
                };
        out.match("ttl")
                .option(matcher.comparison() == Comparison.UNEQUAL, option)
                .word(matcher.hops());
    }
}
