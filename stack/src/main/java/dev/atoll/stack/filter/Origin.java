package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/**
 * Where a rule or a chain's policy was written.
 *
 * @param source the file's name as the user gave it
 * @param line counted from 1
 * @param text the line as written, without surrounding blanks
 */
public record Origin(String source, int line, String text) {
    /** {@code egress.rules:12: -A OUTPUT ...}, the form in which a denial names what decided. */
    @Override
    public String toString() {
        return source + ":" + line + ": " + text;
    }

    static Origin archived(Archive archive, @Nullable Origin value) {
        String source = archive.repeatedText(value == null ? "" : value.source());
        int line = archive.int32(value == null ? 0 : value.line());
        String text = archive.repeatedText(value == null ? "" : value.text());
        return value == null ? new Origin(source, line, text) : value;
    }
}
