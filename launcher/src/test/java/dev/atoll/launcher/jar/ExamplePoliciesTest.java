package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The policies that the project shows, in force over a program whose host has every address that their cases name: what a case
 * says becomes of a connection is what becomes of it. Cases of another user's programs, and of connections to the program, are
 * {@code policy test}'s alone.
 */
@Tag("jar")
@Timeout(300)
class ExamplePoliciesTest {
    private static final Path DIRECTORY = Path.of("../examples/policies");

    private static final Pattern CASE =
            Pattern.compile("(?:# test: |.*\")connect (\\[?[0-9a-f.:]+?]?):(\\d+)( udp)?( as 0:0)? -> (\\S+).*");

    /** What localhost would be is the program's own. */
    private static final Pattern OF_THE_PROGRAM = Pattern.compile("127\\..*|\\[::1]");

    /** The host's end of the link, which has it already. */
    private static final String GATEWAY = "10.66.0.1";

    /** Where the policy that leads to Tor expects it. */
    private static final List<String> TOR_PORTS = List.of("9040", "5353");

    /** What the file of a policy's sets ends in, which stands beside it. */
    private static final String IPSET = ".ipset";

    @TempDir
    Path directory;

    /** What a case says. */
    private record Case(String host, String port, boolean udp, String expected) {
        String address() {
            return host.replaceAll("[\\[\\]]", "");
        }

        /** A silence is not waited for as long as an answer. */
        String word() {
            return (udp ? "udp:" : expected.equals("drop") ? "short:" : "tcp:") + host + ":" + port;
        }

        void assertMet(String line) {
            String answer = line.substring(word().length() + 1);
            String answered = udp ? "ping" : "hello";
            switch (expected) {
                case "accept" -> assertTrue(answer.startsWith(answered + " ["), line);
                case "drop" -> assertTrue(answer.startsWith("java.net.SocketTimeoutException"), line);
                default ->
                    assertTrue(answer.contains("Exception: ") && answer.contains(" ("), "with its rule: " + line);
            }
        }
    }

    static List<Path> policies() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> !file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void casesHold_inARun(Path policy) throws Exception {
        Needs.tap();
        List<Case> cases = cases(policy);
        assertTrue(cases.size() >= 3, "cases: " + cases);
        Set<String> places = new LinkedHashSet<>(TOR_PORTS);
        try (HostSide host = new HostSide()) {
            for (Case each : cases) {
                if (each.address().equals(GATEWAY)) {
                    places.add(each.port());
                } else if (places.add(each.address() + ":" + each.port())) {
                    // The same address may be there already, for another port.
                    host.inside("ip", "address", "replace", each.address(), "dev", "lo");
                }
            }
            host.serve(places.toArray(new String[0]));
            List<String> options = new ArrayList<>(List.of("--link", "tap", "--address6", "free"));
            Path ipset = policy.resolveSibling(policy.getFileName().toString().replaceAll("\\.[a-z]+$", IPSET));
            if (Files.exists(ipset)) {
                options.addAll(List.of("--ipset", ipset.toAbsolutePath().toString()));
            }
            Path copy = Files.copy(policy, directory.resolve(policy.getFileName()));
            options.addAll(List.of("--policy", copy.toString()));
            Result result = new Atoll(directory)
                    .behind(host.prefix())
                    .runProbe(options, cases.stream().map(Case::word).toArray(String[]::new))
                    .assertExit(0);
            for (Case each : cases) {
                each.assertMet(result.line(each.word() + "="));
            }
        }
    }

    private static List<Case> cases(Path policy) throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String line : Files.readAllLines(policy)) {
            Matcher matcher = CASE.matcher(line);
            if (matcher.matches() && !OF_THE_PROGRAM.matcher(matcher.group(1)).matches()) {
                boolean udp = matcher.group(3) != null;
                if (!udp || !matcher.group(5).equals("drop")) {
                    cases.add(new Case(matcher.group(1), matcher.group(2), udp, matcher.group(5)));
                }
            }
        }
        return cases;
    }
}
