package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads lines of one family's tables, as iptables-restore or ip6tables-restore does. */
final class RestoreReader {
    /** Limit of iptables-restore for a line, bytes. */
    static final int MAX_LINE = 10_239;

    private final Family family;
    private final Lookups lookups;
    private final Map<Integer, Word> targetWords;
    private final Map<TableName, Table> tables = new LinkedHashMap<>();
    private List<String> lines = List.of();
    private boolean underHeading;
    private @Nullable Line tableLine;
    private @Nullable TableBuilder table;
    private @Nullable TableName tableName;
    private boolean sawTable;
    private boolean sawFamilyOption;

    /**
     * A reader that has read nothing.
     *
     * @param targetWords filled with where the rule of each line names its target
     */
    RestoreReader(Family family, Lookups lookups, Map<Integer, Word> targetWords) {
        this.family = family;
        this.lookups = lookups;
        this.targetWords = targetWords;
    }

    Family family() {
        return family;
    }

    /** The tables finished so far. */
    Collection<Table> tables() {
        return tables.values();
    }

    boolean sawTable() {
        return sawTable;
    }

    /** Whether a line under no heading said which family it is for. */
    boolean sawFamilyOption() {
        return sawFamilyOption;
    }

    /**
     * Reads the next line.
     *
     * @param ofOneTool whether it is under a heading
     * @param all the lines of the text
     */
    void read(Line line, boolean ofOneTool, List<String> all) {
        underHeading = ofOneTool;
        lines = all;
        String one = line.text();
        if (one.isEmpty() || one.startsWith("#")) {
            return;
        }
        if (one.length() > MAX_LINE) {
            line.error(new Word("", MAX_LINE + 1, 1), "the line is longer than " + MAX_LINE + " characters");
        } else if (line.whole().text().isEmpty()) {
            line.error(line.end(), "the line has blanks only, expected a rule or an empty line");
        } else if (tableLine == null) {
            readOutside(line);
        } else {
            readInside(line, tableLine);
        }
    }

    /**
     * Another tool's part begins, or the text is at its end.
     *
     * @param last the last line read, or null
     */
    void endPart(@Nullable Line last) {
        if (tableLine != null && last != null) {
            last.error(
                    last.end(),
                    "the file ends inside the table begun at line " + tableLine.number() + ", expected COMMIT");
        }
        tableLine = null;
    }

    private void readOutside(Line line) {
        Word whole = line.whole();
        if (!line.text().startsWith("*")) {
            String hint = whole.text().startsWith("*") ? " at the start of the line" : "";
            line.error(whole, "this line is in no table, expected *filter before it" + hint);
            return;
        }
        sawTable = true;
        tableLine = line;
        Word name = whole.part(1, whole.text().length());
        tableName = tableName(name, line);
        table = tableName == null
                ? null
                : new TableBuilder(tableName, family, line.origin(), declarations(line.number()), targetWords);
    }

    /** The table of that name; null if there is none, which was reported. */
    static @Nullable TableName tableName(Word name, Line line) {
        List<String> names = new ArrayList<>();
        for (TableName known : TableName.values()) {
            if (known.text().equals(name.text())) {
                return known;
            }
            names.add(known.text());
        }
        if (name.text().equals("security")) {
            line.error(name, "table \"" + name.text() + "\" is not supported yet");
        } else {
            line.error(name, "unknown table \"" + name.text() + "\"", Suggestion.closest(name.text(), names));
        }
        return null;
    }

    /** Where each chain of the table that begins at this line is declared. */
    private Map<String, Integer> declarations(int tableStart) {
        Map<String, Integer> declarations = new HashMap<>();
        for (int i = tableStart; i < lines.size() && !endsTable(lines.get(i)); i++) {
            String one = lines.get(i);
            if (one.startsWith(":") || one.startsWith("-N ")) {
                String[] words =
                        one.substring(one.startsWith(":") ? 1 : 3).trim().split("[ \t]", 2);
                declarations.putIfAbsent(words[0], i + 1);
            }
        }
        return declarations;
    }

    private static boolean endsTable(String line) {
        return line.equals("COMMIT") || line.startsWith("*");
    }

