package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code [!] -i name} and {@code [!] -o name}; {@code eth+} is every name that begins with {@code eth}. A packet that
 * has no such interface has the empty name, so a negated matcher matches it, as in Linux.
 *
 * @param pattern 1 to 15 characters, those of a Linux interface name, and perhaps {@code +} at the end
 */
public record InterfaceMatcher(Side side, String pattern, boolean negated) implements StandardMatcher {
    /** Linux's IFNAMSIZ without the final zero byte. */
    public static final int MAX_PATTERN_LENGTH = 15;

    /** Which interface is meant. */
    public enum Side {
        IN,
        OUT
    }

    public InterfaceMatcher {
        Check.argument(
                !pattern.isEmpty() && pattern.length() <= MAX_PATTERN_LENGTH,
                "pattern",
                pattern,
                "1 to " + MAX_PATTERN_LENGTH + " characters");
    }

    @Override
    public Result match(PacketContext context) {
        String name = side == Side.IN ? context.inNic() : context.outNic();
        int prefix = pattern.length() - 1;
        boolean same = pattern.charAt(prefix) == '+' ? name.regionMatches(0, pattern, 0, prefix) : name.equals(pattern);
        return Matcher.of(same != negated);
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static InterfaceMatcher archived(Archive archive, @Nullable InterfaceMatcher value) {
        InterfaceMatcher.Side side = archive.constant(value == null ? InterfaceMatcher.Side.IN : value.side());
        String pattern = archive.text(value == null ? "" : value.pattern());
        return new InterfaceMatcher(side, pattern, archive.bool(value != null && value.negated()));
    }
}
