package dev.atoll.examples.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The extension on the class path of the launcher that users have. */
@Timeout(180)
class ExtensionTest {
    private static final Path ATOLL = Path.of("../../launcher/target/atoll.jar").toAbsolutePath();
    private static final String CLASSES =
            Path.of("target/classes").toAbsolutePath().toString();
    private static final String TEST_CLASSES =
            Path.of("target/test-classes").toAbsolutePath().toString();

    @TempDir
    Path directory;

    /** The sandboxed program: connects to each address, and says how that ended. */
    static final class Connects {
        private Connects() {}

        public static void main(String[] addresses) {
            for (String address : addresses) {
                String[] parts = address.split(":", 2);
                String result = "connected";
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(parts[0], Integer.parseInt(parts[1])), 1_000);
                } catch (IOException e) {
                    result = String.valueOf(e.getMessage());
                }
                System.out.println(address + " " + result);
            }
        }
    }

    @BeforeEach
    void needAtollAndNamespaces() throws Exception {
        assumeTrue(Files.exists(ATOLL), "needs " + ATOLL + " (mvn package)");
        assumeTrue(
                run(List.of("unshare", "--user", "--net", "--pid", "--fork", "true")) == 0,
                "needs user namespaces (sysctl kernel.unprivileged_userns_clone=1, or run as root)");
    }

    @Test
    void linkAndSink_onTheClassPath_areUsedWithoutTouchingTheLauncher() throws Exception {
        Path rules = Files.write(
                directory.resolve("a.rules"), List.of("*filter", "-A OUTPUT -p tcp --dport 81 -j REJECT", "COMMIT"));
        Path table = directory.resolve("table");
        int exitCode =
                run(atoll("-Ddenials.table=" + table, "dead", rules, "192.0.2.7:80", "192.0.2.7:81", "192.0.2.7:81"));

        assertEquals(0, exitCode, this::output);
        String rule = rules + ":2: -A OUTPUT -p tcp --dport 81 -j REJECT";
        assertTrue(output().contains("192.0.2.7:80 Connect timed out\n"), this::output);
        assertTrue(output().contains("192.0.2.7:81 Connection refused (" + rule + ")\n"), this::output);
        assertEquals(List.of("2\t" + rule, "exit code\t0"), Files.readAllLines(table));
    }

    /** A sink that fails is named in a line of the launcher's, and changes nothing. */
    @Test
    void sinkThatFails_isSaidAndChangesNothing() throws Exception {
        Path rules = Files.write(directory.resolve("a.rules"), List.of("*filter", "COMMIT"));
        int exitCode = run(atoll("-Ddenials.table=/no/such/directory/table", "dead", rules, "192.0.2.7:80"));

        assertEquals(0, exitCode, this::output);
        assertTrue(output().contains("atoll: report sink " + DenialTable.class.getName() + " failed: "), this::output);
    }

    private List<String> atoll(String option, String link, Path rules, String... addresses) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(
                java,
                option,
                "-cp",
                ATOLL + ":" + CLASSES,
                "dev.atoll.launcher.Main",
                "run",
                "--link",
                link,
                "--policy",
                rules.toString(),
                "--",
                java,
                "-cp",
                TEST_CLASSES,
                Connects.class.getName()));
        command.addAll(List.of(addresses));
        return command;
    }

    private int run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            assertTrue(process.waitFor(90, TimeUnit.SECONDS), "ends in time");
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
