package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.PortRange;
import org.jspecify.annotations.Nullable;

/** Reads ports: a number, the name of a service, or a range of either with an end that may be left out. */
final class Ports {
    private static final int MAX_PORT = 0xffff;

    private Ports() {}

    /** The range an option names, every port if the option is absent; null if it is wrong, which was reported. */
    static @Nullable PortRange range(OptionUses.@Nullable Use use, Line line) {
        if (use == null) {
            return PortRange.ANY;
        }
        Word word = use.argument();
        String text = word.text();
        int colon = text.indexOf(':');
        if (colon < 0) {
            int port = port(word, line);
            return port < 0 ? null : new PortRange(port, port, use.negated());
        }
        int first = colon == 0 ? 0 : port(word.part(0, colon), line);
        int last = colon == text.length() - 1 ? MAX_PORT : port(word.part(colon + 1, text.length()), line);
        if (first < 0 || last < 0) {
            return null;
        }
        if (first > last) {
            line.error(word, "the range begins behind its end, expected FIRST:LAST", last + ":" + first);
            return null;
        }
        if (use.negated() && first == 0 && last == MAX_PORT) {
            line.error(word, "! before every port never matches");
            return null;
        }
        return new PortRange(first, last, use.negated());
    }

    /** A port or a range of which both ends are there; null if it is wrong, which was reported. */
    static @Nullable PortRange closedRange(Word word, Line line) {
        int colon = word.text().indexOf(':');
        int first = port(colon < 0 ? word : word.part(0, colon), line);
        int last = colon < 0 ? first : port(word.part(colon + 1, word.text().length()), line);
        if (first < 0 || last < 0) {
            return null;
        }
        if (first > last) {
            line.error(word, "the range begins behind its end, expected FIRST:LAST", last + ":" + first);
            return null;
        }
        return new PortRange(first, last, false);
    }

    /** A port by number or name of a service; -1 if it is neither, which was reported. */
    static int port(Word word, Line line) {
        int number = number(word.text(), MAX_PORT);
        if (number >= 0) {
            return number;
        }
        Integer named = Services.port(word.text());
        if (named != null) {
            return named;
        }
        String several = word.text().indexOf(',') >= 0 ? "; a list of ports needs -m multiport --dports" : "";
        line.error(
                word,
                "\"" + word.text() + "\" is no port, expected 0 to 65535 or the name of a service" + several,
                Suggestion.closest(word.text(), Services.names()));
        return -1;
    }

    /** A decimal number from 0 to {@code max}; -1 for anything else, a leading zero included: it might mean octal. */
    static int number(String text, int max) {
        if (text.isEmpty() || text.length() > 9 || (text.length() > 1 && text.charAt(0) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value > max ? -1 : value;
    }
}
