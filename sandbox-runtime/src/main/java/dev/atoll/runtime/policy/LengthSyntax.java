package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.LengthMatcher;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m length}: bytes of the packet, a number or a range with an end that may be left out. */
final class LengthSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("length", 1, true));
    private static final int MAX = 0xffff;

    LengthSyntax() {
        super("length", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("length");
        if (use == null) {
            line.error(at, "-m length needs --length");
            return null;
        }
        Word word = use.argument();
        String text = word.text();
        int colon = text.indexOf(':');
        int least = colon == 0 ? 0 : Ports.number(colon < 0 ? text : text.substring(0, colon), MAX);
        int most = colon < 0 ? least : colon == text.length() - 1 ? MAX : Ports.number(text.substring(colon + 1), MAX);
        if (least < 0 || most < 0) {
            line.error(word, "\"" + text + "\" is no length, expected BYTES or LEAST:MOST, each 0 to " + MAX);
            return null;
        }
        if (least > most) {
            line.error(word, "the range begins behind its end, expected LEAST:MOST", most + ":" + least);
            return null;
        }
        return new LengthMatcher(least, most, use.negated());
    }

    static void print(LengthMatcher matcher, RuleText out) {
        out.match("length").option(matcher.negated(), "length").word(RuleText.range(matcher.least(), matcher.most()));
    }
}
