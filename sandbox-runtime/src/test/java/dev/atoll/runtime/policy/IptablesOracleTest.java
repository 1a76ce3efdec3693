package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The oracle for policy text is iptables itself: each text is loaded with iptables-legacy-restore into a network
 * namespace of its own, and Atoll must accept and refuse the same texts and print what iptables-legacy-save prints.
 *
 * <p>No case here has the differences that are meant; docs/policy.md lists them.
 */
class IptablesOracleTest {
    private static final int CASES = Integer.getInteger("atoll.oracle.cases", 400);
    private static final long SEED = Long.getLong("atoll.oracle.seed", 1);
    private static final String REFUSED = "refused";
    /** Loading one text takes some ten milliseconds. */
    private static final long LIMIT_SECONDS = 60L + CASES / 10;

    @TempDir
    Path directory = Path.of(".");

    @BeforeAll
    static void needsIptablesAndNamespaces() throws IOException, InterruptedException {
        String reason = "iptables-legacy in a network namespace is needed as the oracle (root, package iptables)";
        Process probe;
        try {
            probe = new ProcessBuilder("unshare", "-n", "iptables-legacy-save", "-t", "filter")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, reason + ": " + e.getMessage());
            throw e;
        }
        String output;
        try (InputStream in = probe.getInputStream()) {
            output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assumeTrue(probe.waitFor() == 0, reason + ": " + output);
    }

    /** What iptables says of each text: its normal form, or {@link #REFUSED}. One shell does them all. */
    private List<String> ask(List<String> texts) throws IOException, InterruptedException {
        for (int i = 0; i < texts.size(); i++) {
            Files.writeString(directory.resolve(i + ".rules"), texts.get(i));
        }
        String script = "i=0; while [ $i -lt " + texts.size() + " ]; do"
                + " t=$(sed -n 's/^[*]//p' $i.rules | head -n 1);"
                + " case $t in raw|mangle|nat) ;; *) t=filter ;; esac;"
                + " iptables-legacy -t $t -F; iptables-legacy -t $t -X;"
                + " for c in PREROUTING INPUT FORWARD OUTPUT POSTROUTING; do"
                + " iptables-legacy -t $t -P $c ACCEPT 2>/dev/null; done;"
                + " if iptables-legacy-restore $i.rules >/dev/null 2>$i.err; then iptables-legacy-save -t $t >$i.out; fi;"
                + " i=$((i+1)); done";
        Process shell = new ProcessBuilder("unshare", "-n", "sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertTrue(shell.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "iptables took too long");
        assertEquals("", Files.readString(directory.resolve("log")));
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Path out = directory.resolve(i + ".out");
            answers.add(Files.exists(out) ? withoutComments(Files.readString(out)) : REFUSED);
        }
        return answers;
    }

    private static String withoutComments(String saved) {
        StringBuilder kept = new StringBuilder();
        for (String line : saved.split("\n", -1)) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                kept.append(line.replaceAll("\\[\\d+:\\d+]", "[0:0]")).append('\n');
            }
        }
        return kept.toString();
    }

    private static String atoll(String text) {
        PolicyResult result = PolicyParser.parse("oracle.rules", text, HostResolver.NONE);
        return result instanceof PolicyResult.Accepted accepted ? PolicyPrinter.print(accepted.ruleSet()) : REFUSED;
    }

    private void compare(List<String> texts, String how) throws IOException, InterruptedException {
        List<String> expected = ask(texts);
        StringBuilder differences = new StringBuilder();
        int acceptedCount = 0;
        for (int i = 0; i < texts.size(); i++) {
            String actual = atoll(texts.get(i));
            if (!actual.equals(expected.get(i))) {
                differences
                        .append("\ncase ")
                        .append(i)
                        .append(" of ")
                        .append(how)
                        .append(":\n");
                differences.append(texts.get(i)).append("iptables: ").append(expected.get(i));
                differences.append(Files.readString(directory.resolve(i + ".err")));
                differences.append("\natoll: ").append(actual).append(why(texts.get(i)));
            }
            acceptedCount += expected.get(i).equals(REFUSED) ? 0 : 1;
        }
        assertEquals("", differences.toString());
        assertTrue(acceptedCount > texts.size() / 10, how + ": only " + acceptedCount + " cases were accepted");
    }

    private static String why(String text) {
        PolicyResult result = PolicyParser.parse("oracle.rules", text, HostResolver.NONE);
        return result instanceof PolicyResult.Refused refused ? "\n" + refused : "";
    }

    @Test
    void generatedPolicies_areJudgedAndPrintedAlike() throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            texts.add(RandomPolicy.make(SEED + i));
        }
        compare(texts, "seeds " + SEED + " to " + (SEED + CASES - 1));
    }

    @Test
    void chosenLines_areJudgedAndPrintedAlike() throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        try (InputStream in = IptablesOracleTest.class.getResourceAsStream("oracle-lines.txt")) {
            if (in == null) {
                throw new IOException("oracle-lines.txt is missing");
            }
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    int table = line.indexOf(": -");
                    String lines = (table < 0 ? line : line.substring(table + 2)).replace("\\n", "\n");
                    texts.add("*" + (table < 0 ? "filter" : line.substring(0, table)) + "\n:A - [0:0]\n" + lines
                            + "\nCOMMIT\n");
                }
            }
        }
        compare(texts, "oracle-lines.txt");
    }

    @Test
    void everyServiceAndProtocolName_meansTheSame() throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder("*filter\n");
        for (int i = 1; i < 256; i++) {
            if (i != Protocols.ICMPV6) {
                text.append("-A OUTPUT -p ").append(i).append('\n');
            }
        }
        texts.add(text + "COMMIT\n");
        compare(texts, "protocol numbers");
    }
}
