package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one text for both families. A part under the {@linkplain Heading heading} of one tool is that family's. What is under
 * none is IPv4's, unless a line in it has {@code -4} or {@code -6}: then both tools would be given the text, each skips the
 * lines of the other, and so it is read for both.
 */
final class PolicyReader {
    /** The largest text that is read, characters: a million rules of ordinary length. */
    static final int MAX_TEXT = 64 * 1024 * 1024;

    private final String source;
    private final String text;
    private final Lookups lookups;
    private final Problems problems;
    /** Where the rule of each line names its target. */
    private final Map<Integer, Word> targetWords = new HashMap<>();

    private List<String> lines = List.of();

    PolicyReader(PolicyText text, Lookups lookups) {
        source = text.source();
        this.text = text.text();
        this.lookups = lookups;
        problems = new Problems(source);
    }

    String source() {
        return source;
    }

    List<PolicyError> errors() {
        return problems.sorted();
    }

    /** The tables it has; not all of them if something was wrong. */
    List<Table> read() {
        Line first = line(1, "", Family.IPV4);
        if (text.length() > MAX_TEXT) {
            first.error(first.whole(), "the policy is larger than " + MAX_TEXT + " characters");
            return List.of();
        }
        lines = splitLines();
        if (ScriptReader.isScript(lines)) {
            ScriptReader script = new ScriptReader(source, problems, lookups, targetWords);
            script.read(lines);
            List<Table> tables = script.tables();
            if (tables.isEmpty() && problems.isEmpty()) {
                first.error(first.whole(), "the script has no iptables command, so it says nothing");
            }
            return tables;
        }
        RestoreReader v4 = new RestoreReader(Family.IPV4, lookups, targetWords);
        readFor(v4, false);
        RestoreReader v6 = new RestoreReader(Family.IPV6, lookups, targetWords);
        readFor(v6, v4.sawFamilyOption());
        if (!v4.sawTable() && !v6.sawTable() && problems.isEmpty()) {
            first.error(first.whole(), "the policy has no table, expected *filter");
        }
        List<Table> tables = new ArrayList<>(v4.tables());
        tables.addAll(v6.tables());
        return tables;
    }

    /**
     * Gives a reader the lines of its family.
     *
     * @param both whether what is under no heading is also IPv6's
     */
    private void readFor(RestoreReader reader, boolean both) {
        Family family = reader.family();
        Family part = null;
        Line last = null;
        for (int i = 0; i < lines.size() && !problems.isFull(); i++) {
            Line line = line(i + 1, lines.get(i), family);
            Family heading = Heading.family(line.text());
            if (heading != null && heading != part) {
                part = heading;
                reader.endPart(last);
            }
            if (part == null ? both || family == Family.IPV4 : part == family) {
                reader.read(line, part != null, lines);
                last = line;
            }
        }
        reader.endPart(last);
    }

    private Line line(int number, String content, Family family) {
        return new Line(source, number, content, family, problems);
    }

    /** Lines without their ends; a carriage return and a byte order mark are mistakes that are told once. */
    private List<String> splitLines() {
        List<String> split = new ArrayList<>();
        boolean toldReturn = false;
        int at = 0;
        if (text.startsWith("\ufeff")) {
            Line first = line(1, text.substring(1, lineEnd(1)), Family.IPV4);
            first.error(new Word("", 1, 1), "the file begins with a byte order mark, expected plain UTF-8 without");
            at = 1;
        }
        while (at < text.length()) {
            int end = lineEnd(at);
            String one = text.substring(at, end);
            if (one.endsWith("\r")) {
                one = one.substring(0, one.length() - 1);
                if (!toldReturn) {
                    Line line = line(split.size() + 1, one, Family.IPV4);
                    line.error(line.end(), "lines end with CR LF, as Windows writes them; expected LF alone");
                    toldReturn = true;
                }
            }
            split.add(one);
            at = end + 1;
        }
        return split;
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    /** A mistake that only shows in the whole policy, told at the target of the rule it is about. */
    void report(RuleSet.Problem problem) {
        int number = problem.origin() == null ? 1 : problem.origin().line();
        Line line = line(number, lines.isEmpty() ? "" : lines.get(number - 1), Family.IPV4);
        line.error(targetWords.getOrDefault(number, line.whole()), problem.message());
    }
}
