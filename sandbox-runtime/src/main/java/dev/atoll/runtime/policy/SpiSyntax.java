package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.SpiMatcher;
import dev.atoll.stack.filter.SpiMatcher.Header;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m esp} and {@code -m ah}: the security parameters index. */
final class SpiSyntax extends MatchSyntax {
    private final Header header;

    private SpiSyntax(Header header) {
        super(name(header), List.of(OptionSpec.of(option(header), 1, true)));
        this.header = header;
    }

    static SpiSyntax esp() {
        return new SpiSyntax(Header.ESP);
    }

    static SpiSyntax ah() {
        return new SpiSyntax(Header.AH);
    }

    private static String name(Header header) {
        return header.name().toLowerCase(Locale.ROOT);
    }

    private static String option(Header header) {
        return name(header) + "spi";
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used(option(header));
        if (use == null) {
            return new SpiMatcher(header, 0, SpiMatcher.MOST, false);
        }
        String text = use.argument().text();
        long most = SpiMatcher.MOST;
        int colon = text.indexOf(':');
        long first = colon == 0 ? 0 : Numbers.parse(colon < 0 ? text : text.substring(0, colon), most);
        long last =
                colon < 0 ? first : colon == text.length() - 1 ? most : Numbers.parse(text.substring(colon + 1), most);
        if (first < 0 || last < first) {
            line.error(use.argument(), "\"" + text + "\" is no index, expected 0 to " + most + " or FIRST:LAST");
            return null;
        }
        if (use.negated() && first == 0 && last == most) {
            line.error(use.argument(), "! before every index never matches");
            return null;
        }
        return new SpiMatcher(header, first, last, use.negated());
    }

    static void print(SpiMatcher matcher, RuleText out) {
        out.match(name(matcher.header()));
        if (matcher.first() != 0 || matcher.last() != SpiMatcher.MOST) {
            out.option(matcher.negated(), option(matcher.header()))
                    .word(matcher.first() == matcher.last() ? matcher.first() : matcher.first() + ":" + matcher.last());
        }
    }
}
