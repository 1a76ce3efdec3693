package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code policy explain} says that a program sees is what a program under the policy sees. */
@Tag("jar")
@Timeout(300)
class ExplainTest {
    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void hocon_whatIsExplained_isWhatTheProgramSees(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Atoll atoll = new Atoll(directory).asOrdinaryUser().on(jdk);
        Path policy = atoll.file(
                "egress.conf",
                "atoll {",
                "  egress {",
                "    default = reject",
                "    rules = [",
                "      { name = web, to = 10.66.0.1, port = 8080, action = allow }",
                "      { to = 10.66.0.1, port = 53, proto = udp, action = reject, reason = \"no names\" }",
                "      { to = 10.66.0.1, port = 54, proto = udp, action = drop }",
                "    ]",
                "  }",
                "  tests = [ \"connect 10.66.0.1:8080 -> accept\", \"connect 10.66.0.1:82 -> reject\" ]",
                "}");

        assertEquals(
                "2 passed, 0 failed",
                atoll.run("policy", "test", policy.toString()).assertExit(0).line("2 "));
        Result run = atoll.runProbe(
                        List.of("--link", "demo:stream", "--policy", policy.toString()),
                        "tcp:10.66.0.1:8080",
                        "tcp:10.66.0.1:82",
                        "udp:10.66.0.1:53",
                        "udp:10.66.0.1:54")
                .assertExit(0);

        assertEquals("HTTP/1.1 200 OK", answer(run, "tcp:10.66.0.1:8080"));
        for (String word : List.of("tcp:10.66.0.1:82", "udp:10.66.0.1:53", "udp:10.66.0.1:54")) {
            String protocol = word.substring(0, 3);
            Result explained = atoll.run(
                    "policy", "explain", policy.toString(), "connect", word.substring(4), "--proto", protocol);
            assertEquals(
                    "the program sees " + answer(run, word) + ", at once",
                    explained.assertExit(0).line("the program sees "));
        }
    }

    /** Without the time that it took. */
    private static String answer(Result run, String word) {
        return run.line(word + "=").substring(word.length() + 1).replaceFirst(" \\[\\d+ ms]$", "");
    }
}
