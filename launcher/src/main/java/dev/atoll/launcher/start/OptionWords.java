package dev.atoll.launcher.start;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts that hold options of a JVM, taken apart into words as the JVM and the {@code java} command do. */
final class OptionWords {
    private OptionWords() {}

    /** Of a variable, or of a file that {@code -XX:VMOptionsFile} names: between quotes of either kind all is as it is. */
    static List<String> ofVariable(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && isSpace(c)) {
                word = end(word, words);
                continue;
            }
            if (word == null) {
                word = new StringBuilder();
            }
            if (quote == c) {
                quote = 0;
            } else if (quote == 0 && isQuote(c)) {
                quote = c;
            } else {
                word.append(c);
            }
        }
        end(word, words);
        return words;
    }

    /**
     * Of a file that the command line names by {@code @FILE}: besides quotes there are comments from {@code #} on, and
     * between quotes escapes and lines that go on in the next, by a backslash.
     */
    static List<String> ofArgumentFile(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (isLineEnd(c) || quote == 0 && isSpace(c)) {
                // The end of a line ends a word even between quotes.
                word = end(word, words);
                quote = 0;
            } else if (quote == 0 && c == '#') {
                // What stands right before it is lost, as it is to java.
                word = null;
                i = endOfLine(text, i);
            } else {
                if (word == null) {
                    word = new StringBuilder();
                }
                if (quote != 0 && c == '\\' && i < text.length()) {
                    char next = text.charAt(i++);
                    if (isLineEnd(next)) {
                        i = skipSpace(text, i);
                    } else {
                        word.append(escaped(next));
                    }
                } else if (quote == c) {
                    quote = 0;
                } else if (quote == 0 && isQuote(c)) {
                    quote = c;
                } else {
                    word.append(c);
                }
            }
        }
        end(word, words);
        return words;
    }

    private static @Nullable StringBuilder end(@Nullable StringBuilder word, List<String> words) {
        if (word != null) {
            words.add(word.toString());
        }
        return null;
    }

    private static int endOfLine(String text, int from) {
        int i = from;
        while (i < text.length() && !isLineEnd(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int skipSpace(String text, int from) {
        int i = from;
        while (i < text.length() && isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static char escaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            default -> c;
        };
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\f' || isLineEnd(c);
    }
}
