package dev.atoll.launcher.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.runtime.policy.HostResolver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The policies that the project shows: nothing is wrong with them, and their own cases hold. */
class ExamplePoliciesTest {
    private static final Path DIRECTORY = Path.of("../examples/policies");
    private static final HostResolver NO_NAMES = host -> List.of();

    static List<String> policies() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            List<String> policies = files.map(Path::toString)
                    .filter(file -> file.endsWith(".rules") || file.endsWith(".conf") || file.endsWith(".sh"))
                    .sorted()
                    .toList();
            assertTrue(policies.size() >= 10, "policies are missing: " + policies);
            return policies;
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void check_findsNothing(String file) throws LaunchException {
        assertRun(new PolicyRequest.Check(List.of(file), ipsets(file), /* strict= */ true, /* json= */ false));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void test_allCasesHold(String file) throws LaunchException {
        assertRun(new PolicyRequest.Test(List.of(file), ipsets(file), /* json= */ false));
    }

    /** The sets of a policy stand in a file beside it. */
    private static List<String> ipsets(String file) {
        Path ipset = Path.of(file.replaceAll("\\.[a-z]+$", ".ipset"));
        return Files.exists(ipset) ? List.of(ipset.toString()) : List.of();
    }

    private static void assertRun(PolicyRequest request) throws LaunchException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertEquals(0, new PolicyCommand(out, NO_NAMES).run(request), () -> bytes.toString(StandardCharsets.UTF_8));
    }
}
