package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.stack.filter.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The oracle for policy text is iptables itself: each text is loaded with iptables-restore into a network namespace of its own, and
 * Atoll must accept and refuse the same texts and print what iptables-save prints. The legacy back end is the one that is followed;
 * what that of nftables does otherwise, which includes crashes, is left out and listed.
 *
 * <p>No case here has the differences that are meant; docs/policy.md lists them.
 */
class IptablesOracleTest {
    private static final int CASES = Integer.getInteger("atoll.oracle.cases", 400);
    private static final long SEED = Long.getLong("atoll.oracle.seed", 1);
    private static final String LEGACY = "legacy";
    private static final String NFT = "nft";
    /**
     * What nft does otherwise: it takes -Z for the policy, too, has the options of TCP and UDP for what is of another protocol, prints
     * all ports but a range from the first or to the last as a range, and leaves out what the kernel ignores.
     */
    private static final Pattern OTHERWISE_WITH_NFT = Pattern.compile(
            "-Z|! --?p(roto(col)?)? (tcp|udp|6|17) |! --\\S*po\\S* (0?:\\d|\\d+:(65535)?\\s)|--nflog-range",
            Pattern.CASE_INSENSITIVE);

    private static final String REFUSED = "refused";
    /** Loading one text takes some ten milliseconds. */
    private static final long LIMIT_SECONDS = 60L + CASES / 10;

    @TempDir
    Path directory = Path.of(".");

