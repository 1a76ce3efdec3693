package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j SNAT}, {@code DNAT}, {@code MASQUERADE} and {@code REDIRECT}: what a flow is translated to. */
final class NatSyntax extends TargetSyntax {
    /** What differs between the four. */
    private enum Kind {
        SNAT("to-source", true, true),
        DNAT("to-destination", false, true),
        MASQUERADE("to-ports", true, false),
        REDIRECT("to-ports", false, false);

        final String option;
        /** Whether it is the source that is translated, whose port may be drawn by --random-fully, too. */
        final boolean source;
        /** Whether the option has an address, and is needed. */
        final boolean address;

        Kind(String option, boolean source, boolean address) {
            this.option = option;
            this.source = source;
            this.address = address;
        }

        List<OptionSpec> options() {
            List<OptionSpec> options = new ArrayList<>();
            options.add(OptionSpec.of(option, 1, false));
            options.add(OptionSpec.of("random", 0, false));
            if (source) {
                options.add(OptionSpec.of("random-fully", 0, false));
            }
            if (address) {
                options.add(OptionSpec.of("persistent", 0, false));
            }
            return options;
        }
    }

    private static final int MAX_PORT = 0xffff;

    private final Kind kind;

    private NatSyntax(Kind kind) {
        super(kind.name(), kind.options());
        this.kind = kind;
    }

    static NatSyntax snat() {
        return new NatSyntax(Kind.SNAT);
    }

    static NatSyntax dnat() {
        return new NatSyntax(Kind.DNAT);
    }

    static NatSyntax masquerade() {
        return new NatSyntax(Kind.MASQUERADE);
    }

    static NatSyntax redirect() {
        return new NatSyntax(Kind.REDIRECT);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        Use to = used(kind.option);
        if (to == null && kind.address) {
            line.error(at, "-j " + name() + " needs --" + kind.option);
            return null;
        }
        NatRange read = to == null ? NatRange.ANY : range(to.argument(), line);
        if (read == null) {
            return null;
        }
        NatRange range = new NatRange(
                read.firstAddress(),
                read.lastAddress(),
                read.firstPort(),
                read.lastPort(),
                read.basePort(),
                used("random") != null,
                used("random-fully") != null,
                used("persistent") != null);
        return switch (kind) {
            case SNAT -> new NatTarget.Snat(range);
            case DNAT -> new NatTarget.Dnat(range);
            case MASQUERADE -> new NatTarget.Masquerade(range);
            case REDIRECT -> new NatTarget.Redirect(range);
        };
    }

    /**
     * {@code [ADDRESS[-ADDRESS]][:PORT[-PORT[/BASE]]]}, without address or colon where there is none; IPv6 addresses stand
     * in brackets if ports follow.
     */
    private @Nullable NatRange range(Word word, Line line) {
        if (!kind.address) {
            return ports(NatRange.ANY, word, line);
        }
        int colon = portColon(word.text(), line.isIpv4());
        Word before = word.part(0, colon < 0 ? word.text().length() : colon);
        boolean bracketed =
                !line.isIpv4() && before.text().startsWith("[") && before.text().endsWith("]");
        Word addresses = bracketed ? before.part(1, before.text().length() - 1) : before;
        NatRange range = before.text().isEmpty() ? NatRange.ANY : addresses(addresses, line);
        return range == null || colon < 0
                ? range
                : ports(range, word.part(colon + 1, word.text().length()), line);
    }

    /** Where the colon before the ports is, or -1: an IPv6 address without brackets has at least two of its own. */
    private static int portColon(String text, boolean v4) {
        int first = text.indexOf(':');
        if (v4) {
            return first;
        }
        if (text.startsWith("[")) {
            return text.indexOf(':', Math.max(0, text.indexOf(']')));
        }
        return first == text.lastIndexOf(':') ? first : -1;
    }

    private static @Nullable NatRange addresses(Word word, Line line) {
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
        return NatRange.ANY.addresses(first, last);
    }

    private @Nullable NatRange ports(NatRange range, Word word, Line line) {
        String text = word.text();
        int slash = kind == Kind.DNAT ? text.indexOf('/') : -1;
        String ports = slash < 0 ? text : text.substring(0, slash);
        int dash = ports.indexOf('-');
        int first = Ports.number(dash < 0 ? ports : ports.substring(0, dash), MAX_PORT);
        int last = dash < 0 ? first : Ports.number(ports.substring(dash + 1), MAX_PORT);
        int base = slash < 0 ? 0 : Ports.number(text.substring(slash + 1), MAX_PORT);
        if (first < 1 || last < 1 || base < 0 || (slash >= 0 && (base == 0 || dash < 0))) {
            String form = kind == Kind.DNAT ? "PORT, FIRST-LAST or FIRST-LAST/BASE" : "PORT or FIRST-LAST";
            line.error(word, "\"" + text + "\" are no ports, expected " + form + ", each 1 to 65535");
            return null;
        }
        if (first > last) {
            line.error(word, "the range begins behind its end, expected FIRST-LAST", last + "-" + first);
            return null;
        }
        return new NatRange(range.firstAddress(), range.lastAddress(), first, last, base, false, false, false);
    }

    static void print(NatTarget target, RuleText out) {
        Kind kind = kindOf(target);
        NatRange range = target.range();
        out.target(kind.name());
        StringBuilder to = new StringBuilder();
        IpAddress first = range.firstAddress();
        IpAddress last = range.lastAddress();
        if (kind.address && first != null) {
            to.append(Addresses.text(first));
            if (!first.equals(last)) {
                to.append('-').append(last == null ? "" : Addresses.text(last));
            }
            if (range.hasPorts() && !first.isV4()) {
                to.insert(0, '[').append(']');
            }
        }
        if (range.hasPorts()) {
            to.append(kind.address ? ":" : "").append(range.firstPort());
            if (range.lastPort() != range.firstPort()) {
                to.append('-').append(range.lastPort());
            }
            if (range.basePort() != 0) {
                to.append('/').append(range.basePort());
            }
        }
        if (to.length() > 0) {
            out.option(false, kind.option).word(to);
        }
        flag(range.random(), "random", out);
        flag(range.fullyRandom(), "random-fully", out);
        flag(range.persistent(), "persistent", out);
    }

    private static void flag(boolean on, String option, RuleText out) {
        if (on) {
            out.option(false, option);
        }
    }

    private static Kind kindOf(NatTarget target) {
        if (target instanceof NatTarget.Snat) {
            return Kind.SNAT;
        } else if (target instanceof NatTarget.Dnat) {
            return Kind.DNAT;
        }
        return target instanceof NatTarget.Masquerade ? Kind.MASQUERADE : Kind.REDIRECT;
    }
}
