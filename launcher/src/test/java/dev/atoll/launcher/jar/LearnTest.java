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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From a program of which nothing is known to a policy for it: a run that only looks on, what it teaches, and that in force. */
@Tag("jar")
@Timeout(300)
class LearnTest {
    private static final String HOST = HostSide.ADDRESS;
    private static final String NAME_SERVER = HOST + ":53";

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void audit_thenLearn_thenEnforce_isACleanRun(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080", "8081", HOST + ":9000", NAME_SERVER + "=" + HOST);
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path nothing = atoll.file(
                    "nothing.rules",
                    "*filter",
                    ":INPUT DROP",
                    ":OUTPUT DROP",
                    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                    "-A OUTPUT -j REJECT --reject-with icmp-admin-prohibited",
                    "COMMIT");
            Path log = atoll.path("flows.jsonl");
            String[] words = {
                "tcp:" + HOST + ":8080", "tcp:api.example:8081", "tcp:www.example:8081", "udp:" + HOST + ":9000"
            };
            List<String> link = List.of("--link", "tap", "--dns", HOST);
            Result audited = atoll.runProbe(
                            with(link, "--audit", "--policy", nothing.toString(), "--flow-log", log.toString()), words)
                    .assertExit(0);
            assertAnswered(audited, words);
            assertTrue(audited.stderr().contains("atoll: would deny tcp "), audited::toString);
            assertTrue(audited.stderr().contains(" -> " + HOST + ":8080: " + nothing + ":5: "), audited::toString);
            String records = Files.readString(log);
            assertTrue(records.contains("\"would-reject\"") && records.contains("\"api.example\""), records);

            Path learned = atoll.path("learned.conf");
            Result learning = atoll.run("policy", "learn", "--out", learned.toString(), log.toString());
            learning.assertExit(0);
            atoll.run("policy", "check", learned.toString()).assertExit(0);

            Result enforced = atoll.runProbe(with(link, "--policy", learned.toString()), words)
                    .assertExit(0);
            assertAnswered(enforced, words);
            assertEquals("", enforced.stderr(), "nothing is denied: " + Files.readString(learned));

            Result other = atoll.runProbe(with(link, "--policy", learned.toString()), "tcp:" + HOST + ":8082")
                    .assertExit(0);
            assertTrue(other.line("tcp:").contains("learned.conf:"), "anything else is: " + other);
        }
    }

    private static List<String> with(List<String> link, String... options) {
        List<String> all = new ArrayList<>(link);
        all.addAll(List.of(options));
        return all;
    }

    private static void assertAnswered(Result result, String... words) {
        for (String word : words) {
            assertFalse(result.line(word + "=").contains("Exception"), result::toString);
        }
    }
}
