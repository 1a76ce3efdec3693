package dev.atoll.stack.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The requirements of one source. A file of lines with tabs between the columns: id, level, section, what is asked for in
 * our words, and, where no test can show it, why: {@code unmet: REASON} or {@code not here: REASON}, or {@code elsewhere:
 * COMMAND} for what a script of {@code .ci} shows. The first line is {@code # TITLE}; others that begin with {@code #}
 * are remarks.
 *
 * @param name what ids begin with: {@code RFC 9293}
 * @param title the heading of its table
 */
record Catalogue(String name, String title, Map<String, Entry> entries) {
    private static final Pattern NAME = Pattern.compile("rfc(\\d+)\\.tsv");
    private static final Pattern REMARK = Pattern.compile("(unmet|not here|elsewhere): .+");
    private static final List<String> LEVELS = List.of("MUST", "SHOULD", "MAY");

    /**
     * One requirement.
     *
     * @param remark empty if a test has to show it
     */
    record Entry(String id, String level, String section, String text, String remark) {
        boolean is(String kind) {
            return remark.startsWith(kind + ":");
        }
    }

    /** All catalogues of a folder, by name. */
    static Map<String, Catalogue> readAll(Path folder) throws IOException {
        Map<String, Catalogue> all = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                Catalogue catalogue = read(file);
                all.put(catalogue.name, catalogue);
            }
        }
        return all;
    }

    private static Catalogue read(Path file) throws IOException {
        String fileName = file.getFileName().toString();
        Matcher rfc = NAME.matcher(fileName);
        String name = rfc.matches() ? "RFC " + rfc.group(1) : fileName.replace(".tsv", "");
        String title = name;
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String where = fileName + ":" + (i + 1);
            if (line.startsWith("#")) {
                title = i == 0 ? line.substring(1).strip() : title;
                continue;
            }
            String[] columns = line.split("\t", -1);
            require(columns.length == 4 || columns.length == 5, where, "4 or 5 columns with tabs between them");
            Entry entry =
                    new Entry(columns[0], columns[1], columns[2], columns[3], columns.length == 5 ? columns[4] : "");
            require(LEVELS.contains(entry.level), where, "one of " + LEVELS);
            require(entry.remark.isEmpty() || REMARK.matcher(entry.remark).matches(), where, "a remark as " + REMARK);
            require(entries.put(entry.id, entry) == null, where, "an id of its own");
        }
        return new Catalogue(name, title, entries);
    }

    private static void require(boolean ok, String where, String expected) {
        if (!ok) {
            throw new AssertionError(where + ": expected " + expected);
        }
    }
}
