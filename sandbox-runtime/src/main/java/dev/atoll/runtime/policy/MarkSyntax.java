package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m mark}: what an endpoint or a rule has put on the packet. */
final class MarkSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("mark", 1, true));

    MarkSyntax() {
        super("mark", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("mark");
        if (use == null) {
            line.error(at, "-m mark needs --mark");
            return null;
        }
        Numbers.Masked mark = Numbers.masked(use.argument(), 0xffff_ffffL, line);
        return mark == null ? null : new MarkMatcher((int) mark.value(), (int) mark.mask(), use.negated());
    }

    static void print(MarkMatcher matcher, RuleText out) {
        out.match("mark").option(matcher.negated(), "mark").word(RuleText.hex(matcher.value(), matcher.mask(), -1));
    }
}
