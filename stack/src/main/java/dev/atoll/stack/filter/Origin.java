package dev.atoll.stack.filter;

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
}
