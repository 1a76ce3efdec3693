package dev.atoll.launcher.policy.hocon;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import dev.atoll.launcher.cli.Suggestions;
import dev.atoll.launcher.policy.hocon.HoconPolicy.Action;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.AddressMatcher.Direction;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.MultiportMatcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one rule: {@code { name = github, to = "192.0.2.0/24", port = 443, action = allow }}. */
final class RuleReader {
    private static final List<String> KEYS =
            List.of("name", "to", "host", "allow-private", "from", "code", "proto", "port", "action", "reason");
    private static final List<String> PROTOCOLS = List.of("tcp", "udp", "icmp");
    private static final int MAX_PORT = 0xffff;

    /**
     * A rule.
     *
     * @param family the only one it is for, or null
     */
    record Written(@Nullable Family family, Rule rule) {}

    private final Mistakes mistakes;
    private final HostResolver names;
    private final ConditionReader conditions;

    RuleReader(Mistakes mistakes, HostResolver names) {
        this.mistakes = mistakes;
        conditions = new ConditionReader(this, mistakes);
        this.names = names;
    }

    Origin origin(ConfigOrigin at, String text) {
        return new Origin(mistakes.file(at), Math.max(1, at.lineNumber()), text);
    }

    Action action(ConfigValue value) {
        for (Action action : Action.values()) {
            if (action.word().equals(value.unwrapped())) {
                return action;
            }
        }
        mistakes.add(value.origin(), "\"" + value.unwrapped() + "\" is no action, expected allow, reject or drop");
        return Action.DROP;
    }

