package dev.atoll.launcher.start;

import dev.atoll.launcher.sys.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory in which HotSpot keeps a file for each JVM of a user, named by its process id, for {@code jps} and {@code
 * jstat} to find.
 *
 * <p>In a PID namespace the numbers are not the host's, and a JVM that finds its file taken says so on stdout; so each
 * sandbox has a directory of its own there. The launcher's JVM has made the host's.
 */
public final class PerformanceData {
    /** Where it is, for the launcher's user. */
    static final Path DIRECTORY = Path.of("/tmp/hsperfdata_" + System.getProperty("user.name"));

    private PerformanceData() {}

    /** Removes the launcher's own file, which would outlive a launcher that is killed; the JVM itself does without. */
    public static void removeOwn() {
        try {
            Files.deleteIfExists(DIRECTORY.resolve(Integer.toString(Libc.getpid())));
        } catch (IOException e) {
            // Then it stays until the user's next JVM starts, which looks for files of the dead.
        }
    }
}
