package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The policies that the project shows, in force over a program whose host has every address that their cases name: what a case
 * says becomes of a connection is what becomes of it. Cases of another user's programs, of code that is no jar, and of connections
 * to the program, are {@code policy test}'s alone.
 */
@Tag("jar")
@Timeout(300)
class ExamplePoliciesTest {
    private static final Path DIRECTORY = Path.of("../examples/policies");

    private static final Pattern CASE = Pattern.compile(
            "(?:# test: |.*\")connect (\\[?[0-9a-z.:-]+?]?):(\\d+)( udp)?( as 0:0)?(?: by (\\S+[:.]\\S+))? -> (\\w+).*");

    /** What localhost would be is the program's own. */
    private static final Pattern OF_THE_PROGRAM = Pattern.compile("127\\..*|\\[::1]");

    private static final Pattern COORDINATES = Pattern.compile("(\\S+):(\\S+):(\\S+)");
    private static final Pattern JAR = Pattern.compile("(\\S+)-([0-9.]+)\\.jar");
    private static final Pattern NAME = Pattern.compile(".*[a-z]\\.[a-z].*");

    /** The host's end of the link, which has it already. */
    private static final String GATEWAY = "10.66.0.1";

    /** Where the policy that leads to Tor expects it. */
    private static final List<String> TOR_PORTS = List.of("9040", "5353");

    /** The name server of the policies, and what it says of every name. */
    private static final String NAME_SERVER = "192.0.2.53";

    private static final String NAMED = "198.51.100.80";

    /** What the file of a policy's sets ends in, which stands beside it. */
    private static final String IPSET = ".ipset";

    private static final String LOG = "launcher.log";

    @TempDir
    Path directory;

    /**
     * What a case says.
     *
     * @param by the code that connects; empty for any
     */
    private record Case(String host, String port, boolean udp, String by, String expected) {
        boolean isNamed() {
            return NAME.matcher(host).matches();
        }

        String address() {
            return isNamed() ? NAMED : host.replaceAll("[\\[\\]]", "");
        }

        /** A silence is not waited for as long as an answer. */
        String word(Path directory) throws IOException {
            String server = host + ":" + port;
            Matcher coordinates = COORDINATES.matcher(by);
            Matcher jar = JAR.matcher(by);
            if (coordinates.matches()) {
                return "via:"
                        + Dialer.jar(directory, coordinates.group(1), coordinates.group(2), coordinates.group(3)) + "="
                        + server;
            } else if (jar.matches()) {
                return "via:" + Dialer.jar(directory, "org.acme", jar.group(1), jar.group(2)) + "=" + server;
            }
            return (udp ? "udp:" : expected.equals("drop") ? "short:" : "tcp:") + server;
        }

        void assertMet(String word, String line) {
            String answer = line.substring(word.length() + 1);
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
            return files.filter(file -> !file.toString().endsWith(IPSET))
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
        List<String> words = new ArrayList<>();
        for (Case each : cases) {
            words.add(each.word(directory));
        }
        Result result = run(policy, cases, words);
        for (int i = 0; i < cases.size(); i++) {
            cases.get(i).assertMet(words.get(i), result.line(words.get(i) + "="));
        }
    }

    @Test
    void rateLimit_whatIsTooMuchIsRefusedAndLogged() throws Exception {
        Needs.tap();
        Case mail = new Case("192.0.2.25", "25", false, "", "accept");
        String word = mail.word(directory);
        Result result = run(DIRECTORY.resolve("rate-limit.rules"), List.of(mail), Collections.nCopies(6, word));
        List<String> answers = result.stdout()
                .lines()
                .filter(line -> line.startsWith(word + "="))
                .map(line -> line.substring(word.length() + 1))
                .toList();
        assertEquals(6, answers.size(), result::toString);
        for (String answer : answers.subList(0, 5)) {
            assertTrue(answer.startsWith("hello ["), result::toString);
        }
        assertTrue(answers.get(5).startsWith("java.net.NoRouteToHostException: No route to host ("), result::toString);
        String log = Files.readString(directory.resolve(LOG));
        assertTrue(log.contains("refused: IN= OUT=eth0 SRC=10.66.0.2 DST=192.0.2.25 "), log);
    }

    /** Runs a program that connects under a policy, on a host that has the addresses of the cases. */
    private Result run(Path policy, List<Case> cases, List<String> words) throws Exception {
        Set<String> places = new LinkedHashSet<>(TOR_PORTS);
        boolean named = cases.stream().anyMatch(Case::isNamed);
        List<String> options = new ArrayList<>(List.of("--link", "tap", "--address6", "free"));
        Path log = directory.resolve(LOG);
        Path config = Files.writeString(directory.resolve("atoll.conf"), "atoll.log.file = \"" + log + "\"\n");
        options.addAll(List.of("--config", config.toString()));
        try (HostSide host = new HostSide()) {
            if (named) {
                host.inside("ip", "address", "replace", NAME_SERVER, "dev", "lo");
                places.add(NAME_SERVER + ":53=" + NAMED);
                options.addAll(List.of("--dns", NAME_SERVER));
            }
            for (Case each : cases) {
                if (each.address().equals(GATEWAY)) {
                    places.add(each.port());
                } else if (places.add(each.address() + ":" + each.port())) {
                    // The same address may be there already, for another port.
                    host.inside("ip", "address", "replace", each.address(), "dev", "lo");
                }
            }
            host.serve(places.toArray(new String[0]));
            Path ipset = policy.resolveSibling(policy.getFileName().toString().replaceAll("\\.[a-z]+$", IPSET));
            if (Files.exists(ipset)) {
                options.addAll(List.of("--ipset", ipset.toAbsolutePath().toString()));
            }
            Path copy = Files.copy(policy, directory.resolve(policy.getFileName()));
            options.addAll(List.of("--policy", copy.toString()));
            return new Atoll(directory)
                    .behind(host.prefix())
                    .runProbe(options, words.toArray(new String[0]))
                    .assertExit(0);
        }
    }

    private static List<Case> cases(Path policy) throws IOException {
        List<Case> cases = new ArrayList<>();
        boolean named = false;
        for (String line : Files.readAllLines(policy)) {
            Matcher matcher = CASE.matcher(line);
            if (matcher.matches() && !OF_THE_PROGRAM.matcher(matcher.group(1)).matches()) {
                boolean udp = matcher.group(3) != null;
                String by = matcher.group(5) == null ? "" : matcher.group(5);
                Case each = new Case(matcher.group(1), matcher.group(2), udp, by, matcher.group(6));
                boolean jar = by.isEmpty()
                        || COORDINATES.matcher(by).matches()
                        || JAR.matcher(by).matches();
                named |= each.isNamed();
                if (jar && (!udp || !each.expected().equals("drop"))) {
                    cases.add(each);
                }
            }
        }
        if (named) {
            // There is a name server then, which says more than it is told.
            cases.removeIf(each -> each.udp() && each.port().equals("53"));
        }
        return cases;
    }
}
