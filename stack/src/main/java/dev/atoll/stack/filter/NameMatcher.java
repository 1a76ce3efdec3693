package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m fqdn [!] --name NAME[,...]}: the connection goes to an address that a name server gave for one of these names, when
 * it began ({@link NamePins}). Its later packets and the answers match as the first one did. It is the address that is judged:
 * what else is served at it is open as well.
 *
 * <p>A name of an address that is {@linkplain #isInternal not everybody's} opens it only if the rule says so, since who owns
 * a name chooses its addresses. Negated, the condition does not hold of such an address either.
 *
 * @param names in small letters, without a dot at the end; {@code *.example.com} is every name below {@code example.com}
 * @param allowPrivate whether internal addresses match, too
 */
public record NameMatcher(List<String> names, boolean negated, boolean allowPrivate) implements StandardMatcher {
    /** The most names in one matcher. */
    public static final int MAX_NAMES = 64;

    /** RFC 1035 section 2.3.4, without the length of the first label and the root. */
    private static final int MAX_NAME_LENGTH = 253;

    private static final int MAX_LABEL_LENGTH = 63;
    private static final String BELOW = "*.";

    static final Archive.Codec<String> NAME = new Archive.Codec<>() {
        @Override
        public String archive(Archive archive, @Nullable String value) {
            return archive.repeatedText(value == null ? "" : value);
        }
    };

    public NameMatcher {
        names = List.copyOf(names);
        Check.argument(!names.isEmpty() && names.size() <= MAX_NAMES, "names", names.size(), "1 to " + MAX_NAMES);
        for (String name : names) {
            Check.argument(
                    name.equals(canonical(name)), "names", name, "names in small letters, without a dot at the end");
        }
    }

    /**
     * A name or {@code *.}name as a matcher has it: in small letters (RFC 4343), without the root's dot; null if it is none. Names in
     * other scripts are given in their ASCII form (RFC 5891).
     */
    public static @Nullable String canonical(String written) {
        String name = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
        String bare = name.startsWith(BELOW) ? name.substring(BELOW.length()) : name;
        int label = 0;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            boolean dot = c == '.';
            boolean good = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
            label = dot ? 0 : label + 1;
            boolean empty = dot && (i == 0 || bare.charAt(i - 1) == '.');
            if (!good && !dot || empty || label > MAX_LABEL_LENGTH) {
                return null;
            }
        }
        return label == 0 || bare.length() > MAX_NAME_LENGTH ? null : name.toLowerCase(Locale.ROOT);
    }

    /** The same for a rule that denies: it denies a name wherever that leads. */
    public NameMatcher wherever() {
        return negated ? this : new NameMatcher(names, false, true);
    }

    /** Whether a name, in small letters, is one of those of the rule. */
    public boolean covers(String name) {
        for (int i = 0; i < names.size(); i++) {
            String of = names.get(i);
            // The dot is part of what has to be there: evilexample.com is not below example.com.
            boolean covered = of.startsWith(BELOW)
                    ? name.length() >= of.length() && name.endsWith(of.substring(1))
                    : name.equals(of);
            if (covered) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean needsConnTrack() {
        return true;
    }

    /** A flow keeps the names it began with. */
    @Override
    public boolean isConstant() {
        return true;
    }

    @Override
    public Result match(PacketContext context) {
        List<String> known = context.remoteNames();
        boolean named = false;
        for (int i = 0; i < known.size() && !named; i++) {
            named = covers(known.get(i));
        }
        if (negated || !named || allowPrivate) {
            return Matcher.of(named != negated);
        }
        IpAddress remote = context.remoteAddress();
        return Matcher.of(!isInternal(remote));
    }

    /**
     * Whether an address means something else to each network, or this host: loopback, link-local, private (RFC 1918, RFC 4193, RFC
     * 6598) and special ones (RFC 6890), multicast; and of IPv6 those that stand for such an IPv4 address (RFC 6052, RFC 3056).
     */
    public static boolean isInternal(IpAddress address) {
        if (!address.isV4()) {
            return isInternalV6(address);
        }
        int bits = address.v4Bits();
        int first = bits >>> 24;
        int second = bits >>> 16 & 0xff;
        return first == 0
                || first == 10
                || first == 127
                || first >= 224
                || first == 100 && (second & 0xc0) == 64
                || first == 169 && second == 254
                || first == 172 && (second & 0xf0) == 16
                || first == 192 && second == 168
                || bits >>> 8 == 0xc0_0000
                || first == 198 && (second & 0xfe) == 18;
    }

    private static boolean isInternalV6(IpAddress address) {
        long high = address.high();
        boolean translated = high == 0x0064_ff9b_0000_0000L && address.low() >>> 32 == 0;
        if (translated) {
            return isInternal(IpAddress.v4((int) address.low()));
        }
        if (high >>> 48 == 0x2002) {
            return isInternal(IpAddress.v4((int) (high >>> 16)));
        }
        int first = (int) (high >>> 56);
        // ::/8 has the unspecified, the loopback and mapped addresses; 64:ff9b:1::/48 is translated by networks of
        // their own.
        return first == 0
                || (first & 0xfe) == 0xfc
                || first == 0xff
                || high >>> 54 == 0xfe80 >>> 6
                || high >>> 54 == 0xfec0 >>> 6;
    }

    static NameMatcher archived(Archive archive, @Nullable NameMatcher value) {
        List<String> names = new ArrayList<>(value == null ? List.of() : value.names());
        archive.list(names, MAX_NAMES, NAME);
        boolean negated = archive.bool(value != null && value.negated());
        return new NameMatcher(names, negated, archive.bool(value != null && value.allowPrivate()));
    }
}
