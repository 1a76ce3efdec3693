package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.TcpMssMatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m tcpmss}: the segment size that is announced. */
final class TcpMssSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("mss", 1, true));
    private static final int MOST = 0xffff;

    TcpMssSyntax() {
        super("tcpmss", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("mss");
        if (use == null) {
            line.error(at, "-m tcpmss needs --mss");
            return null;
        }
        String text = use.argument().text();
        int colon = text.indexOf(':');
        int first = colon == 0 ? 0 : (int) Numbers.parse(colon < 0 ? text : text.substring(0, colon), MOST);
        int last = colon < 0
                ? first
                : colon == text.length() - 1 ? MOST : (int) Numbers.parse(text.substring(colon + 1), MOST);
        if (first < 0 || last < first) {
            line.error(use.argument(), "\"" + text + "\" is no segment size, expected 0 to 65535 or FIRST:LAST");
            return null;
        }
        return new TcpMssMatcher(first, last, use.negated());
    }

    static void print(TcpMssMatcher matcher, RuleText out) {
        out.match("tcpmss").option(matcher.negated(), "mss").word(RuleText.range(matcher.first(), matcher.last()));
    }
}
