package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.ConnMarkMatcher;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m connmark}: what a rule has put on the packet's connection. */
final class ConnMarkSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("mark", 1, true));

    ConnMarkSyntax() {
        super("connmark", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("mark");
        if (use == null) {
            line.error(at, "-m connmark needs --mark");
            return null;
        }
        Numbers.Masked mark = Numbers.masked(use.argument(), 0xffff_ffffL, line);
        return mark == null ? null : new ConnMarkMatcher((int) mark.value(), (int) mark.mask(), use.negated());
    }

    static void print(ConnMarkMatcher matcher, RuleText out) {
        out.match("connmark").option(matcher.negated(), "mark").word(RuleText.hex(matcher.value(), matcher.mask(), -1));
    }
}