    /** The rules that one stands for: one for each address and protocol. */
    List<Written> read(ConfigValue value, boolean outgoing) {
        if (!(value instanceof ConfigObject rule)) {
            mistakes.add(value.origin(), "a rule is an object, expected { to = ..., action = allow }");
            return List.of();
        }
        for (Map.Entry<String, ConfigValue> entry : rule.entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                String text = "a rule has no \"" + entry.getKey() + "\"";
                mistakes.add(
                        entry.getValue().origin(),
                        entry.getKey().equals("log")
                                ? "log is not supported yet"
                                : text + Suggestions.didYouMean(entry.getKey(), KEYS));
            }
        }
        ConfigValue action = rule.get("action");
        if (action == null) {
            mistakes.add(rule.origin(), "the rule has no action, expected allow, reject or drop");
            return List.of();
        }
        Action does = action(action);
        Origin origin = origin(rule.origin(), text(rule, does));
        List<PortRange> ports = ports(rule.get("port"));
        List<AddressMatcher> from = addresses(rule.get("from"), Direction.SOURCE);
        List<AddressMatcher> to = addresses(rule.get("to"), Direction.DESTINATION);
        List<Matcher> further = outgoing ? conditions.read(rule, does) : conditions.refuse(rule);
        List<Written> rules = new ArrayList<>();
        for (String protocol : protocols(rule, !ports.isEmpty())) {
            for (Family family : Family.values()) {
                for (AddressMatcher source : of(family, from, rule.get("from"))) {
                    for (AddressMatcher destination : of(family, to, rule.get("to"))) {
                        List<Matcher> matchers = matchers(source, destination, protocol, ports, family);
                        matchers.addAll(further);
                        comment(rule, matchers);
                        rules.add(new Written(family, new Rule(matchers, does.target(), origin)));
                    }
                }
            }
        }
        return rules;
    }

    /** Those of one family; one that is null, and matches everything, if the rule names no address. */
    private static List<@Nullable AddressMatcher> of(
            Family family, List<AddressMatcher> addresses, @Nullable ConfigValue named) {
        List<@Nullable AddressMatcher> ofFamily = new ArrayList<>();
        if (named == null) {
            ofFamily.add(null);
        }
        for (AddressMatcher address : addresses) {
            if (address.address().isV4() == (family == Family.IPV4)) {
                ofFamily.add(address);
            }
        }
        return ofFamily;
    }

    /** The texts of a value, or of each in a list; what is neither a text nor a number is told. */
    List<ConfigValue> each(@Nullable ConfigValue value) {
        List<ConfigValue> all = value == null ? List.of() : value instanceof ConfigList list ? list : List.of(value);
        if (value != null && all.isEmpty()) {
            // An empty list would make a rule that means nothing.
            mistakes.add(value.origin(), "the list is empty");
        }
        List<ConfigValue> good = new ArrayList<>();
        for (ConfigValue one : all) {
            if (one.unwrapped() instanceof String || one.unwrapped() instanceof Number) {
                good.add(one);
            } else {
                mistakes.add(one.origin(), "expected a text or a number, or a list of them");
            }
        }
        return good;
    }

    private List<AddressMatcher> addresses(@Nullable ConfigValue value, Direction direction) {
        List<AddressMatcher> matchers = new ArrayList<>();
        for (ConfigValue one : each(value)) {
            String text = String.valueOf(one.unwrapped());
            int slash = text.indexOf('/');
            IpAddress plain = parse(slash < 0 ? text : text.substring(0, slash));
            List<IpAddress> addresses = plain != null ? List.of(plain) : slash < 0 ? resolve(one, text) : List.of();
            if (plain == null && slash >= 0) {
                mistakes.add(one.origin(), "\"" + text + "\" is no network, expected ADDRESS/LENGTH");
            }
            for (IpAddress address : addresses) {
                int length = slash < 0 ? address.bitLength() : number(text.substring(slash + 1), address.bitLength());
                if (length < 0) {
                    mistakes.add(
                            one.origin(),
                            "\"" + text + "\" has no length of 0 to " + address.bitLength() + " behind the slash");
                } else {
                    matchers.add(matcher(direction, address, length));
                }
            }
        }
        return matchers;
    }

    private List<IpAddress> resolve(ConfigValue at, String host) {
        if (host.indexOf('*') >= 0) {
            mistakes.add(
                    at.origin(),
                    "\"" + host
                            + "\" is a pattern of names, which have no address when the policy is read; write host ="
                            + " \"" + host + "\"");
            return List.of();
        }
        List<IpAddress> found = names.resolve(host);
        if (found.isEmpty()) {
            mistakes.add(
                    at.origin(),
                    "host \"" + host + "\" was not found (names are looked up once, when the policy is read)");
        }
        return found;
    }

    private static AddressMatcher matcher(Direction direction, IpAddress address, int length) {
        IpAddress mask = address.isV4() ? IpAddress.v4(length == 0 ? 0 : -1 << 32 - length) : mask(length);
        IpAddress network = new IpAddress(address.high() & mask.high(), address.low() & mask.low());
        return new AddressMatcher(direction, network, mask, false);
    }

    private static IpAddress mask(int length) {
        long high = length >= Long.SIZE ? -1 : length == 0 ? 0 : -1L << Long.SIZE - length;
        return new IpAddress(high, length <= Long.SIZE ? 0 : -1L << 2 * Long.SIZE - length);
    }

    private static @Nullable IpAddress parse(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int number(String text, int most) {
        int number = 0;
        boolean good = !text.isEmpty() && text.length() <= 5;
        for (int i = 0; i < text.length() && good; i++) {
            good = text.charAt(i) >= '0' && text.charAt(i) <= '9';
            number = number * 10 + text.charAt(i) - '0';
        }
        return good && number <= most ? number : -1;
    }

    private List<PortRange> ports(@Nullable ConfigValue value) {
        List<PortRange> ranges = new ArrayList<>();
        int count = 0;
        for (ConfigValue one : each(value)) {
            String text = String.valueOf(one.unwrapped());
            int dash = text.indexOf('-');
            int first = number(dash < 0 ? text : text.substring(0, dash), MAX_PORT);
            int last = dash < 0 ? first : number(text.substring(dash + 1), MAX_PORT);
            if (first < 0 || last < first) {
                mistakes.add(one.origin(), "\"" + text + "\" is no port, expected 0 to 65535 or FIRST-LAST");
            } else {
                ranges.add(new PortRange(first, last, false));
                count += first == last ? 1 : 2;
            }
        }
        if (count > MultiportMatcher.MAX_PORTS && value != null) {
            mistakes.add(
                    value.origin(),
                    "a rule has at most " + MultiportMatcher.MAX_PORTS + " ports, ranges counting twice; make several");
            return List.of();
        }
        return ranges;
    }

    /** With a port TCP, unless the rule says otherwise; without one, every protocol, which has no name. */
    private List<String> protocols(ConfigObject rule, boolean ports) {
        ConfigValue value = rule.get("proto");
        if (value == null) {
            return List.of(ports ? "tcp" : "");
        }
        List<String> protocols = new ArrayList<>();
        for (ConfigValue one : each(value)) {
            String text = String.valueOf(one.unwrapped());
            if (!PROTOCOLS.contains(text)) {
                mistakes.add(one.origin(), "\"" + text + "\" is no protocol, expected tcp, udp or icmp");
            } else if (ports && text.equals("icmp")) {
                mistakes.add(one.origin(), "icmp has no ports");
            } else {
                protocols.add(text);
            }
        }
        return protocols;
    }

    /** What a denial shows of the rule. */
    private static String text(ConfigObject rule, Action action) {
        StringBuilder text = new StringBuilder();
        append(text, "", rule.get("name"), ": ");
        text.append(action.word());
        append(text, " ", rule.get("proto"), "");
        append(text, " to ", rule.get("to"), "");
        append(text, " host ", rule.get("host"), "");
        append(text, " port ", rule.get("port"), "");
        append(text, " from ", rule.get("from"), "");
        ConditionReader.text(rule.get("code"), text);
        append(text, " (", rule.get("reason"), ")");
        return text.toString();
    }

    private static void append(StringBuilder text, String before, @Nullable ConfigValue value, String after) {
        if (value == null) {
            return;
        }
        List<String> words = new ArrayList<>();
        if (value instanceof ConfigList list) {
            list.forEach(one -> words.add(String.valueOf(one.unwrapped())));
        } else {
            words.add(String.valueOf(value.unwrapped()));
        }
        text.append(before).append(String.join(",", words)).append(after);
    }

    private List<Matcher> matchers(
            @Nullable AddressMatcher from,
            @Nullable AddressMatcher to,
            String protocol,
            List<PortRange> ports,
            Family family) {
        List<Matcher> matchers = new ArrayList<>();
        if (from != null) {
            matchers.add(from);
        }
        if (to != null) {
            matchers.add(to);
        }
        int number =
                switch (protocol) {
                    case "tcp" -> IpProtocol.TCP;
                    case "udp" -> IpProtocol.UDP;
                    case "icmp" -> family == Family.IPV4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
                    default -> 0;
                };
        if (number != 0) {
            matchers.add(new ProtocolMatcher(number, false));
        }
        if (!ports.isEmpty()) {
            matchers.add(new MultiportMatcher(MultiportMatcher.Side.DESTINATION, ports, false));
        }
        return matchers;
    }

    private static void comment(ConfigObject rule, List<Matcher> matchers) {
        if (rule.get("name") != null && rule.get("name").unwrapped() instanceof String name) {
            matchers.add(new CommentMatcher(name.substring(0, Math.min(name.length(), CommentMatcher.MAX_LENGTH))));
        }
    }
}
