package dev.atoll.runtime.policy;

/**
 * One word of a line, quotes and escapes taken away.
 *
 * @param column where it begins in the line, counted from 1
 * @param width characters it takes in the line
 */
record Word(String text, int column, int width) {
    boolean isOption() {
        return text.startsWith("-");
    }

    /** Whether it can be the optional argument of a command: real iptables takes neither options nor negations. */
    boolean isPlain() {
        return !text.startsWith("-") && !text.startsWith("!");
    }

    /** Part of this word, for a mistake inside it; only right for a word without escapes. */
    Word part(int from, int to) {
        return new Word(text.substring(from, to), column + from, Math.max(1, to - from));
    }

    /** The same, but this whole word if it has quotes or escapes. */
    Word place(int from, int to) {
        return width == text.length() ? part(from, to) : this;
    }
}
