package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.EcnMatcher;
import dev.atoll.stack.filter.EcnMatcher.Flag;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m ecn}: the bits of explicit congestion notification. */
final class EcnSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("ecn-tcp-cwr", 0, true),
            OptionSpec.of("ecn-tcp-ece", 0, true),
            OptionSpec.of("ecn-ip-ect", 1, true));

    EcnSyntax() {
        super("ecn", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Flag cwr = flag(used("ecn-tcp-cwr"));
        Flag ece = flag(used("ecn-tcp-ece"));
        Use use = used("ecn-ip-ect");
        if (use == null && cwr == Flag.ANY && ece == Flag.ANY) {
            line.error(at, "-m ecn needs --ecn-tcp-cwr, --ecn-tcp-ece or --ecn-ip-ect");
            return null;
        }
        if (use == null) {
            return new EcnMatcher(cwr, ece, EcnMatcher.ANY_CODEPOINT, false);
        }
        int codepoint = (int) Numbers.parse(use.argument().text(), 3);
        if (codepoint < 0) {
            line.error(use.argument(), "\"" + use.argument().text() + "\" is no ECN codepoint, expected 0 to 3");
            return null;
        }
        return new EcnMatcher(cwr, ece, codepoint, use.negated());
    }

    private static Flag flag(@Nullable Use use) {
        return use == null ? Flag.ANY : use.negated() ? Flag.CLEAR : Flag.SET;
    }

    static void print(EcnMatcher matcher, RuleText out) {
        out.match("ecn");
        print("ecn-tcp-ece", matcher.ece(), out);
        print("ecn-tcp-cwr", matcher.cwr(), out);
        if (matcher.codepoint() != EcnMatcher.ANY_CODEPOINT) {
            out.option(matcher.codepointNegated(), "ecn-ip-ect").word(matcher.codepoint());
        }
    }

    private static void print(String option, Flag flag, RuleText out) {
        if (flag != Flag.ANY) {
            out.option(flag == Flag.CLEAR, option);
        }
    }
}
