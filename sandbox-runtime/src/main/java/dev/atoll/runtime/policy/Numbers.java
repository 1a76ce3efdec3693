package dev.atoll.runtime.policy;

import org.jspecify.annotations.Nullable;

/** Reads numbers as iptables does: decimal, hexadecimal with {@code 0x}, octal with {@code 0}. */
final class Numbers {
    /** A value and the bits of it that count. */
    record Masked(long value, long mask) {}

    private Numbers() {}

    /** A number from 0 to {@code max}; -1 for anything else. */
    static long parse(String text, long max) {
        int radix = 10;
        String digits = text;
        if (text.startsWith("0x") || text.startsWith("0X")) {
            radix = 16;
            digits = text.substring(2);
        } else if (text.length() > 1 && text.charAt(0) == '0') {
            radix = 8;
            digits = text.substring(1);
        }
        if (digits.isEmpty() || digits.length() > 16) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.charAt(i), radix);
            if (digit < 0 || digits.charAt(i) > 'z') {
                return -1;
            }
            value = value * radix + digit;
            if (value > max) {
                return -1;
            }
        }
        return value;
    }

    /** {@code VALUE} or {@code VALUE/MASK}, each up to {@code max}, which is also the mask that is not written. */
    static @Nullable Masked masked(Word word, long max, Line line) {
        String text = word.text();
        int slash = text.indexOf('/');
        long value = parse(slash < 0 ? text : text.substring(0, slash), max);
        long mask = slash < 0 ? max : parse(text.substring(slash + 1), max);
        if (value < 0 || mask < 0) {
            line.error(
                    word,
                    "\"" + text + "\" is no value, expected VALUE or VALUE/MASK, each 0 to 0x" + Long.toHexString(max));
            return null;
        }
        return new Masked(value, mask);
    }
}