    @BeforeAll
    static void needsIptablesAndNamespaces() throws IOException, InterruptedException {
        String reason = "iptables in a network namespace is needed as the oracle (root, package iptables)";
        Process probe;
        try {
            probe = new ProcessBuilder(
                            "unshare", "-n", "sh", "-ec", "iptables-legacy-save -t filter; iptables-nft-save -t filter")
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

    /**
     * What one tool says of each text: its normal form, or {@link #REFUSED}. For each processor a shell with a namespace and a lock
     * of its own does its share, with two processes a text: a process costs more than what it does.
     *
     * @param tool iptables or ip6tables of a back end
     */
    private List<String> ask(String tool, List<String> texts) throws IOException, InterruptedException {
        List<StringBuilder> scripts = new ArrayList<>();
        int shellCount = Math.min(Runtime.getRuntime().availableProcessors(), texts.size());
        for (int i = 0; i < shellCount; i++) {
            scripts.add(new StringBuilder("export XTABLES_LOCKFILE=$PWD/lock" + i + "\n"
                    + "ask() {\n  if " + tool + "-restore -w <$1.rules >/dev/null 2>$1.err; then " + tool
                    + "-save -t $2 >$1.out || echo $1 was not saved; fi\n}\n"));
        }
        for (int i = 0; i < texts.size(); i++) {
            TableName table = table(texts.get(i));
            Files.writeString(directory.resolve(i + ".rules"), emptied(table) + texts.get(i));
            Files.deleteIfExists(directory.resolve(i + ".out"));
            scripts.get(i % shellCount).append("ask " + i + " " + table.text() + "\n");
        }
        List<Process> shells = new ArrayList<>();
        try {
            for (int i = 0; i < shellCount; i++) {
                Files.writeString(directory.resolve("script" + i), scripts.get(i));
                shells.add(new ProcessBuilder("unshare", "-n", "sh", "script" + i)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log" + i).toFile())
                        .start());
            }
            for (int i = 0; i < shellCount; i++) {
                assertTrue(shells.get(i).waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "iptables took too long");
                assertEquals("", Files.readString(directory.resolve("log" + i)));
                assertEquals(0, shells.get(i).exitValue());
            }
        } finally {
            shells.forEach(Process::destroyForcibly);
        }
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Path out = directory.resolve(i + ".out");
            answers.add(Files.exists(out) ? withoutComments(Files.readString(out)) : REFUSED);
        }
        return answers;
    }

    /** The first that a text is about. */
    private static TableName table(String text) {
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("*")) {
                for (TableName table : TableName.values()) {
                    if (line.equals("*" + table.text())) {
                        return table;
                    }
                }
                return TableName.FILTER;
            }
        }
        return TableName.FILTER;
    }

    /** What leaves nothing of the text before: iptables-restore takes away rules and chains by itself, but no policy. */
    private static String emptied(TableName table) {
        StringBuilder text = new StringBuilder("*" + table.text() + "\n");
        table.hooks().forEach(hook -> text.append(':').append(hook).append(" ACCEPT [0:0]\n"));
        return text.append("COMMIT\n").toString();
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

    private void compare(String backend, List<String> texts, RandomPolicy.Kind kind, String what)
            throws IOException, InterruptedException {
        String how = what + " with " + backend;
        String v4 = "iptables-" + backend;
        String v6 = "ip6tables-" + backend;
        List<String> expected =
                switch (kind) {
                    case IPV4 -> ask(v4, texts);
                    case IPV6 -> under(Heading.IPV6, ask(v6, texts));
                    case BOTH -> both(ask(v4, texts), under(Heading.IPV6, ask(v6, texts)));
                };
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

    private static List<String> under(String heading, List<String> answers) {
        List<String> under = new ArrayList<>();
        for (String answer : answers) {
            under.add(answer.equals(REFUSED) ? answer : heading + "\n" + answer);
        }
        return under;
    }

    private static List<String> both(List<String> v4, List<String> v6) {
        List<String> both = new ArrayList<>();
        for (int i = 0; i < v4.size(); i++) {
            boolean refused = v4.get(i).equals(REFUSED) || v6.get(i).equals(REFUSED);
            both.add(refused ? REFUSED : v4.get(i) + v6.get(i));
        }
        return both;
    }

    private static String why(String text) {
        PolicyResult result = PolicyParser.parse("oracle.rules", text, HostResolver.NONE);
        return result instanceof PolicyResult.Refused refused ? "\n" + refused : "";
    }

    @ParameterizedTest
    @EnumSource
    void generatedPolicies_areJudgedAndPrintedAlike(RandomPolicy.Kind kind) throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            texts.add(RandomPolicy.make(SEED + i, kind));
        }
        String how = kind + ", seeds " + SEED + " to " + (SEED + CASES - 1);
        compare(LEGACY, texts, kind, how);
        if (kind != RandomPolicy.Kind.BOTH) {
            texts.removeIf(text -> OTHERWISE_WITH_NFT.matcher(text).find());
            assertTrue(texts.size() > CASES / 2, texts.size() + " of " + CASES + " are left for nft");
            compare(NFT, texts, kind, how + " but some");
        }
    }

    @Test
    void chosenLines_areJudgedAndPrintedAlike() throws IOException, InterruptedException {
        compareLines("oracle-lines.txt", "", RandomPolicy.Kind.IPV4);
    }

    @Test
    void chosenLinesOfIpv6_areJudgedAndPrintedAlike() throws IOException, InterruptedException {
        compareLines("oracle-lines6.txt", Heading.IPV6 + "\n", RandomPolicy.Kind.IPV6);
    }

    private void compareLines(String file, String heading, RandomPolicy.Kind kind)
            throws IOException, InterruptedException {
        List<String> lines = lines(file);
        compare(LEGACY, texts(lines, heading), kind, file);
        lines.removeAll(lines("oracle-lines-nft.txt"));
        compare(NFT, texts(lines, heading), kind, file);
    }

    private static List<String> lines(String file) throws IOException {
        try (InputStream in = IptablesOracleTest.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(file + " is missing");
            }
            List<String> lines = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    lines.add(line);
                }
            }
            return lines;
        }
    }

    private static List<String> texts(List<String> lines, String heading) {
        List<String> texts = new ArrayList<>();
        for (String line : lines) {
            int table = line.indexOf(": -");
            String rules = (table < 0 ? line : line.substring(table + 2)).replace("\\n", "\n");
            texts.add(heading + "*" + (table < 0 ? "filter" : line.substring(0, table)) + "\n:A - [0:0]\n" + rules
                    + "\nCOMMIT\n");
        }
        return texts;
    }

    /** What a shell and the tools make of a script, each in a namespace without rules; a failed command refuses it. */
    @Test
    void chosenScripts_areJudgedAndPrintedAlike() throws IOException, InterruptedException {
        StringBuilder differences = new StringBuilder();
        for (String text : List.of(
                "iptables -A OUTPUT -d 10.0.0.1 -j DROP\n",
                "X='-p tcp'\niptables -A INPUT $X --dport 80 -j ACCEPT; ip6tables -P OUTPUT DROP\n",
                "iptables -N \"a b\"\n",
                "iptables -A OUTPUT -m comment --comment 'a \\ b' # -j DROP\n",
                "iptables -A OUTPUT -m comment --comment \"a \\\\ \\\"b\\\" \\c\" -j DROP\n",
                "iptables -A OUTPUT -m comment --comment a\\ b\"c d\"'e f' -j DROP\n",
                "iptables -A OUTPUT \\\n -j DROP\n",
                "iptables -A OUTPUT -j \\\nDROP && ip6tables -w -A OUTPUT -s ::1 -j DROP\n",
                "iptables -t mangle -A OUTPUT -j MARK --set-mark 1\nA=mangle\niptables -t ${A} -I OUTPUT -j ACCEPT\n",
                "iptables -A OUTPUT -j NOWHERE\n",
                "iptables -D OUTPUT -j DROP\n",
                "A=\"-d\t10.0.0.1  \"\niptables -A OUTPUT $A-j DROP\n",
                "A=\niptables -A OUTPUT $A -j DROP$A\n")) {
            Path script = directory.resolve("script.sh");
            Files.writeString(script, text);
            String expected = shell("for t in iptables ip6tables; do ln -sf $(command -v $t-legacy) $t; done;"
                    + " PATH=$PWD:$PATH; sh -e script.sh >/dev/null 2>&1 || { echo " + REFUSED + "; exit; };"
                    + " for t in iptables ip6tables; do for n in filter mangle; do $t-legacy-save -t $n; done; done");
            String actual = atoll(text);
            if (!rulesOf(actual).equals(rulesOf(expected))) {
                differences
                        .append('\n')
                        .append(text)
                        .append("iptables: ")
                        .append(expected)
                        .append("atoll: ")
                        .append(actual);
            }
        }
        assertEquals("", differences.toString());
    }

    /** Rules and policies that are not as at the beginning. */
    private static List<String> rulesOf(String saved) {
        List<String> rules = new ArrayList<>();
        for (String line : saved.split("\n", -1)) {
            if (line.equals(REFUSED) || line.startsWith("-A ") || line.contains(" DROP [") || line.contains(" - [")) {
                rules.add(line);
            }
        }
        return rules;
    }

    private String shell(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("unshare", "-n", "sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output;
        try (InputStream in = shell.getInputStream()) {
            output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertEquals(0, shell.waitFor(), output);
        return output;
    }

    @Test
    void everyServiceAndProtocolName_meansTheSame() throws IOException, InterruptedException {
        for (RandomPolicy.Kind kind : List.of(RandomPolicy.Kind.IPV4, RandomPolicy.Kind.IPV6)) {
            boolean v4 = kind == RandomPolicy.Kind.IPV4;
            StringBuilder text = new StringBuilder(v4 ? "*filter\n" : Heading.IPV6 + "\n*filter\n");
            for (int i = 1; i < 256; i++) {
                if (i != (v4 ? Protocols.ICMPV6 : Protocols.ICMP)) {
                    text.append("-A OUTPUT -p ").append(i).append('\n');
                }
            }
            compare(LEGACY, List.of(text + "COMMIT\n"), kind, "protocol numbers");
        }
    }
}
