package dev.atoll.launcher.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own each, since JNA starts once in a JVM. */
@Timeout(60)
class JnaSetupTest {
    @TempDir
    Path directory;

    /** Says whether libc answers, and from where its door was loaded. */
    static final class Asking {
        private Asking() {}

        public static void main(String[] arguments) {
            boolean answered = Libc.getpid() == ProcessHandle.current().pid();
            System.out.println(answered + " " + System.getProperty("jnidispatch.path") + " "
                    + System.getProperty("jna.boot.library.path"));
        }
    }

    @Test
    void process_temporaryDirectory_libraryIsLoadedFromItAndNothingStays() throws Exception {
        String said = ask(directory);
        assertTrue(said.matches("true " + directory + "/atoll-jna-[0-9]+/libjnidispatch\\.so null\n"), said);
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void process_noTemporaryDirectory_jnaFindsItsOwnWay() throws Exception {
        String said = ask(directory.resolve("absent"));
        assertTrue(said.startsWith("true "), said);
        assertTrue(said.endsWith(" null\n"), said);
        assertTrue(!said.contains("atoll-jna"), said);
    }

    private String ask(Path temporary) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Asking.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "ends in time");
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
