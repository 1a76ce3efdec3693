package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.Icmpv6Matcher;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m icmp --icmp-type} and {@code -m icmp6 --icmpv6-type}: a number, number/code, or a name that may be cut short. */
final class IcmpSyntax extends MatchSyntax {
    private static final String V4_OPTION = "icmp-type";
    private static final String V6_OPTION = "icmpv6-type";

    private static final int ANY_CODE = -1;

    /** A name iptables has for a type, or for one code of it (RFC 792, RFC 950, RFC 1256, RFC 1812). */
    private record Name(String text, int type, int code) {}

    private static final List<Name> V4_NAMES = List.of(
            new Name("any", IcmpMatcher.ANY_TYPE, ANY_CODE),
            new Name("echo-reply", 0, ANY_CODE),
            new Name("pong", 0, ANY_CODE),
            new Name("destination-unreachable", 3, ANY_CODE),
            new Name("network-unreachable", 3, 0),
            new Name("host-unreachable", 3, 1),
            new Name("protocol-unreachable", 3, 2),
            new Name("port-unreachable", 3, 3),
            new Name("fragmentation-needed", 3, 4),
            new Name("source-route-failed", 3, 5),
            new Name("network-unknown", 3, 6),
            new Name("host-unknown", 3, 7),
            new Name("network-prohibited", 3, 9),
            new Name("host-prohibited", 3, 10),
            new Name("TOS-network-unreachable", 3, 11),
            new Name("TOS-host-unreachable", 3, 12),
            new Name("communication-prohibited", 3, 13),
            new Name("host-precedence-violation", 3, 14),
            new Name("precedence-cutoff", 3, 15),
            new Name("source-quench", 4, ANY_CODE),
            new Name("redirect", 5, ANY_CODE),
            new Name("network-redirect", 5, 0),
            new Name("host-redirect", 5, 1),
            new Name("TOS-network-redirect", 5, 2),
            new Name("TOS-host-redirect", 5, 3),
            new Name("echo-request", 8, ANY_CODE),
            new Name("ping", 8, ANY_CODE),
            new Name("router-advertisement", 9, ANY_CODE),
            new Name("router-solicitation", 10, ANY_CODE),
            new Name("time-exceeded", 11, ANY_CODE),
            new Name("ttl-exceeded", 11, ANY_CODE),
            new Name("ttl-zero-during-transit", 11, 0),
            new Name("ttl-zero-during-reassembly", 11, 1),
            new Name("parameter-problem", 12, ANY_CODE),
            new Name("ip-header-bad", 12, 0),
            new Name("required-option-missing", 12, 1),
            new Name("timestamp-request", 13, ANY_CODE),
            new Name("timestamp-reply", 14, ANY_CODE),
            new Name("address-mask-request", 17, ANY_CODE),
            new Name("address-mask-reply", 18, ANY_CODE));

    /** RFC 4443, RFC 4861; names as ip6tables has them. */
    private static final List<Name> V6_NAMES = List.of(
            new Name("destination-unreachable", 1, ANY_CODE),
            new Name("no-route", 1, 0),
            new Name("communication-prohibited", 1, 1),
            new Name("beyond-scope", 1, 2),
            new Name("address-unreachable", 1, 3),
            new Name("port-unreachable", 1, 4),
            new Name("failed-policy", 1, 5),
            new Name("reject-route", 1, 6),
            new Name("packet-too-big", 2, ANY_CODE),
            new Name("time-exceeded", 3, ANY_CODE),
            new Name("ttl-exceeded", 3, ANY_CODE),
            new Name("ttl-zero-during-transit", 3, 0),
            new Name("ttl-zero-during-reassembly", 3, 1),
            new Name("parameter-problem", 4, ANY_CODE),
            new Name("bad-header", 4, 0),
            new Name("unknown-header-type", 4, 1),
            new Name("unknown-option", 4, 2),
            new Name("echo-request", 128, ANY_CODE),
            new Name("ping", 128, ANY_CODE),
            new Name("echo-reply", 129, ANY_CODE),
            new Name("pong", 129, ANY_CODE),
            new Name("router-solicitation", 133, ANY_CODE),
            new Name("router-advertisement", 134, ANY_CODE),
            new Name("neighbour-solicitation", 135, ANY_CODE),
            new Name("neighbor-solicitation", 135, ANY_CODE),
            new Name("neighbour-advertisement", 136, ANY_CODE),
            new Name("neighbor-advertisement", 136, ANY_CODE),
            new Name("redirect", 137, ANY_CODE));

