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

/** Virtual threads that wait in the stack. */
@Tag("jar")
@Timeout(300)
class VirtualThreadsTest {
    private static final Path PROGRAMS =
            Path.of("../socket-shim/target/test-classes").toAbsolutePath();

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.testedWithVirtualThreads();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void hundredThousand_blockedInReads_costNoThread(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.namespaces();
        Result result = new Atoll(directory)
                .on(jdk)
                .run(
                        "run",
                        "--link",
                        "none",
                        "--",
                        jdk + "/bin/java",
                        "-Xmx3g",
                        "-Datoll.test.virtualThreads=100000",
                        "-cp",
                        PROGRAMS.toString(),
                        "dev.atoll.shim.agent.programs.VirtualThreads")
                .assertExit(0);

        assertEquals("few threads: true", result.line("few threads: "));
        assertEquals("all have read: true", result.line("all have read: "));
        assertEquals("", result.stderr());
    }
}
