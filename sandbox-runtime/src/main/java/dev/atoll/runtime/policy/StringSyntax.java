package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.BytePattern;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.StringMatcher;
import dev.atoll.stack.filter.StringMatcher.Algorithm;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m string}: bytes somewhere in the packet. */
final class StringSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("algo", 1, false),
            OptionSpec.of("from", 1, false),
            OptionSpec.of("to", 1, false),
            OptionSpec.of("string", 1, true),
            OptionSpec.of("hex-string", 1, true),
            OptionSpec.of("icase", 0, false));

    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    StringSyntax() {
        super("string", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use pattern = only(List.of("string", "hex-string"), line);
        Use algorithm = used("algo");
        if (pattern == null || algorithm == null) {
            if (!line.isBad()) {
                line.error(at, "-m string needs --algo, and --string or --hex-string");
            }
            return null;
        }
        byte[] bytes = pattern.is("string")
                ? pattern.argument().text().getBytes(StandardCharsets.UTF_8)
                : hexBytes(pattern.argument(), line);
        if (!line.isBad() && (bytes.length == 0 || bytes.length > BytePattern.MAX_BYTES)) {
            line.error(
                    pattern.argument(),
                    "the pattern has " + bytes.length + " bytes, expected 1 to " + BytePattern.MAX_BYTES);
        }
        Algorithm way = algorithm(algorithm.argument(), line);
        int from = offset(used("from"), 0, line);
        int to = offset(used("to"), StringMatcher.MAX_OFFSET, line);
        Use upTo = used("to");
        if (upTo != null && from > to && !line.isBad()) {
            line.error(upTo.argument(), "--to " + to + " lies in front of --from " + from);
        }
        return way == null || line.isBad()
                ? null
                : new StringMatcher(way, new BytePattern(bytes, used("icase") != null), from, to, pattern.negated());
    }

    private static @Nullable Algorithm algorithm(Word word, Line line) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (name(algorithm).equals(word.text())) {
                return algorithm;
            }
        }
        line.error(word, "unknown algorithm \"" + word.text() + "\", expected bm or kmp");
        return null;
    }

    private static String name(Algorithm algorithm) {
        return algorithm.name().toLowerCase(Locale.ROOT);
    }

    private static int offset(@Nullable Use use, int otherwise, Line line) {
        if (use == null) {
            return otherwise;
        }
        int offset = (int) Numbers.parse(use.argument().text(), StringMatcher.MAX_OFFSET);
        if (offset < 0) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no offset, expected 0 to " + StringMatcher.MAX_OFFSET);
        }
        return offset;
    }

    /** Characters as they are, {@code \} before one that would mean something else, and bytes between two {@code |}. */
    private static byte[] hexBytes(Word word, Line line) {
        String text = word.text();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '|') {
                int close = text.indexOf('|', at + 1);
                if (close < 0 || !block(text.substring(at + 1, close), bytes)) {
                    int end = close < 0 ? text.length() : close + 1;
                    line.error(
                            word.place(at, end),
                            "\"" + text.substring(at, end) + "\" are no bytes, expected pairs of hexadecimal digits"
                                    + " between two |");
                    return new byte[0];
                }
                at = close + 1;
            } else if (c == '\\' && at + 1 == text.length()) {
                line.error(word.place(at, at + 1), "there is no character behind the \\");
                return new byte[0];
            } else {
                int from = c == '\\' ? at + 1 : at;
                at = text.offsetByCodePoints(from, 1);
                bytes.writeBytes(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    /** False if these are not pairs of digits, one blank between two of them at most, but for the first. */
    private static boolean block(String text, ByteArrayOutputStream bytes) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        boolean some = false;
        while (at < text.length()) {
            int high = Character.digit(text.charAt(at), 16);
            int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            bytes.write(high << 4 | low);
            some = true;
            at += at + 2 < text.length() && text.charAt(at + 2) == ' ' ? 3 : 2;
        }
        return some;
    }

    static void print(StringMatcher matcher, RuleText out) {
        byte[] bytes = matcher.pattern().bytes();
        out.match("string");
        if (isPrintable(bytes)) {
            out.option(matcher.negated(), "string").inQuotes(new String(bytes, StandardCharsets.US_ASCII));
        } else {
            StringBuilder hex = new StringBuilder("|");
            for (byte one : bytes) {
                hex.append(String.format(Locale.ROOT, "%02x", one & 0xff));
            }
            out.option(matcher.negated(), "hex-string").inQuotes(hex.append('|').toString());
        }
        out.option(false, "algo").word(name(matcher.algorithm()));
        if (matcher.from() != 0) {
            out.option(false, "from").word(matcher.from());
        }
        if (matcher.to() != StringMatcher.MAX_OFFSET) {
            out.option(false, "to").word(matcher.to());
        }
        if (matcher.pattern().ignoreCase()) {
            out.option(false, "icase");
        }
    }

    private static boolean isPrintable(byte[] bytes) {
        boolean printable = bytes[bytes.length - 1] != '\\';
        for (byte one : bytes) {
            printable &= one >= FIRST_PRINTABLE && one <= LAST_PRINTABLE;
        }
        return printable;
    }
}
