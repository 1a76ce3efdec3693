package dev.atoll.launcher.start;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file system through which root changes the kernel, such as {@code proc}, mounted somewhere besides its usual place:
 * for a chroot, a container, by a service manager. The sandbox replaces {@code /proc} and {@code /sys}; it sees the
 * others as they are on the host, and who has root's user id may write {@code sys/kernel/core_pattern} in any of them.
 *
 * @param point where it is mounted
 * @param options of the mount, separated by commas
 */
record KernelFiles(String point, String options) {
    private static final Set<String> TYPES = Set.of(
            "proc",
            "sysfs",
            "cgroup",
            "cgroup2",
            "debugfs",
            "tracefs",
            "securityfs",
            "configfs",
            "efivarfs",
            "bpf",
            "fusectl",
            "pstore",
            "selinuxfs",
            "binfmt_misc");

    /** Options that say how access times are kept; a remount that names none of them would change them. */
    private static final Set<String> KEPT =
            Set.of("nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "strictatime");

    private static final int POINT_COLUMN = 4;
    private static final int OPTIONS_COLUMN = 5;
    private static final int FIRST_OPTIONAL_COLUMN = 6;

    /** Those outside {@code /proc} and {@code /sys}, from the lines of {@code mountinfo} ({@code proc(5)}). */
    static List<KernelFiles> elsewhere(List<String> mountinfo) {
        Map<String, KernelFiles> found = new LinkedHashMap<>();
        for (String line : mountinfo) {
            String[] columns = line.split(" ", -1);
            String point = unescaped(columns[POINT_COLUMN]);
            // A later mount on the same point hides the earlier one.
            found.remove(point);
            if (TYPES.contains(type(columns)) && !isReplaced(point)) {
                found.put(point, new KernelFiles(point, columns[OPTIONS_COLUMN]));
            }
        }
        return List.copyOf(found.values());
    }

    /** For {@code mount -o}: read-only, and otherwise as it was. */
    String readOnlyOptions() {
        return "remount,bind," + readOnly(List.of(options.split(",", -1)));
    }

    /** Options of a mount that is to be read-only, and otherwise as it was, since the host's restrictions may not be lifted. */
    static String readOnly(List<String> options) {
        List<String> kept = new ArrayList<>(List.of("ro"));
        for (String option : options) {
            if (KEPT.contains(option)) {
                kept.add(option);
            }
        }
        return String.join(",", kept);
    }

    /** Optional columns end with a dash; the type comes next. */
    private static String type(String[] columns) {
        int at = FIRST_OPTIONAL_COLUMN;
        while (at < columns.length - 1 && !columns[at].equals("-")) {
            at++;
        }
        return at + 1 < columns.length ? columns[at + 1] : "";
    }

    private static boolean isReplaced(String point) {
        return isAtOrBelow(point, "/proc") || isAtOrBelow(point, "/sys");
    }

    private static boolean isAtOrBelow(String point, String directory) {
        return point.equals(directory) || point.startsWith(directory + "/");
    }

    /** The kernel writes space, tab, newline and backslash as three octal digits. */
    static String unescaped(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
