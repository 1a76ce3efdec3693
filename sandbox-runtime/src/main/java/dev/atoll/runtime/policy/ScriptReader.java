package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a shell script of {@code iptables} and {@code ip6tables} commands as if it were run where no rules are yet: each command
 * changes its table. Of the shell it knows what such scripts are usually made of: comments, quotes, variables with fixed values.
 */
final class ScriptReader {
    private static final Set<String> TOOLS =
            Set.of("iptables", "iptables-legacy", "iptables-nft", "ip6tables", "ip6tables-legacy", "ip6tables-nft");

    /** Commands of a shell that change nothing a policy has. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("set", "exit", "echo", "true", ":");

    private final String source;
    private final Problems problems;
    private final Lookups lookups;
    private final Map<Integer, Word> targetWords;
    private final Map<String, String> variables = new HashMap<>();
    private final Map<TableName, TableBuilder> v4 = new LinkedHashMap<>();
    private final Map<TableName, TableBuilder> v6 = new LinkedHashMap<>();

    /**
     * A reader of one script.
     *
     * @param targetWords filled with where the rule of each line names its target
     */
    ScriptReader(String source, Problems problems, Lookups lookups, Map<Integer, Word> targetWords) {
        this.source = source;
        this.problems = problems;
        this.lookups = lookups;
        this.targetWords = targetWords;
    }

    /** Whether a text is a script: its first line that is no comment is not one of iptables-save. */
    static boolean isScript(List<String> lines) {
        if (!lines.isEmpty() && lines.get(0).startsWith("#!")) {
            return !lines.get(0).contains("tables-restore");
        }
        for (String text : lines) {
            String trimmed = text.strip();
            if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
                String[] words = trimmed.split("[ \t]+", 3);
                int first = words[0].equals("sudo") && words.length > 1 ? 1 : 0;
                boolean variable = words[0].startsWith("$") || ShellWords.assignment(words[0]) > 0;
                return variable || tool(words[first]) != null || words[0].equals("set");
            }
        }
        return false;
    }

    /** The name of the tool that a command runs, its directory left away; null if it is another. */
    private static @Nullable String tool(String word) {
        String name = word.substring(word.lastIndexOf('/') + 1);
        return TOOLS.contains(name) ? name : null;
    }

    /** Reads all of it. */
    void read(List<String> lines) {
        int i = 0;
        while (i < lines.size() && !problems.isFull()) {
            List<Line.Piece> pieces = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            boolean goesOn = true;
            while (goesOn && i < lines.size()) {
                String one = lines.get(i);
                pieces.add(new Line.Piece(text.length(), i + 1, one));
                goesOn = one.endsWith("\\")
                        && !one.endsWith("\\\\")
                        && !one.strip().startsWith("#");
                text.append(goesOn ? one.substring(0, one.length() - 1) : one);
                i++;
            }
            readLine(pieces, text.toString());
        }
    }

    /** The tables it mentions. */
    List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        v4.values().forEach(builder -> tables.add(builder.build()));
        v6.values().forEach(builder -> tables.add(builder.build()));
        return tables;
    }

    private void readLine(List<Line.Piece> pieces, String text) {
        Line line = new Line(source, pieces, text, Family.IPV4, problems);
        if (text.length() > RestoreReader.MAX_LINE) {
            line.error(
                    new Word("", RestoreReader.MAX_LINE + 1, 1),
                    "the line is longer than " + RestoreReader.MAX_LINE + " characters");
            return;
        }
        ShellWords shell = new ShellWords(line, variables);
        for (List<Word> words = shell.next(); !words.isEmpty(); words = shell.next()) {
            readCommand(words, line);
        }
    }

    private void readCommand(List<Word> words, Line line) {
        if (words.get(0).text().equals("sudo") && words.size() > 1) {
            words.remove(0);
        }
        Word first = words.get(0);
        String tool = tool(first.text());
        int equals = ShellWords.assignment(first.text());
        if (tool != null) {
            readRule(tool, words.subList(1, words.size()), line.of(tool.startsWith("ip6") ? Family.IPV6 : Family.IPV4));
        } else if (equals > 0 && words.size() == 1) {
            variables.put(first.text().substring(0, equals), first.text().substring(equals + 1));
        } else if (!WITHOUT_EFFECT.contains(first.text())) {
            line.error(
                    first,
                    "\"" + first.text()
                            + "\" is not understood: a script is read and not run, only its iptables and ip6tables"
                            + " commands count",
                    Suggestion.closest(first.text(), TOOLS));
        }
    }

    private void readRule(String tool, List<Word> words, Line line) {
        CommandReader reader = new CommandReader(line, new ArrayList<>(words), true, lookups);
        boolean read = reader.read();
        Word familyOption = reader.familyOption();
        if (reader.isOfOtherFamily() && familyOption != null) {
            line.error(familyOption, tool + " is the tool of " + line.family());
        }
        Word table = reader.tableOption();
        TableName name = table == null ? TableName.FILTER : RestoreReader.tableName(table, line);
        if (read && name != null) {
            TableBuilder builder = (line.isIpv4() ? v4 : v6)
                    .computeIfAbsent(
                            name, any -> new TableBuilder(name, line.family(), line.origin(), Map.of(), targetWords));
            Command command = reader.finish(builder);
            if (command != null) {
                builder.apply(command, line);
            }
        }
    }
}
