package dev.atoll.launcher.start;

import dev.atoll.launcher.sys.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Which user and group ids the sandbox's user namespace has: all of the launcher's namespace for root, else the user's
 * own.
 *
 * @param users lines for {@code uid_map}
 * @param groups lines for {@code gid_map}
 * @param root whether the program runs as root
 */
record Identities(String users, String groups, boolean root) {
    private static final Path OWN = Path.of("/proc/self");

    /** The launcher's own. */
    static Identities ofLauncher() throws IOException {
        int user = Libc.geteuid();
        if (user == 0) {
            return new Identities(identity(OWN.resolve("uid_map")), identity(OWN.resolve("gid_map")), true);
        }
        return new Identities(one(user), one(Libc.getegid()), false);
    }

    /** Writes the maps for a process in the new namespace. */
    void writeFor(int pid) throws IOException {
        Path process = Path.of("/proc", Integer.toString(pid));
        if (!root) {
            // The kernel lets an ordinary user map a group only after giving up setgroups in the namespace.
            write(process.resolve("setgroups"), "deny");
        }
        write(process.resolve("uid_map"), users);
        write(process.resolve("gid_map"), groups);
    }

    /** Every id that exists in the launcher's namespace, under its own number. */
    private static String identity(Path map) throws IOException {
        return identity(Files.readAllLines(map, StandardCharsets.US_ASCII));
    }

    static String identity(List<String> map) {
        StringBuilder lines = new StringBuilder();
        for (String line : map) {
            String[] columns = line.trim().split("\\s+", -1);
            lines.append(columns[0])
                    .append(' ')
                    .append(columns[0])
                    .append(' ')
                    .append(columns[2])
                    .append('\n');
        }
        return lines.toString();
    }

    private static String one(int id) {
        String text = Integer.toUnsignedString(id);
        return text + " " + text + " 1\n";
    }

    private static void write(Path file, String text) throws IOException {
        // The kernel takes a map in one write or not at all.
        Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
    }
}
