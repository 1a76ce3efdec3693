package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.ConnBytesMatcher;
import dev.atoll.stack.filter.ConnBytesMatcher.Direction;
import dev.atoll.stack.filter.ConnBytesMatcher.Unit;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m connbytes}: how much a connection has carried. */
final class ConnBytesSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("connbytes", 1, true),
            OptionSpec.of("connbytes-mode", 1, false),
            OptionSpec.of("connbytes-dir", 1, false));

    /** As unsigned numbers, which is what iptables counts in. */
    private static final long MOST = -1;

    ConnBytesSyntax() {
        super("connbytes", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use amount = used("connbytes");
        Use mode = used("connbytes-mode");
        Use direction = used("connbytes-dir");
        if (amount == null || mode == null || direction == null) {
            line.error(at, "-m connbytes needs --connbytes, --connbytes-mode and --connbytes-dir");
            return null;
        }
        Unit unit = unit(mode.argument(), line);
        Direction counted = direction(direction.argument(), line);
        String text = amount.argument().text();
        int colon = text.indexOf(':');
        Long from = colon == 0 ? Long.valueOf(0) : number(colon < 0 ? text : text.substring(0, colon));
        Long to = colon < 0 || colon == text.length() - 1 ? Long.valueOf(MOST) : number(text.substring(colon + 1));
        if (from == null || to == null || Long.compareUnsigned(from, to) > 0) {
            line.error(amount.argument(), "\"" + text + "\" is no amount, expected FROM or FROM:TO");
            return null;
        }
        if (amount.negated() && from.equals(to)) {
            line.error(amount.argument(), "iptables takes ! before a single amount for the amount itself");
        }
        if (amount.negated() && from == 0 && to == MOST) {
            line.error(amount.argument(), "! before every amount never matches");
        }
        return unit == null || counted == null || line.isBad()
                ? null
                : new ConnBytesMatcher(counted, unit, from, to, amount.negated());
    }

    /** A number of 64 bits without sign; null if it is none. */
    private static @Nullable Long number(String text) {
        boolean hex = text.startsWith("0x") || text.startsWith("0X");
        boolean octal = !hex && text.length() > 1 && text.startsWith("0");
        String digits = hex ? text.substring(2) : text;
        if (digits.isEmpty() || !Character.isLetterOrDigit(digits.charAt(0))) {
            return null;
        }
        try {
            return Long.parseUnsignedLong(digits, hex ? 16 : octal ? 8 : 10);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Unit unit(Word word, Line line) {
        for (Unit unit : Unit.values()) {
            if (name(unit).equals(word.text())) {
                return unit;
            }
        }
        line.error(word, "unknown mode \"" + word.text() + "\", expected packets, bytes or avgpkt");
        return null;
    }

    private static @Nullable Direction direction(Word word, Line line) {
        for (Direction direction : Direction.values()) {
            if (name(direction).equals(word.text())) {
                return direction;
            }
        }
        line.error(word, "unknown direction \"" + word.text() + "\", expected original, reply or both");
        return null;
    }

    private static String name(Unit unit) {
        return switch (unit) {
            case PACKETS -> "packets";
            case BYTES -> "bytes";
            case AVERAGE -> "avgpkt";
        };
    }

    private static String name(Direction direction) {
        return switch (direction) {
            case ORIGINAL -> "original";
            case REPLY -> "reply";
            case BOTH -> "both";
        };
    }

    static void print(ConnBytesMatcher matcher, RuleText out) {
        String from = Long.toUnsignedString(matcher.from());
        out.match("connbytes")
                .option(matcher.negated(), "connbytes")
                .word(matcher.to() == MOST ? from : from + ":" + Long.toUnsignedString(matcher.to()))
                .option(false, "connbytes-mode")
                .word(name(matcher.unit()))
                .option(false, "connbytes-dir")
                .word(name(matcher.direction()));
    }
}
