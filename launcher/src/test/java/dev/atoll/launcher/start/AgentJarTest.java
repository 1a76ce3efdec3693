package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.testing.Jdks;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar that the build has put into the launcher's classes, which comes after the other tests. */
@Tag("jar")
class AgentJarTest {
    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @Test
    void file_hasATimeOfItsContent_andIsForAllToRead() throws Exception {
        byte[] content;
        try (InputStream jar = resource()) {
            content = jar.readAllBytes();
        }
        try (AgentJar agent = AgentJar.load()) {
            Path file = Path.of("/proc/self/fd", Integer.toString(agent.descriptor()));
            assertEquals(
                    Instant.ofEpochSecond(AgentJar.timeOf(content)),
                    Files.getLastModifiedTime(file).toInstant());
            assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
    }

    @Test
    void time_ofAnotherContent_isAnother() {
        byte[] content = new byte[1000];
        long time = AgentJar.timeOf(content);
        content[500] = 1;

        assertNotEquals(time, AgentJar.timeOf(content));
        for (long each : List.of(time, AgentJar.timeOf(content))) {
            assertTrue(each > 0 && each <= Integer.MAX_VALUE, "kept by every file system: " + each);
        }
    }

    /** As a JVM would be started that copies one option of another and not the other. */
    @ParameterizedTest
    @MethodSource("jdks")
    void agent_withoutTheBootClassPath_stopsTheJvmAndSaysWhatIsMissing(int feature) throws Exception {
        Path jar = directory.resolve("agent.jar");
        try (InputStream content = resource()) {
            Files.copy(content, jar);
        }
        String java = Jdks.require(feature).resolve("bin/java").toString();
        Process process = new ProcessBuilder(java, "-javaagent:" + jar, "-version")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(125, process.waitFor(), said);
        assertEquals(
                "atoll: the program was not started: the agent's jar must be on the boot class path: start Java with"
                        + " -Xbootclasspath/a:JAR besides -javaagent:JAR\n",
                said);
    }

    private static InputStream resource() {
        return Objects.requireNonNull(AgentJar.class.getResourceAsStream("/META-INF/atoll/agent.jar"));
    }
}
