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

    /** Root's cache is not the environment's, so that an ordinary user's has to be seen. */
    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @Test
    void process_cache_libraryIsLoadedFromItAndNothingElseIsWritten() throws Exception {
        Path cache = isRoot() ? Path.of("/var/cache/atoll") : directory.resolve("cache/atoll");
        for (int run = 0; run < 2; run++) {
            String said = ask();
            assertTrue(said.matches("true " + cache + "/native-[0-9a-f]+/libjnidispatch\\.so null\n"), said);
            // An empty directory of JNA's own is made by JNA whatever it is told.
            assertEquals(isRoot() ? List.of() : List.of("libjnidispatch.so"), filesBelow(directory));
            assertTrue(filesBelow(cache).contains("libjnidispatch.so"));
        }
    }

    private static List<String> filesBelow(Path top) throws IOException {
        try (Stream<Path> files = Files.walk(top)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private String ask() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Asking.class.getName())
                .redirectErrorStream(true);
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        Process process = builder.start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "ends in time");
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
