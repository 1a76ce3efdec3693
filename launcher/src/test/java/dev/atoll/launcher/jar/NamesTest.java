package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules by name and by code in a program, against a name server on the host's side. */
@Tag("jar")
@Timeout(300)
class NamesTest {
    private static final String HOST = HostSide.ADDRESS;

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    private static String answer(Result result, String command) {
        return result.stdout()
                .lines()
                .filter(line -> line.startsWith(command + "="))
                .map(line -> line.substring(command.length() + 1).replaceAll(" \\[\\d+ ms]$", ""))
                .reduce((first, next) -> first + "; " + next)
                .orElse("nothing");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void tap_connectionsByName_areOpenedByTheLookup(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080", HOST + ":53=" + HOST);
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path rules = atoll.file(
                    "egress.rules",
                    "*filter",
                    ":INPUT DROP",
                    ":OUTPUT DROP",
                    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                    "-A OUTPUT -p udp -d " + HOST + " --dport 53 -j ACCEPT",
                    "-A OUTPUT -p tcp --dport 8080 -m fqdn --name *.good.example -j ACCEPT",
                    "-A OUTPUT -j REJECT --reject-with icmp-admin-prohibited",
                    "COMMIT");
            List<String> words = List.of(
                    "tcp:" + HOST + ":8080",
                    "tcp:bad.example:8080",
                    "tcp:www.GOOD.example:8080",
                    "tcp:www.good.example:8081");
            Result result = atoll.runProbe(
                            List.of("--link", "tap", "--dns", HOST, "--policy", rules.toString()),
                            words.toArray(new String[0]))
                    .assertExit(0);
            String refused = "java.net.NoRouteToHostException: No route to host (" + rules + ":7: -A OUTPUT -j REJECT"
                    + " --reject-with icmp-admin-prohibited)";
            assertEquals(refused, answer(result, words.get(0)), "nobody asked for a name yet");
            assertEquals(refused, answer(result, words.get(1)));
            assertEquals("hello", answer(result, words.get(2)));
            assertEquals(refused, answer(result, words.get(3)));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void tap_strictly_otherNamesAreNotAskedFor(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080", HOST + ":53=" + HOST);
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path rules = atoll.file(
                    "strict.conf",
                    "atoll.egress {",
                    "  default = reject",
                    "  rules = [",
                    "    { to = " + HOST + ", port = 53, proto = udp, action = allow }",
                    "    { host = www.good.example, port = 8080, action = allow }",
                    "  ]",
                    "}");
            Result result = atoll.runProbe(
                            List.of("--link", "tap", "--dns=strict:" + HOST, "--policy", rules.toString()),
                            "lookup:bad.example",
                            "tcp:www.good.example:8080")
                    .assertExit(0);
            String why = rules + ":1: no rule allows the name bad.example (--dns=strict)";
            assertEquals(
                    "java.net.UnknownHostException: bad.example: Name or service not known (REFUSED: " + why + ")",
                    answer(result, "lookup:bad.example"));
            assertEquals("hello", answer(result, "tcp:www.good.example:8080"));
            assertTrue(result.stderr().contains(why), result::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void tap_oneOfTwoJars_mayConnect(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        Path good = Dialer.jar(directory, "org.acme", "dialer", "1.0");
        Path other = Dialer.jar(directory, "org.acme", "other", "1.0");
        try (HostSide host = new HostSide()) {
            host.serve("8080", "8081");
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path rules = atoll.file(
                    "code.conf",
                    "atoll.egress {",
                    "  default = reject",
                    "  rules = [",
                    "    { port = 8080, code.maven = \"org.acme:dialer\", action = allow }",
                    "    { port = 8081, code.jar = \"other-*.jar\", action = allow }",
                    "  ]",
                    "}");
            List<String> words = List.of(
                    "via:" + good + "=" + HOST + ":8080",
                    "via:" + other + "=" + HOST + ":8080",
                    "via:" + good + "=" + HOST + ":8081",
                    "via:" + other + "=" + HOST + ":8081",
                    "tcp:" + HOST + ":8080");
            Result result = atoll.runProbe(
                            List.of("--link", "tap", "--policy", rules.toString()), words.toArray(new String[0]))
                    .assertExit(0);
            String refused = "java.net.ConnectException: Connection refused (" + rules + ":2: egress.default = reject)";
            assertEquals("hello", answer(result, words.get(0)));
            assertEquals(refused, answer(result, words.get(1)));
            assertEquals(refused, answer(result, words.get(2)));
            assertEquals("hello", answer(result, words.get(3)));
            assertEquals(refused, answer(result, words.get(4)), "the program's own code");
            assertTrue(result.stderr().contains("atoll: denied tcp "), result::toString);
        }
    }
}
