package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Origin;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line that is being read, and the way to say what is wrong with it. */
final class Line {
    /**
     * Where a part of the text stands in the file.
     *
     * @param from where it begins in the text
     * @param number of the file's line, counted from 1
     * @param text of that line
     */
    record Piece(int from, int number, String text) {}

    private final String source;
    private final int number;
    private final String text;
    private final Family family;
    private final Problems problems;
    private final List<Piece> pieces;
    private final List<PolicyError> told = new ArrayList<>();
    private boolean bad;

    /**
     * A line as one family's tool reads it.
     *
     * @param number counted from 1
     */
    Line(String source, int number, String text, Family family, Problems problems) {
        this(source, List.of(new Piece(0, number, text)), text, family, problems);
    }

    /** A line that goes on over several of the file's. */
    Line(String source, List<Piece> pieces, String text, Family family, Problems problems) {
        this.source = source;
        this.pieces = pieces;
        this.family = family;
        number = pieces.get(0).number();
        this.text = text;
        this.problems = problems;
    }

    int number() {
        return number;
    }

    String text() {
        return text;
    }

    /** The family whose rules are being read; a line of both is read twice. */
    Family family() {
        return family;
    }

    boolean isIpv4() {
        return family == Family.IPV4;
    }

    /** The same line as the other family's tool reads it. */
    Line of(Family other) {
        return new Line(source, pieces, text, other, problems);
    }

    /** As if it were not there: what was wrong with it is not told. */
    void skip() {
        problems.removeAll(told);
        bad = false;
    }

    /** Whether something in this line was wrong, so that it has no effect. */
    boolean isBad() {
        return bad;
    }

    void error(Word at, String message) {
        error(at, message, null);
    }

    void error(Word at, String message, @Nullable String suggestion) {
        bad = true;
        Piece piece = pieces.get(0);
        for (Piece each : pieces) {
            piece = each.from() < at.column() ? each : piece;
        }
        PolicyError error = new PolicyError(
                source,
                piece.number(),
                at.column() - piece.from(),
                Math.max(1, at.width()),
                message,
                suggestion,
                piece.text());
        if (problems.add(error)) {
            told.add(error);
        }
    }

    /** The whole line as the place of a mistake. */
    Word whole() {
        int from = 0;
        while (from < text.length() && isBlank(text.charAt(from))) {
            from++;
        }
        int to = text.length();
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return new Word(text.substring(from, to), from + 1, Math.max(1, to - from));
    }

    /** The place right behind the line's last character. */
    Word end() {
        Word whole = whole();
        return new Word("", whole.column() + whole.text().length(), 1);
    }

    Origin origin() {
        return new Origin(source, number, whole().text());
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
