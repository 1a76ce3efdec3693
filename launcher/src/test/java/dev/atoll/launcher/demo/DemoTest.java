package dev.atoll.launcher.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The newcomer's first minute, from the jar that a newcomer has. */
@Tag("jar")
@Timeout(180)
class DemoTest {
    private static final Path JAR = Path.of("target/atoll.jar").toAbsolutePath();
    private static final int SECTION_HEADER = 0x0a0d0d0a;

    @TempDir
    Path directory;

    @Test
    void demo_oneRequestIsAllowedAndOneRefusedByItsRule() throws Exception {
        assumeTrue(canUnshare(), "needs user namespaces (sysctl kernel.unprivileged_userns_clone=1, or run as root)");
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        String output = run(
                0,
                System.getProperty("java.home") + "/bin/java",
                "-Djava.io.tmpdir=" + temporary,
                "-jar",
                JAR.toString(),
                "demo");

        assertTrue(output.contains("program: 200 \"Hello from a second stack"), output);
        assertTrue(output.contains("demo.rules:6: -A OUTPUT -p tcp --dport 8080 -j REJECT"), output);
        assertTrue(output.contains("atoll: denied tcp"), output);
        // As root it has two runs, one after the other, in one process.
        assertFalse(output.contains("does not find this run"), output);
        byte[] capture = Files.readAllBytes(directory.resolve("atoll-demo.pcapng"));
        assertEquals(SECTION_HEADER, ByteBuffer.wrap(capture).getInt(), "a pcapng file begins so");
        try (Stream<Path> left = Files.list(temporary)) {
            List<String> names = left.map(each -> each.getFileName().toString())
                    .filter(name -> name.startsWith("atoll-demo-"))
                    .toList();
            assertEquals(List.of(), names, "nothing unpacked is left");
        }
    }

    @Test
    void link_unknownEndOfDemo_isRefusedBeforeAnythingStarts() throws Exception {
        String output = run(
                120,
                System.getProperty("java.home") + "/bin/java",
                "-jar",
                JAR.toString(),
                "run",
                "--link",
                "demo:moon",
                "--",
                "java",
                "-version");

        assertEquals("atoll: link demo:moon: there are demo:stream and demo:tap\n", output);
    }

    private boolean canUnshare() throws Exception {
        try {
            Process probe =
                    new ProcessBuilder("unshare", "--user", "--net", "--mount", "--pid", "--fork", "true").start();
            return probe.waitFor(30, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private String run(int exitCode, String... command) throws Exception {
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "ends in time");
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        assertEquals(exitCode, process.exitValue(), text);
        return text;
    }
}
