package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.PortRange;

/** A rule's text as iptables-save prints it, piece by piece. */
final class RuleText {
    private static final String UNQUOTED = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String ESCAPED = "\"\\'";

    private final StringBuilder out;
    private final Family family;

    RuleText(StringBuilder out, Family family) {
        this.out = out;
        this.family = family;
    }

    /** Whose tool would print the rule. */
    Family family() {
        return family;
    }

    /** {@code -m name}. */
    RuleText match(String name) {
        out.append(" -m ").append(name);
        return this;
    }

    /** {@code -j name}. */
    RuleText target(String name) {
        out.append(" -j ").append(name);
        return this;
    }

    /** {@code [!] --name}. */
    RuleText option(boolean negated, String name) {
        if (negated) {
            out.append(" !");
        }
        out.append(" --").append(name);
        return this;
    }

    /** A blank and a word as it is. */
    RuleText word(Object word) {
        out.append(' ').append(word);
        return this;
    }

    /** {@code first} or {@code first:last}. */
    static String range(int first, int last) {
        return first == last ? Integer.toString(first) : first + ":" + last;
    }

    /** {@code [!] --name ports}, or nothing for every port. */
    RuleText ports(String name, PortRange range) {
        return range.equals(PortRange.ANY)
                ? this
                : option(range.negated(), name).word(range(range.first(), range.last()));
    }

    /** {@code 0xvalue}, and {@code /0xmask} unless that has all bits of so many. */
    static String hex(int value, int mask, int allBits) {
        String text = "0x" + Integer.toHexString(value);
        return mask == allBits ? text : text + "/0x" + Integer.toHexString(mask);
    }

    /** A blank and a word, in quotes where it needs them. */
    RuleText quoted(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; i < text.length(); i++) {
            plain &= UNQUOTED.indexOf(text.charAt(i)) >= 0;
        }
        if (plain) {
            return word(text);
        }
        return escaped(text, ESCAPED);
    }

    /** A blank and a word in quotes. */
    RuleText inQuotes(String text) {
        return escaped(text, "\"\\");
    }

    private RuleText escaped(String text, String special) {
        out.append(" \"");
        for (int i = 0; i < text.length(); i++) {
            if (special.indexOf(text.charAt(i)) >= 0) {
                out.append('\\');
            }
            out.append(text.charAt(i));
        }
        out.append('"');
        return this;
    }
}
