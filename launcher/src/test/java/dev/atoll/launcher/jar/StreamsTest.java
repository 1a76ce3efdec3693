package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What passes through untouched, and what a run leaves in files. */
@Tag("jar")
@Timeout(240)
class StreamsTest {
    private static final int BYTES = 1_000_003;
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int ENHANCED_PACKET = 6;

    @TempDir
    Path directory;

    @BeforeEach
    void needNamespaces() {
        Needs.namespaces();
    }

    @Test
    void stdin_binaryToItsEnd_passesThroughUntouched() throws Exception {
        byte[] bytes = new byte[BYTES];
        new Random(7).nextBytes(bytes);
        Result result = new Atoll(directory)
                .input(bytes)
                .runProbe(List.of("--link", "none"), "copy")
                .assertExit(0);

        assertEquals(ByteBuffer.wrap(bytes), result.output());
        assertEquals("", result.stderr());
    }

    @Test
    void arguments_behindTheSeparator_areTheProgramsUntouched() throws Exception {
        Result result = new Atoll(directory)
                .runProbe(
                        List.of("--link", "none"),
                        "arguments",
                        "--help",
                        "--",
                        "--link",
                        "tap",
                        "--timeout=1",
                        "@file",
                        "",
                        "two words",
                        "$HOME '*'")
                .assertExit(0);

        assertEquals(
                "[arguments, --help, --, --link, tap, --timeout=1, @file, , two words, $HOME '*']\n", result.stdout());
        assertEquals("", result.stderr());
    }

    @Test
    void pcap_hasThePacketsOfTheRun() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path capture = atoll.path("run.pcapng");
        atoll.runProbe(List.of("--link", "demo", "--pcap", capture.toString()), "tcp:10.66.0.1:82")
                .assertExit(0);

