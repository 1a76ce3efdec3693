package dev.atoll.runtime.policy;

import org.jspecify.annotations.Nullable;

/**
 * One mistake in a policy's text.
 *
 * @param source the file's name as the user gave it
 * @param line counted from 1
 * @param column counted from 1, in characters
 * @param width characters the mistake covers, at least 1
 * @param message what is wrong and what was expected
 * @param suggestion what was probably meant, or null
 * @param excerpt the line as it stands in the file
 */
public record PolicyError(
        String source,
        int line,
        int column,
        int width,
        String message,
        @Nullable String suggestion,
        String excerpt) {
    private static final int MAX_EXCERPT = 120;
    private static final int LEAD = 40;

    /** {@code file:line:column: message}, the line with the place marked under it, and the suggestion. */
    @Override
    public String toString() {
        int from = excerpt.length() <= MAX_EXCERPT ? 0 : Math.max(0, column - 1 - LEAD);
        int to = Math.min(excerpt.length(), from + MAX_EXCERPT);
        StringBuilder text = new StringBuilder();
        text.append(source).append(':').append(line).append(':').append(column);
        text.append(": ").append(printable(message));
        text.append("\n    ").append(printable(excerpt.substring(Math.min(from, to), to)));
        text.append("\n    ").append(" ".repeat(Math.max(0, column - 1 - from))).append('^');
        int marked = Math.min(width, Math.max(1, to - (column - 1)));
        text.append("~".repeat(Math.max(0, marked - 1)));
        if (suggestion != null) {
            text.append("\n    did you mean ").append(printable(suggestion)).append('?');
        }
        return text.toString();
    }

    /** Tabs would move the mark, and control characters of a strange file do not belong on a terminal. */
    private static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            safe.append(c == '\t' ? ' ' : Character.isISOControl(c) ? '?' : c);
        }
        return safe.toString();
    }
}
