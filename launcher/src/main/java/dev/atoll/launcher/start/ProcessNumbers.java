package dev.atoll.launcher.start;

import dev.atoll.launcher.sys.Libc;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a sandbox begins to number its processes.
 *
 * <p>HotSpot keeps a file in {@code /tmp}, which is the host's, named by its process id. With the same small numbers in
 * every sandbox two JVMs meet there, and the second complains on its stdout. So each sandbox begins at another number,
 * in the upper half, which the host's own ids seldom reach.
 */
final class ProcessNumbers {
    private static final Path PID_MAX = Path.of("/proc/sys/kernel/pid_max");

    /** Room for the sandbox's own processes before the numbers wrap. */
    private static final int ROOM = 1000;

    private ProcessNumbers() {}

    static int first() {
        int half;
        // Not readString: it reads a byte first, and such a file gives its value to the first read only.
        try (BufferedReader reader = Files.newBufferedReader(PID_MAX)) {
            half = Integer.parseInt(String.valueOf(reader.readLine())) / 2;
        } catch (IOException | NumberFormatException e) {
            // Linux's default on small machines.
            half = 32_768 / 2;
        }
        return half + Libc.getpid() % Math.max(half - ROOM, 1);
    }
}
