package dev.atoll.launcher.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.Spawn;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The second fence. A launcher that dies takes the program with it; should the program's JVM still run when the control
 * connection ends, its network is cut. Here the JVM has Atoll inside and no sandbox around it, so that it lives on to tell.
 */
@Tag("jar")
class ControlLossTest {
    private static final int SIGKILL = 9;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(120);

    @TempDir
    Path directory;

    @Test
    void control_closedByTheLauncher_cutsOpenSocketsAndRefusesNewOnes() throws Exception {
        unpackJar();
        int[] control = Libc.socketpair();
        int[] link = Libc.socketpair();
        Path output = directory.resolve("output");
        Libc.write(control[0], ControlCodec.encode(setup()));
        int program = start(output, control[1], link[1]);
        try {
            Libc.close(control[1]);
            Libc.close(link[1]);
            await(output, "holding");
            Libc.close(control[0]);
            await(output, "end");
        } finally {
            Libc.kill(program, SIGKILL);
            Libc.waitpid(program);
            Libc.close(link[0]);
        }

        Map<String, String> ends = new TreeMap<>();
        for (String line : Files.readAllLines(output)) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                ends.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        assertEquals(
                List.of("accept", "channel", "connect", "listen", "read", "receive", "write"),
                List.copyOf(ends.keySet()));
        ends.forEach((name, end) -> assertTrue(end.startsWith("java."), () -> name + " ended with: " + end));
    }

    private int start(Path output, int control, int link) throws IOException {
        int written = Libc.create(output.toString());
        try {
            String java = System.getProperty("java.home") + "/bin/java";
            return Spawn.start(
                    java,
                    List.of(
                            java,
                            "-Xbootclasspath/a:" + directory.resolve("agent.jar"),
                            "-javaagent:" + directory.resolve("agent.jar"),
                            "-cp",
                            Path.of("target/test-classes").toAbsolutePath().toString(),
                            HeldSockets.class.getName()),
                    List.of(),
                    Map.of(1, written, 2, written, 3, control, 4, link));
        } finally {
            Libc.close(written);
        }
    }

    private static Setup setup() {
        return new Setup(
                "island",
                new ControlRecord.Link(
                        ControlRecord.LinkKind.STREAM, 4, "eth0", 1500, new MacAddress(0x0200_0000_0001L), 0, false),
                List.of(new ControlRecord.Address(IpAddress.parse("10.66.0.2"), 30)),
                IpAddress.parse("10.66.0.1"),
                List.of(),
                ControlRecord.Names.NONE,
                false,
                false,
                ControlRecord.NO_DESCRIPTOR,
                false,
                false,
                false);
    }

    private void unpackJar() throws IOException {
        try (InputStream jar = ControlLossTest.class.getResourceAsStream("/META-INF/atoll/agent.jar")) {
            if (jar == null) {
                throw new IOException("the build has not put agent.jar into the launcher's classes");
            }
            Files.copy(jar, directory.resolve("agent.jar"));
        }
    }

    private static void await(Path output, String line) throws Exception {
        long start = System.nanoTime();
        while (!Files.readAllLines(output).contains(line)) {
            if (System.nanoTime() - start > LIMIT_NS) {
                fail("no line \"" + line + "\" in:\n" + Files.readString(output));
            }
            Thread.sleep(20);
        }
    }
}
