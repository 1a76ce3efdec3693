package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.ConnTrackMatcher;
import dev.atoll.stack.filter.FlowCondition;
import dev.atoll.stack.filter.FlowCondition.End;
import dev.atoll.stack.filter.FlowCondition.Status;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code -m conntrack}: the state of a connection, and what it is. */
final class ConnTrackSyntax extends MatchSyntax {
    /** In the order in which iptables-save prints them. */
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("ctstate", 1, true),
            OptionSpec.of("ctproto", 1, true),
            OptionSpec.of("ctorigsrc", 1, true),
            OptionSpec.of("ctorigdst", 1, true),
            OptionSpec.of("ctreplsrc", 1, true),
            OptionSpec.of("ctrepldst", 1, true),
            OptionSpec.of("ctorigsrcport", 1, true),
            OptionSpec.of("ctorigdstport", 1, true),
            OptionSpec.of("ctreplsrcport", 1, true),
            OptionSpec.of("ctrepldstport", 1, true),
            OptionSpec.of("ctstatus", 1, true),
            OptionSpec.of("ctexpire", 1, true),
            OptionSpec.of("ctdir", 1, false));

    private static final Map<String, Integer> STATUSES = new LinkedHashMap<>();

    static {
        STATUSES.put("EXPECTED", Status.EXPECTED);
        STATUSES.put("SEEN_REPLY", Status.SEEN_REPLY);
        STATUSES.put("ASSURED", Status.ASSURED);
        STATUSES.put("CONFIRMED", Status.CONFIRMED);
    }

    ConnTrackSyntax() {
        super("conntrack", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use states = used("ctstate");
        ConnStateMatcher state =
                states == null ? null : StateSyntax.states(states, ConnStateMatcher.Spelling.CONNTRACK, line);
        List<FlowCondition> conditions = new ArrayList<>();
        for (OptionSpec option : OPTIONS.subList(1, OPTIONS.size())) {
            Use use = used(option.key());
            FlowCondition condition = use == null ? null : condition(use, line);
            if (condition != null) {
                conditions.add(condition);
            }
        }
        if (line.isBad()) {
            return null;
        }
        if (state == null && conditions.isEmpty()) {
            line.error(at, "-m conntrack needs --ctstate or another of its options");
            return null;
        }
        return conditions.isEmpty() ? state : new ConnTrackMatcher(state, conditions);
    }

    private static @Nullable FlowCondition condition(Use use, Line line) {
        return switch (use.option().key()) {
            case "ctproto" -> protocol(use, line);
            case "ctorigsrc" -> address(End.ORIGINAL_SOURCE, use, line);
            case "ctorigdst" -> address(End.ORIGINAL_DESTINATION, use, line);
            case "ctreplsrc" -> address(End.REPLY_SOURCE, use, line);
            case "ctrepldst" -> address(End.REPLY_DESTINATION, use, line);
            case "ctorigsrcport" -> port(End.ORIGINAL_SOURCE, use, line);
            case "ctorigdstport" -> port(End.ORIGINAL_DESTINATION, use, line);
            case "ctreplsrcport" -> port(End.REPLY_SOURCE, use, line);
            case "ctrepldstport" -> port(End.REPLY_DESTINATION, use, line);
            case "ctstatus" -> status(use, line);
            case "ctexpire" -> expiry(use, line);
            default -> direction(use, line);
        };
    }

    private static @Nullable FlowCondition protocol(Use use, Line line) {
        int protocol = Protocols.parse(use.argument().text());
        if (protocol == Protocols.ALL) {
            line.error(
                    use.argument(),
                    "--ctproto " + use.argument().text() + " means protocol 0, which no connection has");
            return null;
        }
        if (protocol < 0) {
            line.error(
                    use.argument(),
                    "unknown protocol \"" + use.argument().text() + "\", expected tcp, udp, icmp or 1 to 255",
                    Suggestion.closest(use.argument().text(), Protocols.names()));
            return null;
        }
        return new FlowCondition.Protocol(protocol, use.negated());
    }

    private static @Nullable FlowCondition address(End end, Use use, Line line) {
        Word word = use.argument();
        int slash = word.text().indexOf('/');
        String host = slash < 0 ? word.text() : word.text().substring(0, slash);
        IpAddress address = Addresses.address(word.part(0, host.length()), line);
        IpAddress mask = slash < 0
                ? Masks.all(line.isIpv4())
                : Masks.parse(word.part(slash + 1, word.text().length()), line);
        if (address == null || mask == null) {
            return null;
        }
        if (Masks.hasHoles(mask)) {
            line.error(word, "a mask with holes is not printed again here, expected ADDRESS/LENGTH");
            return null;
        }
        return new FlowCondition.Address(end, address, mask, use.negated());
    }

    private static @Nullable FlowCondition port(End end, Use use, Line line) {
        PortRange ports = Ports.range(use, line);
        return ports == null ? null : new FlowCondition.Port(end, ports);
    }

    private static @Nullable FlowCondition status(Use use, Line line) {
        Word word = use.argument();
        int bits = 0;
        int from = 0;
        while (from <= word.text().length()) {
            int comma = word.text().indexOf(',', from);
            int to = comma < 0 ? word.text().length() : comma;
            bits |= oneStatus(word.part(from, to), line);
            from = to + 1;
        }
        if (bits == 0 && !line.isBad()) {
            line.error(word, "every connection and none has the status NONE, so this says nothing");
        }
        return line.isBad() ? null : new Status(bits, use.negated());
    }

    /** As iptables has it, the first whose name begins so. */
    private static int oneStatus(Word word, Line line) {
        String wanted = word.text().toUpperCase(Locale.ROOT);
        for (Map.Entry<String, Integer> status : STATUSES.entrySet()) {
            if (!wanted.isEmpty() && status.getKey().startsWith(wanted)) {
                return status.getValue();
            }
        }
        if (wanted.isEmpty() || !"NONE".startsWith(wanted)) {
            line.error(
                    word,
                    "unknown status \"" + word.text() + "\", expected " + String.join(", ", STATUSES.keySet()),
                    Suggestion.closest(wanted, STATUSES.keySet()));
        }
        return 0;
    }

    private static @Nullable FlowCondition expiry(Use use, Line line) {
        String text = use.argument().text();
        long most = FlowCondition.Expiry.MOST;
        int colon = text.indexOf(':');
        long first = colon == 0 ? 0 : Numbers.parse(colon < 0 ? text : text.substring(0, colon), most);
        long last =
                colon < 0 ? first : colon == text.length() - 1 ? most : Numbers.parse(text.substring(colon + 1), most);
        if (first < 0 || last < first) {
            line.error(
                    use.argument(),
                    "\"" + text + "\" is no time in seconds, expected SECONDS or FIRST:LAST, each 0 to " + most);
            return null;
        }
        return new FlowCondition.Expiry(first, last, use.negated());
    }

    private static @Nullable FlowCondition direction(Use use, Line line) {
        String text = use.argument().text();
        boolean reply = text.equalsIgnoreCase("REPLY");
        if (!reply && !text.equalsIgnoreCase("ORIGINAL")) {
            line.error(use.argument(), "\"" + text + "\" is no direction, expected ORIGINAL or REPLY");
            return null;
        }
        return new FlowCondition.Direction(reply);
    }

    static void print(ConnTrackMatcher matcher, RuleText out) {
        out.match("conntrack");
        if (matcher.state() != null) {
            StateSyntax.printOption(matcher.state(), out);
        }
        for (FlowCondition condition : matcher.conditions()) {
            print(condition, out);
        }
    }

    private static void print(FlowCondition condition, RuleText out) {
        if (condition instanceof FlowCondition.Protocol protocol) {
            out.option(protocol.negated(), "ctproto").word(protocol.protocol());
        } else if (condition instanceof FlowCondition.Address address) {
            boolean whole = address.mask().equals(Masks.all(address.mask().isV4()));
            out.option(address.negated(), "ct" + name(address.end()))
                    .word(whole ? Addresses.text(address.address()) : Masks.text(address.address(), address.mask()));
        } else if (condition instanceof FlowCondition.Port port) {
            PortRange ports = port.ports();
            out.option(ports.negated(), "ct" + name(port.end()) + "port")
                    .word(RuleText.range(ports.first(), ports.last()));
        } else if (condition instanceof Status status) {
            List<String> names = new ArrayList<>();
            for (Map.Entry<String, Integer> one : STATUSES.entrySet()) {
                if ((status.bits() & one.getValue()) != 0) {
                    names.add(one.getKey());
                }
            }
            out.option(status.negated(), "ctstatus").word(String.join(",", names));
        } else if (condition instanceof FlowCondition.Expiry expiry) {
            long first = expiry.firstSeconds();
            long last = expiry.lastSeconds();
            out.option(expiry.negated(), "ctexpire").word(first == last ? first : first + ":" + last);
        } else if (condition instanceof FlowCondition.Direction direction) {
            out.option(false, "ctdir").word(direction.reply() ? "REPLY" : "ORIGINAL");
        }
    }

    private static String name(End end) {
        return switch (end) {
            case ORIGINAL_SOURCE -> "origsrc";
            case ORIGINAL_DESTINATION -> "origdst";
            case REPLY_SOURCE -> "replsrc";
            case REPLY_DESTINATION -> "repldst";
        };
    }
}
