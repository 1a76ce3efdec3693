package dev.atoll.runtime.oracle;

import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.stack.filter.TableName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An iptables-restore that reads from a pipe: it puts each table in force at its COMMIT and prints where it is asked to, so
 * that one process serves thousands of rule sets. It ends at the first line that it refuses; then there is another one.
 */
final class IptablesProcess implements AutoCloseable {
    private static final Pattern COUNTERS = Pattern.compile(" -c (\\d+) (\\d+)");
    private static final String POLICY = "-P ";
    /** A chain that every table has. Printed without counters, it ends an answer. */
    private static final String END = "-S OUTPUT\n";

    private final HostNamespace namespace;
    private final String program;

    /** Tables that may hold rules. The others are left alone: each costs as much as the packets of a case. */
    private final Set<TableName> filled = EnumSet.noneOf(TableName.class);

    private @Nullable Process process;
    private @Nullable Writer in;
    private @Nullable BufferedReader out;

    IptablesProcess(HostNamespace namespace, String program) {
        this.namespace = namespace;
        this.program = program;
    }

    private void start() throws Exception {
        // Without stdbuf a pipe gets nothing before 4 KiB are full.
        Process started = namespace.call(() -> new ProcessBuilder("stdbuf", "-oL", program, "-n")
                .redirectErrorStream(true)
                .start());
        process = started;
        in = started.outputWriter(StandardCharsets.UTF_8);
        out = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        // In a table that no case has: it makes the kernel track connections whatever the rules are.
        in.append("*security\n-F\n-A INPUT -m conntrack --ctstate NEW\nCOMMIT\n");
    }

    /**
     * Puts tables in force; those that are not given are emptied.
     *
     * @param tables lines of each, without the first and COMMIT
     * @throws Filter.RefusedException with what iptables said
     */
    void load(Map<TableName, List<String>> tables) throws Exception {
        filled.addAll(tables.keySet());
        StringBuilder text = new StringBuilder();
        for (TableName table : filled) {
            text.append('*').append(table.text()).append("\n-F\n-X\n");
            table.hooks().forEach(hook -> text.append(':').append(hook).append(" ACCEPT [0:0]\n"));
            tables.getOrDefault(table, List.of())
                    .forEach(line -> text.append(line).append('\n'));
            text.append("COMMIT\n");
        }
        Map<String, List<String>> nothing = ask(text.append("*filter\n").toString(), List.of());
        if (!nothing.isEmpty()) {
            throw new IllegalStateException("an answer nobody asked for: " + nothing);
        }
        filled.retainAll(tables.keySet());
    }

    /** What was counted in these tables, as {@link Filter#counted}. */
    Map<String, List<String>> counted(List<TableName> tables) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tables.size(); i++) {
            text.append(i == 0 ? "" : "COMMIT\n");
            text.append('*').append(tables.get(i).text()).append("\n-S -v\n");
        }
        return ask(text.toString(), tables);
    }

    /**
     * Says lines, of which the last table is still open, and reads what comes back.
     *
     * @param shown the tables that are printed, in their order
     */
    private Map<String, List<String>> ask(String lines, List<TableName> shown) throws Exception {
        if (process == null) {
            start();
        }
        Writer to = in;
        BufferedReader from = out;
        if (to == null || from == null) {
            throw new IllegalStateException(program + " was not started");
        }
        StringBuilder refusal = new StringBuilder();
        try {
            to.append(lines).append(END).append("COMMIT\n").flush();
        } catch (IOException e) {
            // It has ended: what it said is still there to be read.
            refusal.append(e.getMessage()).append('\n');
        }
        return read(from, shown, refusal);
    }

    private Map<String, List<String>> read(BufferedReader from, List<TableName> shown, StringBuilder refusal)
            throws Exception {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        int table = -1;
        int policiesLeft = 0;
        for (String line = from.readLine(); line != null; line = from.readLine()) {
            boolean policy = line.startsWith(POLICY);
            boolean counts = COUNTERS.matcher(line).find();
            if (policy && counts) {
                if (policiesLeft == 0) {
                    table++;
                    policiesLeft = shown.get(table).hooks().size();
                }
                policiesLeft--;
            }
            if (policy && !counts) {
                return chains;
            } else if (table < 0) {
                // The rules of the chain that ended the answer before, or a complaint.
                refusal.append(line).append('\n');
            } else {
                add(chains, shown.get(table).text(), line);
            }
        }
        close();
        throw new Filter.RefusedException(refusal.toString());
    }

    private static void add(Map<String, List<String>> chains, String table, String line) {
        String[] words = line.split(" ", 4);
        Matcher counters = COUNTERS.matcher(line);
        String count = counters.find() ? "[" + counters.group(1) + ":" + counters.group(2) + "] " : "";
        String plain = counters.replaceFirst("");
        List<String> lines = chains.computeIfAbsent(table + " " + words[1], name -> new ArrayList<>());
        if (words[0].equals("-N")) {
            lines.add(":" + words[1] + " -");
        } else if (words[0].equals("-P")) {
            lines.add(count + ":" + words[1] + " " + words[2]);
        } else {
            lines.add(count + plain);
        }
    }

    @Override
    public void close() throws IOException {
        Process ended = process;
        process = null;
        if (ended == null) {
            return;
        }
        ended.destroy();
        try {
            if (!ended.waitFor(10, TimeUnit.SECONDS)) {
                ended.destroyForcibly();
            }
        } catch (InterruptedException e) {
            ended.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