        List<Integer> blocks = blocks(Files.readAllBytes(capture));
        assertEquals(SECTION_HEADER, blocks.get(0));
        // ARP and its answer, SYN and RST.
        assertTrue(blocks.stream().filter(type -> type == ENHANCED_PACKET).count() >= 4, blocks::toString);
    }

    @Test
    void pcap_onLinkWithoutPackets_isRefused() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path capture = atoll.path("none.pcapng");
        Result result = atoll.runProbe(List.of("--link", "none", "--pcap", capture.toString()), "say:never")
                .assertExit(120);

        assertEquals("atoll: pcap: there is nothing to record on the link none\n", result.stderr());
        assertTrue(Files.notExists(capture), "no file is left");
    }

    /** The log's own file: every line is a JSON object, and nothing of it is on the terminal. */
    @Test
    void log_asJson_hasOneObjectPerLineAndTheDenials() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path log = atoll.path("run.log");
        Path rules = atoll.file("a.rules", "*filter", "-A OUTPUT -p tcp --dport 81 -j REJECT", "COMMIT");
        Path config = atoll.file(
                "log.conf",
                "atoll.denial-lines = false",
                "atoll.log { level = DEBUG, format = json, file = \"" + log + "\" }");
        Result result = atoll.runProbe(
                        List.of("--link", "demo", "--config", config.toString(), "--policy", rules.toString()),
                        "tcp:10.66.0.1:81",
                        "exit:3")
                .assertExit(3);

        assertEquals("", result.stderr(), "neither a denial line nor a line of the log");
        List<String> messages = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            messages.add(Json.parse(line).text("formattedMessage"));
        }
        String all = String.join("\n", messages);
        assertTrue(all.contains("started "), all);
        assertTrue(all.contains("denied tcp 10.66.0.2:"), all);
        assertTrue(all.contains(" -> 10.66.0.1:81: " + rules + ":2: -A OUTPUT -p tcp --dport 81 -j REJECT"), all);
        assertTrue(all.contains("exited, exit code 3, 1 denials"), all);
    }

    /** Told once with what would allow it, then counted, and at the end the reason of the exit code. */
    @Test
    void denial_isToldWithTheRuleThatWouldAllowIt_andFailsTheRunIfWanted() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path rules = atoll.file("a.rules", "*filter", "-A OUTPUT -p tcp --dport 81 -j REJECT", "COMMIT");
        List<String> options = List.of("--link", "demo", "--policy", rules.toString(), "--fail-on-denial");
        String denied = "tcp:10.66.0.1:81";
        Result result = atoll.runProbe(options, denied, denied).assertExit(123);

        String rule = rules + ":2: -A OUTPUT -p tcp --dport 81 -j REJECT";
        List<String> lines = result.stderr().lines().toList();
        assertEquals(4, lines.size(), result::toString);
        assertTrue(lines.get(0).startsWith("atoll: denied tcp 10.66.0.2:"), result::toString);
        assertTrue(lines.get(0).endsWith(" -> 10.66.0.1:81: " + rule), result::toString);
        assertEquals(
                "atoll:   to allow it, before " + rules + ":2: -A OUTPUT -d 10.66.0.1 -p tcp --dport 81 -j ACCEPT",
                lines.get(1));
        assertEquals("atoll: denied 1 more: 1 by " + rule, lines.get(2));
        assertTrue(lines.get(3).startsWith("atoll: 2 denials, the first: tcp 10.66.0.2:"), result::toString);

        assertEquals(3, atoll.runProbe(options, denied, "exit:3").exitCode(), "the program's own code stays");
        assertEquals(0, atoll.runProbe(options, "say:nothing").exitCode());
    }

    /** A program is held against a policy without being disturbed by it. */
    @Test
    void whatOnlyAuditLetPass_failsTheRunIfWanted() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path rules = atoll.file("a.rules", "*filter", "-A OUTPUT -p tcp --dport 8080 -j REJECT", "COMMIT");
        Path status = atoll.path("status.json");
        List<String> options =
                List.of("--link", "demo", "--policy", rules.toString(), "--audit", "--status-file", status.toString());
        List<String> failing = new ArrayList<>(options);
        failing.add("--fail-on-denial");
        Result result = atoll.runProbe(failing, "tcp:10.66.0.1:8080").assertExit(123);
        assertFalse(result.line("tcp:10.66.0.1:8080=").contains("Exception"), "it got through: " + result);
        assertTrue(result.stderr().startsWith("atoll: would deny tcp 10.66.0.2:"), result::toString);
        assertTrue(result.stderr().contains("atoll: 1 denial without --audit, the first: tcp "), result::toString);
        assertEquals("denied", Json.read(status).text("outcome"));
        assertEquals("1", Json.read(status).text("denials"));

        atoll.runProbe(options, "tcp:10.66.0.1:8080").assertExit(0);
        atoll.runProbe(failing, "tcp:10.66.0.1:82").assertExit(0);
    }

    @Test
    void quietAndPlain_neitherTerminalNorExceptionNameTheRule() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path rules = atoll.file("a.rules", "*filter", "-A OUTPUT -p tcp --dport 81 -j REJECT", "COMMIT");
        Result result = atoll.runProbe(
                        List.of("--link", "demo", "--policy", rules.toString(), "--quiet", "--plain-errors"),
                        "tcp:10.66.0.1:81")
                .assertExit(0);

        assertEquals("", result.stderr());
        String answer = result.line("tcp:10.66.0.1:81=");
        assertTrue(answer.contains("=java.net.ConnectException: Connection refused ["), answer);
    }

    /** Rules that tell of packets tell the log, with their place, and let the packets be. */
    @Test
    void log_hasThePacketsThatRulesTellOf() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path log = atoll.path("run.log");
        Path rules = atoll.file(
                "a.rules",
                "*raw",
                "-A OUTPUT -p tcp --dport 81 -j TRACE",
                "COMMIT",
                "*filter",
                "-A OUTPUT -p tcp --syn -j LOG --log-level info --log-prefix \"out: \"",
                "-A OUTPUT -p tcp --dport 81 -j NFLOG --nflog-group 5",
                "-A OUTPUT -p tcp --dport 81 -j REJECT",
                "COMMIT");
        Path config = atoll.file("log.conf", "atoll.log { format = json, file = \"" + log + "\" }");
        Result unused = atoll.runProbe(
                        List.of("--link", "demo", "--config", config.toString(), "--policy", rules.toString()),
                        "tcp:10.66.0.1:81",
                        "tcp:10.66.0.1:80")
                .assertExit(0);

        String all = Files.readString(log);
        List<String> told = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            told.add(Json.parse(line).text("formattedMessage"));
        }
        String logged = "LOG info " + rules + ":5: -A OUTPUT -p tcp --syn -j LOG --log-level info --log-prefix"
                + " \"out: \": out: IN= OUT=eth0 SRC=10.66.0.2 DST=10.66.0.1 LEN=60 TOS=0x00 PREC=0x00 TTL=64";
        assertEquals(2, told.stream().filter(line -> line.startsWith(logged)).count(), all);
        assertTrue(told.stream().anyMatch(line -> line.startsWith("NFLOG 5 " + rules + ":6: ")), all);
        assertTrue(
                told.stream().anyMatch(line -> line.contains(": TRACE: filter:OUTPUT:rule:3 IN= OUT=eth0 SRC=")), all);
        assertTrue(all.contains("{\"group\":\"5\"}"), all);
    }

    /** The types of a pcapng file's blocks, whose lengths must fit the file. */
    private static List<Integer> blocks(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        List<Integer> types = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int length = bytes.getInt(bytes.position() + Integer.BYTES);
            assertEquals(length, bytes.getInt(bytes.position() + length - Integer.BYTES), "both lengths of a block");
            types.add(bytes.getInt(bytes.position()));
            bytes.position(bytes.position() + length);
        }
        return types;
    }
}
