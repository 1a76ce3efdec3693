package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.ConnLimitMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m connlimit}: how many connections an address has. */
final class ConnLimitSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("connlimit-upto", 1, true),
            OptionSpec.of("connlimit-above", 1, true),
            OptionSpec.of("connlimit-mask", 1, false),
            OptionSpec.of("connlimit-saddr", 0, false),
            OptionSpec.of("connlimit-daddr", 0, false));

    ConnLimitSyntax() {
        super("connlimit", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use limit = only(List.of("connlimit-upto", "connlimit-above"), line);
        Use side = only(List.of("connlimit-saddr", "connlimit-daddr"), line);
        if (line.isBad()) {
            return null;
        }
        if (limit == null) {
            line.error(at, "-m connlimit needs --connlimit-upto or --connlimit-above");
            return null;
        }
        long count = Numbers.parse(limit.argument().text(), ConnLimitMatcher.MAX_LIMIT);
        if (count < 0) {
            line.error(
                    limit.argument(),
                    "\"" + limit.argument().text() + "\" is no number of connections, expected 0 to "
                            + ConnLimitMatcher.MAX_LIMIT);
        }
        int bits = Masks.all(line.isIpv4()).bitLength();
        Use mask = used("connlimit-mask");
        int length = mask == null ? bits : (int) Numbers.parse(mask.argument().text(), bits);
        if (length < 0 && mask != null) {
            line.error(mask.argument(), "\"" + mask.argument().text() + "\" is no length, expected 0 to " + bits);
        }
        if (line.isBad()) {
            return null;
        }
        boolean above = limit.is("connlimit-above") != limit.negated();
        return new ConnLimitMatcher(
                count, above, length + shift(line.isIpv4()), side != null && side.is("connlimit-daddr"));
    }

    /** Bits that a length has in an IPv6 address more than in one of IPv4. */
    private static int shift(boolean v4) {
        return v4 ? 96 : 0;
    }

    static void print(ConnLimitMatcher matcher, RuleText out) {
        out.match("connlimit")
                .option(false, matcher.above() ? "connlimit-above" : "connlimit-upto")
                .word(matcher.limit());
        out.option(false, "connlimit-mask").word(matcher.prefixLength() - shift(out.family() == Family.IPV4));
        out.option(false, matcher.destination() ? "connlimit-daddr" : "connlimit-saddr");
    }
}