    private final Family family;
    private final String option;

    private IcmpSyntax(Family family, String name, String option) {
        super(name, List.of(OptionSpec.of(option, 1, true)));
        this.family = family;
        this.option = option;
    }

    static IcmpSyntax icmp() {
        return new IcmpSyntax(Family.IPV4, "icmp", V4_OPTION);
    }

    static IcmpSyntax icmp6() {
        return new IcmpSyntax(Family.IPV6, "icmp6", V6_OPTION);
    }

    @Override
    Family onlyFamily() {
        return family;
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used(option);
        if (use == null) {
            line.error(at, "-m " + name() + " needs --" + option);
            return null;
        }
        Word word = use.argument();
        if (!word.text().isEmpty() && Character.isDigit(word.text().charAt(0))) {
            return byNumber(word, use.negated(), line);
        }
        Name name = byName(word, family, line);
        return name == null ? null : matcher(name.type(), name.code(), use.negated());
    }

    private @Nullable Matcher byNumber(Word word, boolean negated, Line line) {
        int slash = word.text().indexOf('/');
        int type = Ports.number(slash < 0 ? word.text() : word.text().substring(0, slash), 255);
        int code = slash < 0 ? ANY_CODE : Ports.number(word.text().substring(slash + 1), 255);
        if (type < 0 || (slash >= 0 && code < 0)) {
            line.error(word, "\"" + word.text() + "\" is no ICMP type, expected TYPE or TYPE/CODE, each 0 to 255");
            return null;
        }
        return matcher(type, code, negated);
    }

    private Matcher matcher(int type, int code, boolean negated) {
        int firstCode = code == ANY_CODE ? 0 : code;
        int lastCode = code == ANY_CODE ? 255 : code;
        return family == Family.IPV4
                ? new IcmpMatcher(type, firstCode, lastCode, negated)
                : new Icmpv6Matcher(type, firstCode, lastCode, negated);
    }

    private static @Nullable Name byName(Word word, Family family, Line line) {
        String wanted = word.text().toLowerCase(Locale.ROOT);
        List<Name> found = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (Name name : family == Family.IPV4 ? V4_NAMES : V6_NAMES) {
            String text = name.text().toLowerCase(Locale.ROOT);
            if (text.equals(wanted)) {
                return name;
            }
            if (!wanted.isEmpty() && text.startsWith(wanted)) {
                found.add(name);
            }
            all.add(name.text());
        }
        if (found.isEmpty()) {
            line.error(
                    word,
                    "unknown ICMP type \"" + word.text() + "\", expected a number or a name such as echo-request",
                    Suggestion.closest(wanted, all));
            return null;
        }
        if (found.size() > 1) {
            line.error(
                    word,
                    "ICMP type \"" + word.text() + "\" could be " + found.get(0).text() + " or "
                            + found.get(1).text());
            return null;
        }
        return found.get(0);
    }

    /** Type and code, 0 if it is not given, as the port that sets of addresses with ports have; -1 if wrong, which was reported. */
    static int port(Word word, Family family, Line line) {
        if (word.text().isEmpty() || !Character.isDigit(word.text().charAt(0))) {
            Name name = byName(word, family, line);
            return name == null ? -1 : name.type() << 8 | Math.max(0, name.code());
        }
        int slash = word.text().indexOf('/');
        int type = Ports.number(slash < 0 ? word.text() : word.text().substring(0, slash), 255);
        int code = slash < 0 ? 0 : Ports.number(word.text().substring(slash + 1), 255);
        if (type < 0 || code < 0) {
            line.error(word, "\"" + word.text() + "\" is no ICMP type, expected TYPE or TYPE/CODE, each 0 to 255");
            return -1;
        }
        return type << 8 | code;
    }

    static void print(IcmpMatcher matcher, RuleText out) {
        String type = matcher.type() == IcmpMatcher.ANY_TYPE ? "any" : Integer.toString(matcher.type());
        boolean oneCode = matcher.type() != IcmpMatcher.ANY_TYPE && matcher.firstCode() == matcher.lastCode();
        out.match("icmp").option(matcher.negated(), V4_OPTION).word(oneCode ? type + "/" + matcher.firstCode() : type);
    }

    static void print(Icmpv6Matcher matcher, RuleText out) {
        boolean oneCode = matcher.firstCode() == matcher.lastCode();
        out.match("icmp6")
                .option(matcher.negated(), V6_OPTION)
                .word(oneCode ? matcher.type() + "/" + matcher.firstCode() : matcher.type());
    }
}
