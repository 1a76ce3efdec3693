package dev.atoll.launcher.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
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

/** In a JVM of its own, where Netty has not loaded its library yet. */
@Timeout(60)
class NettyLibraryTest {
    private static final String MARK = "said: ";

    @TempDir
    Path directory;

    /** Prints whether epoll is to be had, and which files of the library this process has mapped. */
    static final class Asking {
        private Asking() {}

        public static void main(String[] args) throws IOException {
            NettyLibrary.load();
            say(Epoll.isAvailable());
            Socket.newSocketStream().close();
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                maps.filter(line -> line.contains("netty"))
                        .map(line -> line.substring(line.indexOf('/')))
                        .distinct()
                        .forEach(Asking::say);
            }
        }

        /** Marked, as the loggers write to the same stream. */
        private static void say(Object what) {
            System.out.println(MARK + what);
        }
    }

    @Test
    void load_cache_nothingIsUnpackedToAFileOfTheRunsOwn() throws Exception {
        String cache = System.getProperty("user.name").equals("root") ? "/var/cache/atoll" : directory + "/atoll";
        List<String> said = ask();
        assertEquals(2, said.size(), said::toString);
        assertEquals("true", said.get(0));
        assertTrue(
                said.get(1).matches(cache + "/native-[0-9a-f]+/libnetty_transport_native_epoll_x86_64\\.so"),
                said::toString);
    }

    private List<String> ask() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        // Unpacking fails.
                        "-Djava.io.tmpdir=" + directory.resolve("missing"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Asking.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("XDG_CACHE_HOME", directory.toString());
        Process process = builder.start();
        try {
            List<String> said = process.inputReader(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(MARK))
                    .map(line -> line.substring(MARK.length()))
                    .toList();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "ends in time");
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
