package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what follows {@code -s} and {@code -d}: addresses, names and masks, several of them between commas. */
final class Addresses {
    private final HostResolver resolver;

    Addresses(HostResolver resolver) {
        this.resolver = resolver;
    }

    /**
     * The matchers that the word stands for, one for each address; an element is null where every address matches and
     * no matcher is needed. An empty list means that the word was wrong, which was reported.
     */
    List<@Nullable AddressMatcher> parse(Word word, AddressMatcher.Direction direction, boolean negated, Line line) {
        List<@Nullable AddressMatcher> matchers = new ArrayList<>();
        int from = 0;
        boolean bad = false;
        while (from <= word.text().length()) {
            int comma = word.text().indexOf(',', from);
            int to = comma < 0 ? word.text().length() : comma;
            bad |= !parseOne(word.part(from, to), direction, negated, line, matchers);
            from = to + 1;
        }
        return bad ? List.of() : matchers;
    }

    private boolean parseOne(
            Word word,
            AddressMatcher.Direction direction,
            boolean negated,
            Line line,
            List<@Nullable AddressMatcher> matchers) {
        int slash = word.text().indexOf('/');
        String host = slash < 0 ? word.text() : word.text().substring(0, slash);
        IpAddress mask = slash < 0
                ? Masks.all(line.isIpv4())
                : Masks.parse(word.part(slash + 1, word.text().length()), line);
        if (mask == null) {
            return false;
        }
        if (mask.isUnspecified() && isAnything(host, line)) {
            if (negated) {
                line.error(word, "! before every address never matches");
                return false;
            }
            matchers.add(null);
            return true;
        }
        Word hostWord = word.part(0, host.length());
        List<IpAddress> addresses = addresses(host, hostWord, line);
        for (IpAddress address : addresses) {
            if (mask.isUnspecified()) {
                String all = line.isIpv4() ? "0.0.0.0/0" : "::/0";
                line.error(word, "a mask of 0 makes \"" + host + "\" mean every address", all);
                return false;
            }
            IpAddress network = Masks.apply(address, mask);
            if (network.isV4() != line.isIpv4()) {
                line.error(word, "with this mask the address would be a mapped one, which IPv4 rules judge");
                return false;
            }
            matchers.add(new AddressMatcher(direction, network, mask, negated));
        }
        return !addresses.isEmpty();
    }

    private static boolean isAnything(String host, Line line) {
        IpAddress plain = plain(host, line.family());
        return host.equals("0") || host.equals("any") || (plain != null && plain.isUnspecified());
    }

    private List<IpAddress> addresses(String host, Word word, Line line) {
        boolean numeric = !host.isEmpty();
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            numeric &= c == '.' || (c >= '0' && c <= '9');
        }
        if (numeric || host.indexOf(':') >= 0) {
            IpAddress address = address(word, line);
            return address == null ? List.of() : List.of(address);
        }
        if (!isHostName(host)) {
            line.error(word, "\"" + host + "\" is neither an address nor a host name");
            return List.of();
        }
        Set<IpAddress> found = new LinkedHashSet<>();
        for (IpAddress address : resolver.resolve(host)) {
            if (address.isV4() == line.isIpv4()) {
                found.add(address);
            }
        }
        if (found.isEmpty()) {
            line.error(
                    word,
                    "host \"" + host + "\" was not found with an " + line.family()
                            + " address (names are looked up once, when the policy is read)");
        }
        return List.copyOf(found);
    }

    /** An address of the line's family that is neither shortened nor a name; null if it is none, which was reported. */
    static @Nullable IpAddress address(Word word, Line line) {
        String text = word.text();
        IpAddress address = plain(text, line.family());
        if (address != null) {
            return address;
        }
        if (plain(text, line.isIpv4() ? Family.IPV6 : Family.IPV4) != null) {
            String alone = line.isIpv4()
                    ? "a line for IPv6 has -6, a part of ip6tables begins with \"" + Heading.IPV6 + "\""
                    : "a line for IPv4 alone has -4";
            line.error(
                    word,
                    "\"" + text + "\" is no address of " + line.family() + ", whose rules are read here; " + alone);
        } else if (text.indexOf(':') < 0) {
            line.error(
                    word,
                    "\"" + text + "\" is no " + line.family()
                            + " address, expected four numbers from 0 to 255 without leading zeros",
                    padded(text));
        } else {
            IpAddress mapped = any(text);
            line.error(
                    word,
                    mapped == null
                            ? "\"" + text + "\" is no IPv6 address"
                            : "what goes to a mapped address is judged by IPv4 rules",
                    mapped == null ? null : mapped.toString());
        }
        return null;
    }

    /** An address of the family that is neither shortened nor mapped nor a name, or null. */
    static @Nullable IpAddress plain(String text, Family family) {
        IpAddress address = any(text);
        boolean dotted = text.indexOf(':') < 0;
        return address != null && address.isV4() == dotted && dotted == (family == Family.IPV4) ? address : null;
    }

    /** As inet_ntop of glibc prints it: the last 32 bits alone are dotted. */
    static String text(IpAddress address) {
        boolean compatible = address.high() == 0 && address.low() >>> 32 == 0 && address.low() >>> 16 != 0;
        return compatible ? "::" + IpAddress.v4((int) address.low()) : address.toString();
    }

    private static @Nullable IpAddress any(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** What iptables makes of a shortened address such as 10.1, for the suggestion. */
    private static @Nullable String padded(String host) {
        String[] parts = host.split("\\.", -1);
        IpAddress full = any(parts.length < 4 ? host + ".0".repeat(4 - parts.length) : host);
        return full == null ? null : full.toString();
    }

    private static boolean isHostName(String host) {
        boolean good = !host.isEmpty() && host.length() <= 253;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            good &= Character.isLetterOrDigit(c) || c == '-' || c == '.' || c == '_';
        }
        return good;
    }
}
