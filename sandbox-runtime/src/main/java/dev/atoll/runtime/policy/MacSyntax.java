package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.LinkSourceMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m mac}: the link address of the sender. */
final class MacSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("mac-source", 1, true));
    private static final int OCTETS = 6;

    MacSyntax() {
        super("mac", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("mac-source");
        if (use == null) {
            line.error(at, "-m mac needs --mac-source");
            return null;
        }
        long bits = bits(use.argument().text());
        if (bits < 0) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no link address, expected six octets as in"
                            + " 00:11:22:aa:bb:cc");
            return null;
        }
        return new LinkSourceMatcher(new MacAddress(bits), use.negated());
    }

    /** One or two hexadecimal digits an octet; -1 for anything else. */
    private static long bits(String text) {
        String[] octets = text.split(":", -1);
        long bits = octets.length == OCTETS ? 0 : -1;
        for (int i = 0; i < octets.length && bits >= 0; i++) {
            String octet = octets[i];
            long value = octet.isEmpty() || octet.length() > 2 ? -1 : Numbers.parse("0x" + octet, 0xff);
            bits = value < 0 ? -1 : bits << 8 | value;
        }
        return bits;
    }

    static void print(LinkSourceMatcher matcher, RuleText out) {
        out.match("mac").option(matcher.negated(), "mac-source").word(matcher.source());
    }
}
