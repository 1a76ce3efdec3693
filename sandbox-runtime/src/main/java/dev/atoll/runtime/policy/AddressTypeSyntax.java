package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.filter.AddressTypeMatcher;
import dev.atoll.stack.filter.AddressTypeMatcher.Limit;
import dev.atoll.stack.filter.AddressTypeMatcher.Types;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code -m addrtype}: what the addresses of a packet are to the sandbox. */
final class AddressTypeSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("src-type", 1, true),
            OptionSpec.of("dst-type", 1, true),
            OptionSpec.of("limit-iface-in", 0, false),
            OptionSpec.of("limit-iface-out", 0, false));

    /** What Linux's xt_addrtype.c refuses to look for in IPv6. */
    private static final Set<AddressType> OF_IPV4 = EnumSet.of(
            AddressType.BROADCAST,
            AddressType.BLACKHOLE,
            AddressType.PROHIBIT,
            AddressType.THROW,
            AddressType.NAT,
            AddressType.XRESOLVE);

    AddressTypeSyntax() {
        super("addrtype", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use limit = only(List.of("limit-iface-in", "limit-iface-out"), line);
        Use source = used("src-type");
        Use destination = used("dst-type");
        if (source == null && destination == null) {
            line.error(at, "-m addrtype needs --src-type or --dst-type");
            return null;
        }
        Types sources = source == null ? null : types(source, line);
        Types destinations = destination == null ? null : types(destination, line);
        if (line.isBad()) {
            return null;
        }
        Limit to = limit == null ? Limit.NONE : limit.is("limit-iface-in") ? Limit.IN : Limit.OUT;
        return new AddressTypeMatcher(to, sources, destinations);
    }

    private static @Nullable Types types(Use use, Line line) {
        Word word = use.argument();
        int bits = 0;
        int from = 0;
        while (from <= word.text().length()) {
            int comma = word.text().indexOf(',', from);
            int to = comma < 0 ? word.text().length() : comma;
            AddressType type = type(word.part(from, to), line);
            if (type == null) {
                return null;
            }
            if (!line.isIpv4() && OF_IPV4.contains(type)) {
                line.error(word.part(from, to), "no IPv6 address is of type " + type + ", and Linux refuses to look");
                return null;
            }
            bits |= type.bit();
            from = to + 1;
        }
        return new Types(bits, use.negated());
    }

    /** As iptables has it, the first whose name begins so. */
    private static @Nullable AddressType type(Word word, Line line) {
        String wanted = word.text().toUpperCase(Locale.ROOT);
        List<String> names = new ArrayList<>();
        for (AddressType type : AddressType.values()) {
            if (!wanted.isEmpty() && type.name().startsWith(wanted)) {
                return type;
            }
            names.add(type.name());
        }
        line.error(
                word,
                "unknown type of address \"" + word.text() + "\", expected " + String.join(", ", names),
                Suggestion.closest(wanted, names));
        return null;
    }

    static void print(AddressTypeMatcher matcher, RuleText out) {
        out.match("addrtype");
        print("src-type", matcher.source(), out);
        print("dst-type", matcher.destination(), out);
        if (matcher.limit() != Limit.NONE) {
            out.option(false, matcher.limit() == Limit.IN ? "limit-iface-in" : "limit-iface-out");
        }
    }

    private static void print(String option, @Nullable Types types, RuleText out) {
        if (types == null) {
            return;
        }
        List<String> names = new ArrayList<>();
        for (AddressType type : AddressType.values()) {
            if ((types.bits() & type.bit()) != 0) {
                names.add(type.name());
            }
        }
        out.option(types.negated(), option).word(String.join(",", names));
    }
}
