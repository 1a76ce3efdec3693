package dev.atoll.runtime.packetlog;

import java.nio.ByteBuffer;
import java.util.Locale;

/** The fields of a line, with a blank behind each but the last. */
final class LogFields {
    private final StringBuilder text = new StringBuilder();

    /** {@code NAME=value}. */
    LogFields add(String name, Object value) {
        return add(name + "=" + value);
    }

    LogFields add(String word) {
        text.append(word).append(' ');
        return this;
    }

    /** With nothing behind it. */
    LogFields glued(String start) {
        text.append(start);
        return this;
    }

    /** {@code OPT (0204...)}: bytes from one place up to another. */
    LogFields options(ByteBuffer data, int from, int end) {
        text.append("OPT (");
        for (int at = from; at < end; at++) {
            text.append(hex(data.get(at) & 0xff, 2).toUpperCase(Locale.ROOT));
        }
        return add(")");
    }

    /** What is missing of a header that would begin here. */
    LogFields incomplete(int lengthBytes) {
        return add("INCOMPLETE").add("[" + lengthBytes + " bytes]");
    }

    static String hex(int value, int digits) {
        String hex = Integer.toHexString(value);
        return "0".repeat(Math.max(0, digits - hex.length())) + hex;
    }

    /** Without the blank at the end. */
    @Override
    public String toString() {
        int end = text.length();
        return end > 0 && text.charAt(end - 1) == ' ' ? text.substring(0, end - 1) : text.toString();
    }
}
