package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m icmp --icmp-type}: a number, number/code, or a name that may be cut short. */
final class IcmpSyntax extends MatchSyntax {
    static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("icmp-type", 1, true));

    private static final int ANY_CODE = -1;

    /** A name iptables has for a type, or for one code of it (RFC 792, RFC 950, RFC 1256, RFC 1812). */
    private record Name(String text, int type, int code) {}

    private static final List<Name> NAMES = List.of(
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

    IcmpSyntax() {
        super("icmp", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("icmp-type");
        if (use == null) {
            line.error(at, "-m icmp needs --icmp-type");
            return null;
        }
        Word word = use.argument();
        if (!word.text().isEmpty() && Character.isDigit(word.text().charAt(0))) {
            return byNumber(word, use.negated(), line);
        }
        Name name = byName(word, line);
        return name == null ? null : matcher(name.type(), name.code(), use.negated());
    }

    private static @Nullable Matcher byNumber(Word word, boolean negated, Line line) {
        int slash = word.text().indexOf('/');
        int type = Ports.number(slash < 0 ? word.text() : word.text().substring(0, slash), 255);
        int code = slash < 0 ? ANY_CODE : Ports.number(word.text().substring(slash + 1), 255);
        if (type < 0 || (slash >= 0 && code < 0)) {
            line.error(word, "\"" + word.text() + "\" is no ICMP type, expected TYPE or TYPE/CODE, each 0 to 255");
            return null;
        }
        return matcher(type, code, negated);
    }

    private static Matcher matcher(int type, int code, boolean negated) {
        return code == ANY_CODE ? new IcmpMatcher(type, 0, 255, negated) : new IcmpMatcher(type, code, code, negated);
    }

    private static @Nullable Name byName(Word word, Line line) {
        String wanted = word.text().toLowerCase(Locale.ROOT);
        List<Name> found = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (Name name : NAMES) {
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

    static void print(IcmpMatcher matcher, RuleText out) {
        String type = matcher.type() == IcmpMatcher.ANY_TYPE ? "any" : Integer.toString(matcher.type());
        boolean oneCode = matcher.type() != IcmpMatcher.ANY_TYPE && matcher.firstCode() == matcher.lastCode();
        out.match("icmp")
                .option(matcher.negated(), "icmp-type")
                .word(oneCode ? type + "/" + matcher.firstCode() : type);
    }
}
