package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy over real links: what it lets through, and how what it does not let through fails in the program. */
@Tag("jar")
@Timeout(300)
class PolicyTest {
    /** A refusal waits for nothing, the machine may be busy; the program itself would wait for 20 s. */
    private static final int AT_ONCE_MS = 4_000;

    private static final String HOST = HostSide.ADDRESS;

    /** Every way to refuse, each for a port of its own. */
    private static final List<String> WAYS = List.of(
            "icmp-port-unreachable",
            "tcp-reset",
            "icmp-net-unreachable",
            "icmp-host-unreachable",
            "icmp-proto-unreachable",
            "icmp-net-prohibited",
            "icmp-host-prohibited",
            "icmp-admin-prohibited");

    private static final int FIRST_PORT = 9001;

    private static final Pattern MS = Pattern.compile(" \\[(\\d+) ms]$");

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    /** On TAP, against servers on the host's kernel: one address and port is allowed. */
    @ParameterizedTest
    @MethodSource("jdks")
    void tap_oneAddressAndPortIsAllowed_othersAreRefusedWithTheirRule(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080", "8081", "8082");
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path rules = atoll.file(
                    "egress.rules",
                    "*filter",
                    ":INPUT DROP",
                    ":OUTPUT DROP",
                    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                    "-A OUTPUT -p tcp -d " + HOST + " --dport 8080 -j ACCEPT",
                    "-A OUTPUT -p tcp --dport 8082 -j DROP",
                    "-A OUTPUT -p tcp -j REJECT --reject-with tcp-reset",
                    "-A OUTPUT -j REJECT --reject-with icmp-admin-prohibited",
                    "COMMIT");
            Path status = atoll.path("status.json");
            List<String> words = List.of(
                    "tcp:" + HOST + ":8080",
                    "tcp:" + HOST + ":8081",
                    "tcp:203.0.113.9:8080",
                    "short:" + HOST + ":8082",
                    "udp:" + HOST + ":8080");
            Result result = atoll.runProbe(
                            List.of("--link", "tap", "--policy", rules.toString(), "--status-file", status.toString()),
                            words.toArray(new String[0]))
                    .assertExit(0);

            assertEquals("hello", answer(result, words.get(0)));
            String reset = " (" + rules + ":7: -A OUTPUT -p tcp -j REJECT --reject-with tcp-reset)";
            assertEquals("java.net.ConnectException: Connection refused" + reset, answerAtOnce(result, words.get(1)));
            assertEquals("java.net.ConnectException: Connection refused" + reset, answerAtOnce(result, words.get(2)));
            assertEquals(timeoutText(), answer(result, words.get(3)), "DROP is silence");
            String admin = rules + ":8: -A OUTPUT -j REJECT --reject-with icmp-admin-prohibited";
            assertTrue(answerAtOnce(result, words.get(4)).endsWith(" (" + admin + ")"), result::toString);
            assertTrue(result.stderr().contains("atoll: denied tcp 10.66.0.2:"), result::toString);
            assertTrue(result.stderr().contains(" -> " + HOST + ":8081: " + rules + ":7: "), result::toString);
            assertEquals(List.of(), result.foreignLines());

            Json json = Json.read(status);
            assertEquals("exited", json.text("outcome"));
            assertEquals("[" + rules + "]", json.text("policies"));
            assertEquals("true", json.text("filter"));
            assertEquals("tap:atoll0", json.text("link"));
            assertEquals("10.66.0.2/30", json.text("address"));
            assertTrue(Integer.parseInt(json.text("denials")) >= 4, json::toString);
        }
    }

    /** Table nat leads the program's connections elsewhere, and table filter judges where they go; marks join two tables. */
    @ParameterizedTest
    @MethodSource("jdks")
    void tap_translatedByTheFile_theProgramReachesWhatItDidNotName(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080", "8081");
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path rules = atoll.file(
                    "nat.rules",
                    "*mangle",
                    "-A OUTPUT -p tcp -m multiport --dports 81:89,443 -j MARK --set-mark 7",
                    "COMMIT",
                    "*nat",
                    "-A OUTPUT -p tcp -d 203.0.113.9 --dport 80 -j DNAT --to-destination " + HOST + ":8080",
                    "-A OUTPUT -p udp -d 203.0.113.9 --dport 53 -j DNAT --to-destination " + HOST + ":8080",
                    "-A OUTPUT -p tcp -m mark --mark 7 -j DNAT --to-destination " + HOST + ":8081",
                    "COMMIT",
                    "*filter",
                    "-A OUTPUT -p tcp -d " + HOST + " --dport 8081 -m mark --mark 7 -j REJECT --reject-with tcp-reset",
                    "-A OUTPUT -d 203.0.113.9 -j DROP",
                    "COMMIT");
            Result result = atoll.runProbe(
                            List.of("--link", "tap", "--policy", rules.toString()),
                            "tcp:203.0.113.9:80",
                            "udp:203.0.113.9:53",
                            "tcp:203.0.113.9:443",
                            "tcp:" + HOST + ":8081")
                    .assertExit(0);
            assertEquals("hello", answer(result, "tcp:203.0.113.9:80"));
            assertEquals("ping", answer(result, "udp:203.0.113.9:53"));
            assertTrue(
                    answerAtOnce(result, "tcp:203.0.113.9:443").contains("nat.rules:10: -A OUTPUT -p tcp -d " + HOST),
                    "judged by where it goes: " + result);
            assertEquals("hello", answer(result, "tcp:" + HOST + ":8081"), "without the mark");
        }
    }

    /** The program is who started it, also in its own user namespace. */
    @ParameterizedTest
    @MethodSource("jdks")
    void tap_ownerIsWhoStartedTheProgram(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080", "8081");
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Object user = Files.getAttribute(directory, "unix:uid");
            Object group = Files.getAttribute(directory, "unix:gid");
            Path rules = atoll.file(
                    "owner.rules",
                    "*filter",
                    "-A OUTPUT -p tcp --dport 8080 -m owner --uid-owner " + user + " --gid-owner " + group
                            + " -j ACCEPT",
                    "-A OUTPUT -p tcp --dport 8081 -m owner ! --uid-owner " + user + " -j ACCEPT",
                    "-A OUTPUT -p tcp -m owner --socket-exists -j REJECT --reject-with tcp-reset",
                    "COMMIT");
            List<String> options = List.of("--link", "tap", "--policy", rules.toString());
            Result result = atoll.runProbe(options, "tcp:" + HOST + ":8080", "tcp:" + HOST + ":8081")
                    .assertExit(0);
            assertEquals("hello", answer(result, "tcp:" + HOST + ":8080"));
            assertTrue(
                    answerAtOnce(result, "tcp:" + HOST + ":8081").contains("owner.rules:4: "), () -> result.toString());
        }
    }

    /** Without a policy the same program reaches everything, and the status file says that there is no filter. */
    @ParameterizedTest
    @MethodSource("jdks")
    void tap_withoutPolicy_everythingIsReached(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080", "8081", "8082");
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path status = atoll.path("status.json");
            Result result = atoll.runProbe(
                            List.of("--link", "tap", "--status-file", status.toString()),
                            "tcp:" + HOST + ":8080",
                            "tcp:" + HOST + ":8081",
                            "tcp:" + HOST + ":8082",
                            "udp:" + HOST + ":8080",
                            "tcp:" + HOST + ":8083")
                    .assertExit(0);

            for (String port : List.of("8080", "8081", "8082")) {
                assertEquals("hello", answer(result, "tcp:" + HOST + ":" + port));
            }
            assertEquals("ping", answer(result, "udp:" + HOST + ":8080"));
            assertEquals(
                    "java.net.ConnectException: Connection refused",
                    answer(result, "tcp:" + HOST + ":8083"),
                    "refused by the host and not by a rule");
            assertEquals("", result.stderr());
            Json json = Json.read(status);
            assertEquals("[]", json.text("policies"));
            assertEquals("false", json.text("filter"));
            assertEquals("0", json.text("denials"));
        }
    }

    /** Each refusal is the exception that the kernel's iptables gives a plain JVM, with the rule after its text. */
    @Test
    void tap_everyWayToRefuse_isTheExceptionOfLinuxWithItsRule() throws Exception {
        Needs.tap();
        Needs.needsCommand("iptables-restore", "iptables");
        List<String> lines = new ArrayList<>(List.of("*filter", ":INPUT ACCEPT", ":OUTPUT ACCEPT"));
        List<String> words = new ArrayList<>();
        for (int i = 0; i < WAYS.size(); i++) {
            lines.add("-A OUTPUT -p tcp -d " + HOST + " --dport " + (FIRST_PORT + i) + " -j REJECT --reject-with "
                    + WAYS.get(i));
            words.add("tcp:" + HOST + ":" + (FIRST_PORT + i));
        }
        lines.add("COMMIT");
        try (HostSide kernel = new HostSide();
                HostSide host = new HostSide()) {
            Atoll plain = new Atoll(directory);
            Path rules = plain.file("ways.rules", lines.toArray(new String[0]));
            kernel.inside("iptables-restore", rules.toString());
            List<String> command = new ArrayList<>(kernel.prefix());
            command.addAll(plain.probe(words.toArray(new String[0])));
            Result expected = plain.startCommand(command).result().assertExit(0);

            Result result = new Atoll(directory)
                    .behind(host.prefix())
                    .runProbe(List.of("--link", "tap", "--policy", rules.toString()), words.toArray(new String[0]))
                    .assertExit(0);
            for (int i = 0; i < WAYS.size(); i++) {
                String rule = " (" + rules + ":" + (i + 4) + ": " + lines.get(i + 3) + ")";
                assertEquals(answer(expected, words.get(i)) + rule, answerAtOnce(result, words.get(i)), WAYS.get(i));
            }
        }
    }

    /** The same without privileges, against the second stack in the launcher. */
    @ParameterizedTest
    @MethodSource("jdks")
    void stream_asOrdinaryUser_onePortIsAllowed_theOtherRefusedWithItsRule(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Atoll atoll = new Atoll(directory).asOrdinaryUser().on(jdk);
        Path rules = atoll.file(
                "demo.rules",
                "*filter",
                ":INPUT ACCEPT",
                ":OUTPUT ACCEPT",
                "-A OUTPUT -d 10.66.0.1 -p tcp --dport 8080 -j REJECT",
                "-A OUTPUT -p tcp --dport 81 -j DROP",
                "-A OUTPUT -p udp -j REJECT",
                "COMMIT");
        Result result = atoll.runProbe(
                        List.of("--link", "demo:stream", "--policy", rules.toString()),
                        "short:10.66.0.1:81",
                        "tcp:10.66.0.1:8080",
                        "udp:10.66.0.1:53",
                        "tcp:10.66.0.1:82")
                .assertExit(0);

        assertEquals(
                "java.net.ConnectException: Connection refused (" + rules
                        + ":4: -A OUTPUT -d 10.66.0.1 -p tcp --dport 8080 -j REJECT)",
                answerAtOnce(result, "tcp:10.66.0.1:8080"));
        assertTrue(
                answerAtOnce(result, "udp:10.66.0.1:53").endsWith(" (" + rules + ":6: -A OUTPUT -p udp -j REJECT)"),
                result::toString);
        assertEquals(timeoutText(), answer(result, "short:10.66.0.1:81"));
        assertEquals(
                "java.net.ConnectException: Connection refused",
                answer(result, "tcp:10.66.0.1:82"),
                "refused by the other stack and not by a rule");

        Result open = new Atoll(directory)
                .asOrdinaryUser()
                .on(jdk)
                .runProbe(List.of("--link", "demo:stream"), "tcp:10.66.0.1:8080");
        assertFalse(open.stdout().contains("Exception"), open::toString);
    }

    private static String answer(Result result, String word) {
        return MS.matcher(result.line(word + "=").substring(word.length() + 1)).replaceFirst("");
    }

    private static String answerAtOnce(Result result, String word) {
        Matcher matcher = MS.matcher(result.line(word + "="));
        assertTrue(matcher.find(), result::toString);
        assertTrue(Integer.parseInt(matcher.group(1)) < AT_ONCE_MS, result::toString);
        return answer(result, word);
    }

    /** As {@code Socket} says it, on every JDK in use. */
    private static String timeoutText() {
        return "java.net.SocketTimeoutException: Connect timed out";
    }
}
