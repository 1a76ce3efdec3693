package dev.atoll.runtime.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a rule line into words as iptables-restore does: blanks separate, {@code "} quotes, a backslash escapes inside
 * quotes only. Two things that iptables-restore lets pass and loads wrongly are mistakes here: a quote that is never
 * closed, and a word that goes on behind its closing quote.
 */
final class Words {
    /** Limits of iptables-restore: bytes of a word, words of a line. */
    static final int MAX_WORD = 1023;

    static final int MAX_WORDS = 255;

    private Words() {}

    /** The words of a line from a position on; what is wrong is reported and makes the line bad. */
    static List<Word> split(Line line, int from) {
        String text = line.text();
        List<Word> words = new ArrayList<>();
        int at = from;
        while (true) {
            while (at < text.length() && Line.isBlank(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return words;
            }
            if (words.size() == MAX_WORDS) {
                line.error(new Word("", at + 1, 1), "the line has more than " + MAX_WORDS + " words");
                return words;
            }
            at = readWord(line, at, words);
        }
    }

    private static int readWord(Line line, int from, List<Word> words) {
        String text = line.text();
        StringBuilder word = new StringBuilder();
        int at = from;
        while (at < text.length() && !Line.isBlank(text.charAt(at))) {
            char c = text.charAt(at);
            if (c != '"') {
                word.append(c);
                at++;
                continue;
            }
            int end = closingQuote(text, at + 1, word);
            if (end < 0) {
                line.error(
                        new Word("", at + 1, text.length() - at),
                        "the quote is never closed, so the rest of the line would be taken into it; expected \"");
                return text.length();
            }
            at = end + 1;
            if (at < text.length() && !Line.isBlank(text.charAt(at))) {
                line.error(new Word("", at + 1, 1), "a closing quote ends the word; expected a blank behind it");
                while (at < text.length() && !Line.isBlank(text.charAt(at))) {
                    at++;
                }
            }
            break;
        }
        Word done = new Word(word.toString(), from + 1, at - from);
        if (word.length() > MAX_WORD) {
            line.error(done, "the word is longer than " + MAX_WORD + " characters");
        }
        words.add(done);
        return at;
    }

    /** Appends what is quoted and returns where the closing quote is, or -1. */
    private static int closingQuote(String text, int from, StringBuilder word) {
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                return at;
            }
            if (c == '\\' && at + 1 < text.length()) {
                at++;
                word.append(text.charAt(at));
            } else {
                word.append(c);
            }
        }
        return -1;
    }
}
