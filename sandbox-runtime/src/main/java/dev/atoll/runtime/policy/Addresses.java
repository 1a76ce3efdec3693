package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what follows {@code -s} and {@code -d}: addresses, names and masks, several of them between commas. */
final class Addresses {
    private static final int ALL_BITS = 32;

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
        Integer mask = slash < 0
                ? Integer.valueOf(-1)
                : mask(word.part(slash + 1, word.text().length()), line);
        if (mask == null) {
            return false;
        }
        if (mask == 0 && isAnything(host)) {
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
            if (mask == 0) {
                line.error(word, "a mask of 0 makes \"" + host + "\" mean every address", "0.0.0.0/0");
                return false;
            }
            IpAddress network = IpAddress.v4(address.v4Bits() & mask);
            matchers.add(new AddressMatcher(direction, network, IpAddress.v4(mask), negated));
        }
        return !addresses.isEmpty();
    }

    private static boolean isAnything(String host) {
        return host.equals("0") || host.equals("any") || host.equals("0.0.0.0");
    }

    /** The 32 bits of a mask given by its length or as an address; null if it is neither. */
    private static @Nullable Integer mask(Word word, Line line) {
        int length = Ports.number(word.text(), ALL_BITS);
        if (length >= 0) {
            return length == 0 ? 0 : -1 << ALL_BITS - length;
        }
        try {
            IpAddress mask = IpAddress.parse(word.text());
            if (mask.isV4()) {
                return mask.v4Bits();
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the one message for everything that is no mask.
        }
        line.error(word, "\"" + word.text() + "\" is no mask, expected 0 to 32 or a mask such as 255.255.255.0");
        return null;
    }

    private List<IpAddress> addresses(String host, Word word, Line line) {
        if (host.indexOf(':') >= 0) {
            line.error(word, "\"" + host + "\" looks like an IPv6 address: IPv6 rules are not supported yet");
            return List.of();
        }
        boolean numeric = !host.isEmpty();
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            numeric &= c == '.' || (c >= '0' && c <= '9');
        }
        if (numeric) {
            try {
                return List.of(IpAddress.parse(host));
            } catch (IllegalArgumentException e) {
                line.error(
                        word,
                        "\"" + host
                                + "\" is no IPv4 address, expected four numbers from 0 to 255 without leading zeros",
                        padded(host));
                return List.of();
            }
        }
        if (!isHostName(host)) {
            line.error(word, "\"" + host + "\" is neither an address nor a host name");
            return List.of();
        }
        Set<IpAddress> found = new LinkedHashSet<>();
        for (IpAddress address : resolver.resolve(host)) {
            if (address.isV4()) {
                found.add(address);
            }
        }
        if (found.isEmpty()) {
            line.error(word, "host \"" + host + "\" was not found (names are looked up once, when the policy is read)");
        }
        return List.copyOf(found);
    }

    /** An IPv4 address that is neither shortened nor a name, or null. */
    static @Nullable IpAddress plain(String text) {
        try {
            IpAddress address = IpAddress.parse(text);
            return address.isV4() ? address : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** What iptables makes of a shortened address such as 10.1, for the suggestion. */
    private static @Nullable String padded(String host) {
        String[] parts = host.split("\\.", -1);
        String full = parts.length < 4 ? host + ".0".repeat(4 - parts.length) : host;
        try {
            return IpAddress.parse(full).toString();
        } catch (IllegalArgumentException e) {
            return null;
        }
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
