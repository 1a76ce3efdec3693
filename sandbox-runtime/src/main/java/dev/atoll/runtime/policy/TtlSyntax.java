package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.HopsMatcher;
import dev.atoll.stack.filter.HopsMatcher.Comparison;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m ttl} of IPv4 and {@code -m hl} of IPv6: hops that are left. */
final class TtlSyntax extends MatchSyntax {
    private final Family family;

    private TtlSyntax(Family family) {
        super(name(family), options(name(family)));
        this.family = family;
    }

    static TtlSyntax ttl() {
        return new TtlSyntax(Family.IPV4);
    }

    static TtlSyntax hl() {
        return new TtlSyntax(Family.IPV6);
    }

    private static String name(Family family) {
        return family == Family.IPV4 ? "ttl" : "hl";
    }

    private static List<OptionSpec> options(String name) {
        List<OptionSpec> options = new ArrayList<>();
        options.add(OptionSpec.alias(name, name + "-eq", 1, true));
        options.add(OptionSpec.of(name + "-eq", 1, true));
        options.add(OptionSpec.of(name + "-lt", 1, false));
        options.add(OptionSpec.of(name + "-gt", 1, false));
        return options;
    }

    @Override
    Family onlyFamily() {
        return family;
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = only(List.of(name() + "-eq", name() + "-lt", name() + "-gt"), line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(
                        at, "-m " + name() + " needs --" + name() + "-eq, --" + name() + "-lt or --" + name() + "-gt");
            }
            return null;
        }
        int hops = Ports.number(use.argument().text(), 255);
        if (hops < 0) {
            String what = family == Family.IPV4 ? "time to live" : "hop limit";
            line.error(use.argument(), "\"" + use.argument().text() + "\" is no " + what + ", expected 0 to 255");
            return null;
        }
        return new HopsMatcher(comparison(use), hops);
    }

    private Comparison comparison(Use use) {
        if (use.is(name() + "-lt")) {
            return Comparison.LESS;
        } else if (use.is(name() + "-gt")) {
            return Comparison.GREATER;
        }
        return use.negated() ? Comparison.UNEQUAL : Comparison.EQUAL;
    }

    static void print(HopsMatcher matcher, RuleText out) {
        String comparison =
                switch (matcher.comparison()) {
                    case EQUAL, UNEQUAL -> "eq";
                    case LESS -> "lt";
                    case GREATER -> "gt";
                };
        String name = name(out.family());
        out.match(name)
                .option(matcher.comparison() == Comparison.UNEQUAL, name + "-" + comparison)
                .word(matcher.hops());
    }
}