    private void readInside(Line line, Line begun) {
        String one = line.text();
        String trimmed = line.whole().text();
        if (trimmed.equals("COMMIT") || trimmed.startsWith("COMMIT ")) {
            if (trimmed.length() > "COMMIT".length()) {
                line.error(line.whole(), "expected COMMIT alone on its line");
            } else if (one.length() > trimmed.length()) {
                // Blanks behind the word are seen by nobody: they are what is shown.
                Word behind = new Word("", trimmed.length() + 1, one.length() - trimmed.length());
                line.error(
                        one.startsWith(trimmed) ? behind : line.whole(),
                        "expected COMMIT alone on its line, without blanks");
            }
            if (table != null && tableName != null) {
                // The same table again: as with iptables-restore, the later one replaces the earlier.
                tables.remove(tableName);
                tables.put(tableName, table.build());
            }
            tableLine = null;
            return;
        }
        if (table == null) {
            // Of a table that is not supported, nothing more is said than that.
            return;
        }
        if (trimmed.startsWith("*")) {
            line.error(
                    line.whole(),
                    "the table begun at line " + begun.number() + " is not finished, expected COMMIT before this");
            tableLine = null;
            readOutside(line);
            return;
        }
        if (one.startsWith(":")) {
            readChain(line, table);
        } else {
            readRule(line, table);
        }
    }

    private static void readChain(Line line, TableBuilder table) {
        List<Word> words = new ArrayList<>();
        String one = line.text();
        int at = 1;
        while (at < one.length()) {
            int end = at;
            while (end < one.length() && !Line.isBlank(one.charAt(end))) {
                end++;
            }
            if (end > at) {
                words.add(new Word(one.substring(at, end), at + 1, end - at));
            } else if (words.isEmpty()) {
                break;
            }
            at = end + 1;
        }
        if (words.isEmpty()) {
            line.error(line.whole(), "expected the name of a chain right behind the colon");
            return;
        }
        if (words.size() < 2) {
            line.error(line.end(), "expected ACCEPT or DROP for a built-in chain, - for another");
            return;
        }
        if (words.size() > 2) {
            Word counters = words.get(2);
            String pair = counters.text();
            boolean brackets = pair.length() > 2 && pair.startsWith("[") && pair.endsWith("]");
            if (!brackets || !Counters.isPair(pair.substring(1, pair.length() - 1))) {
                line.error(counters, "\"" + pair + "\" are no counters, expected [PACKETS:BYTES]");
            }
        }
        if (words.size() > 3) {
            line.error(words.get(3), "unexpected \"" + words.get(3).text() + "\" behind the chain's counters");
        }
        if (!line.isBad()) {
            table.declare(words.get(0), words.get(1), line);
        }
    }

    private void readRule(Line line, TableBuilder builder) {
        String one = line.text();
        int from = 0;
        if (one.startsWith("[")) {
            int close = one.indexOf(']');
            if (close < 0 || !Counters.isPair(one.substring(1, close))) {
                int width = close < 0 ? 1 : close + 1;
                line.error(new Word("", 1, width), "the counters are malformed, expected [PACKETS:BYTES]");
                return;
            }
            from = close + 1;
        }
        Word whole = line.whole();
        if (whole.text().startsWith("#") || whole.text().startsWith(":")) {
            line.error(whole, "\"" + whole.text().charAt(0) + "\" must be the first character of its line");
            return;
        }
        for (String tool : List.of("iptables ", "ip6tables ")) {
            if (whole.text().startsWith(tool)) {
                line.error(
                        whole.part(0, tool.length() - 1),
                        "expected the command alone, without the word " + tool.strip());
                return;
            }
        }
        List<Word> words = Words.split(line, from);
        if (line.isBad()) {
            return;
        }
        CommandReader reader = new CommandReader(line, words, false, lookups);
        Command command = reader.read() ? reader.finish(builder) : null;
        Word familyOption = reader.familyOption();
        if (familyOption != null && !underHeading) {
            sawFamilyOption = true;
        }
        if (reader.isOfOtherFamily()) {
            line.skip();
            if (familyOption != null && underHeading) {
                line.error(familyOption, "this part has " + family + " rules only, as its heading says");
            }
        } else if (command != null) {
            builder.apply(command, line);
        }
    }
}
