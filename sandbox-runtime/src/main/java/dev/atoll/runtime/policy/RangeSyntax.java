package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressRangeMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m iprange}: addresses from one to another. */
final class RangeSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS =
            List.of(OptionSpec.of("src-range", 1, true), OptionSpec.of("dst-range", 1, true));

    RangeSyntax() {
        super("iprange", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use source = used("src-range");
        Use destination = used("dst-range");
        if (source == null && destination == null) {
            line.error(at, "-m iprange needs --src-range or --dst-range");
            return null;
        }
        AddressRangeMatcher.Range from = source == null ? null : range(source, line);
        AddressRangeMatcher.Range to = destination == null ? null : range(destination, line);
        return line.isBad() ? null : new AddressRangeMatcher(from, to);
    }

    private static AddressRangeMatcher.@Nullable Range range(Use use, Line line) {
        Word word = use.argument();
        int dash = word.text().indexOf('-');
        IpAddress first = Addresses.address(dash < 0 ? word : word.part(0, dash), line);
        IpAddress last = dash < 0
                ? first
                : Addresses.address(word.part(dash + 1, word.text().length()), line);
        if (first == null || last == null) {
            return null;
        }
        if (first.compareTo(last) > 0) {
            line.error(word, "the range begins behind its end, expected FIRST-LAST", last + "-" + first);
            return null;
        }
        return new AddressRangeMatcher.Range(first, last, use.negated());
    }

    static void print(AddressRangeMatcher matcher, RuleText out) {
        out.match("iprange");
        AddressRangeMatcher.Range source = matcher.source();
        if (source != null) {
            out.option(source.negated(), "src-range")
                    .word(Addresses.text(source.first()) + "-" + Addresses.text(source.last()));
        }
        AddressRangeMatcher.Range destination = matcher.destination();
        if (destination != null) {
            out.option(destination.negated(), "dst-range")
                    .word(Addresses.text(destination.first()) + "-" + Addresses.text(destination.last()));
        }
    }
}
