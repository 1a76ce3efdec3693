package dev.atoll.runtime.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a line of a shell script into commands and their words: quotes, backslashes, comments, and the variables that the script
 * itself set. Nothing is run, so what only a shell could know is a mistake.
 */
final class ShellWords {
    private static final String BLANKS = " \t";

    private final Line line;
    private final String text;
    private final Map<String, String> variables;
    private final List<Word> words = new ArrayList<>();
    private @Nullable StringBuilder word;
    private int wordFrom;
    private int at;

    /**
     * The commands of a line.
     *
     * @param variables asked when a command is read that names one
     */
    ShellWords(Line line, Map<String, String> variables) {
        this.line = line;
        text = line.text();
        this.variables = variables;
    }

    /** The words of the next command, one at least; none if there is no other, or it is wrong, which was reported. */
    List<Word> next() {
        words.clear();
        while (at < text.length() && !line.isBad()) {
            int separator = text.charAt(at) == ';' ? 1 : text.startsWith("&&", at) ? 2 : 0;
            if (separator == 0) {
                step();
                continue;
            }
            endWord();
            at += separator;
            if (!words.isEmpty()) {
                break;
            }
        }
        endWord();
        return line.isBad() ? List.of() : new ArrayList<>(words);
    }

    private void step() {
        char c = text.charAt(at);
        if (BLANKS.indexOf(c) >= 0) {
            endWord();
            at++;
        } else if (c == '#' && word == null) {
            at = text.length();
        } else if (c == '\\') {
            // Joined lines end with one only where the file does.
            add(at + 1 < text.length() ? text.substring(at + 1, at + 2) : "");
            at += 2;
        } else if (c == '\'') {
            singleQuoted();
        } else if (c == '"') {
            doubleQuoted();
        } else if (c == '$') {
            expandInWords();
        } else if ("`|&<>()*?".indexOf(c) >= 0 || ((c == '{' || c == '}') && word == null)) {
            notRun(at, 1, "\"" + c + "\"");
        } else {
            add(text.substring(at, at + 1));
            at++;
        }
    }

    private void notRun(int from, int width, String what) {
        line.error(
                new Word("", from + 1, width),
                what
                        + " has no meaning here: a script is read and not run, only its iptables and ip6tables commands count");
    }

    private StringBuilder begun() {
        StringBuilder begun = word;
        if (begun == null) {
            begun = new StringBuilder();
            word = begun;
            wordFrom = at;
        }
        return begun;
    }

    private void add(String part) {
        StringBuilder into = begun().append(part);
        if (into.length() > Words.MAX_WORD && !line.isBad()) {
            line.error(
                    new Word("", wordFrom + 1, Math.max(1, at - wordFrom)),
                    "the word is longer than " + Words.MAX_WORD + " characters");
        }
    }

    private void endWord() {
        StringBuilder done = word;
        if (done != null) {
            if (words.size() == Words.MAX_WORDS && !line.isBad()) {
                line.error(new Word("", wordFrom + 1, 1), "the line has more than " + Words.MAX_WORDS + " words");
            }
            words.add(new Word(done.toString(), wordFrom + 1, Math.max(1, at - wordFrom)));
            word = null;
        }
    }

    private void singleQuoted() {
        int end = text.indexOf('\'', at + 1);
        if (end < 0) {
            neverClosed("'");
            return;
        }
        add(text.substring(at + 1, end));
        at = end + 1;
    }

    private void doubleQuoted() {
        int quote = at;
        add("");
        at++;
        while (at < text.length() && text.charAt(at) != '"' && !line.isBad()) {
            char c = text.charAt(at);
            if (c == '`') {
                notRun(at, 1, "\"`\"");
                return;
            } else if (c == '$') {
                String value = expand();
                if (value == null) {
                    return;
                }
                add(value);
            } else {
                boolean escape = c == '\\' && at + 1 < text.length() && "\\\"$`".indexOf(text.charAt(at + 1)) >= 0;
                at += escape ? 1 : 0;
                add(text.substring(at, at + 1));
                at++;
            }
        }
        if (at >= text.length()) {
            at = quote;
            neverClosed("\"");
            return;
        }
        at++;
    }

    private void neverClosed(String quote) {
        line.error(new Word("", at + 1, text.length() - at), "the quote is never closed, expected " + quote);
    }

    /** Outside of quotes a value is cut at its blanks. */
    private void expandInWords() {
        int from = at;
        String value = expand();
        if (value == null) {
            return;
        }
        int end = at;
        for (int i = 0; i < value.length() && !line.isBad(); i++) {
            if (BLANKS.indexOf(value.charAt(i)) >= 0) {
                endWord();
            } else {
                if (word == null) {
                    at = from;
                }
                add(value.substring(i, i + 1));
                at = end;
            }
        }
    }

    /** The value of the variable that {@code $} at this place names; null if there is none, which was reported. */
    private @Nullable String expand() {
        int from = at;
        boolean braces = text.startsWith("{", at + 1);
        int begin = at + (braces ? 2 : 1);
        int end = begin;
        while (end < text.length() && isNamePart(text.charAt(end), end == begin)) {
            end++;
        }
        if (end == begin || (braces && !text.startsWith("}", end))) {
            int close = braces ? text.indexOf('}', begin) : -1;
            int width = close < 0 ? Math.min(2, text.length() - from) : close + 1 - from;
            notRun(from, width, "\"" + text.substring(from, from + width) + "\"");
            return null;
        }
        String name = text.substring(begin, end);
        at = end + (braces ? 1 : 0);
        String value = variables.get(name);
        if (value == null) {
            line.error(
                    new Word("", from + 1, at - from),
                    "the script does not set " + name + " before this line",
                    Suggestion.closest(name, variables.keySet()));
        }
        return value;
    }

    /** Where the {@code =} of {@code NAME=value} is, or -1. */
    static int assignment(String word) {
        int equals = 0;
        while (equals < word.length() && isNamePart(word.charAt(equals), equals == 0)) {
            equals++;
        }
        return equals > 0 && equals < word.length() && word.charAt(equals) == '=' ? equals : -1;
    }

    private static boolean isNamePart(char c, boolean first) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && c >= '0' && c <= '9');
    }
}
