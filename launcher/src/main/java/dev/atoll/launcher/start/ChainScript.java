package dev.atoll.launcher.start;

import dev.atoll.launcher.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The two shell scripts that run as process 1 of the sandbox. The first, with every capability over the new namespaces and
 * none outside, makes the sandbox's view of the file system; the second, without, starts the program, reaps orphans and
 * hands the program's exit code on.
 *
 * <p>Descriptors: {@value #CONTROL}, {@value #LINK}, {@value #CAPTURE} are the program's; {@value #SYNC} is the launcher's
 * socket for the steps, {@value #JARS} the jars, {@value #STDERR} the program's stderr. A shell can name only descriptors
 * of one digit.
 */
final class ChainScript {
    static final int CONTROL = 3;
    static final int LINK = 4;
    static final int CAPTURE = 5;
    static final int SYNC = 6;
    static final int JARS = 7;
    static final int STDERR = 9;

    /** Process 1 runs and waits for its user ids. */
    static final String UP = "up";
    /** The namespaces are furnished, privileges are dropped, the parent-death signal is set. */
    static final String READY = "ready";
    /** The launcher's answer to either. */
    static final String GO = "go";

    /** Where the sandbox finds Atoll's jars. */
    static final String JAR_DIRECTORY = "/etc/atoll";

    /** Below {@code /proc}: what root could change the host with. Some are not in every kernel. */
    private static final List<String> READ_ONLY_PROC = List.of("sys", "sysrq-trigger", "bus", "fs", "irq");

    /** Room for Atoll's files; it is the sandbox's memory only as far as it is used. */
    private static final String TMPFS_SIZE = "64m";

    /**
     * HotSpot keeps a file by its process id there. In a PID namespace the numbers are small and those of other sandboxes
     * are the same: a JVM that finds its file taken says so on stdout. The launcher's own JVM has made the directory.
     */
    private static final Path PERFORMANCE_DATA = Path.of("/tmp/hsperfdata_" + System.getProperty("user.name"));

    private final Tools tools;
    private final StringBuilder script = new StringBuilder();

    ChainScript(Tools tools) {
        this.tools = tools;
    }

    /**
     * The first script.
     *
     * @param files name below {@code /etc} to content
     * @param jars name to length in bytes
     * @param cgroups mount points to keep
     * @param capabilities what stays, as {@code setpriv} writes it
     */
    String furnish(
            String hostname,
            Map<String, String> files,
            Map<String, Integer> jars,
            List<String> cgroups,
            String capabilities,
            String directory)
            throws LaunchException {
        String mount = tools.require(Tools.MOUNT);
        line("echo " + UP + " >&" + SYNC);
        line("read -r go <&" + SYNC + " || exit 1");
        line("set -e");
        // The tmpfs needs a place that exists on every host: /sys is replaced anyway, and the overlay keeps the tmpfs.
        line("(");
        line(cgroups.isEmpty() ? "cd /" : "cd " + Cgroups.ROOT);
        line(mount + " -t tmpfs -o mode=0755,nosuid,nodev,size=" + TMPFS_SIZE + " atoll /sys");
        line(tools.require(Tools.MKDIR) + " /sys/work /sys/upper /sys/upper/atoll");
        files.forEach((name, content) -> line("printf %s " + quote(content) + " >/sys/upper/" + name));
        String dd = tools.require(Tools.DD);
        jars.forEach((name, bytes) ->
                line(dd + " bs=" + bytes + " count=1 status=none of=/sys/upper/atoll/" + name + " <&" + JARS));
        line(mount + " -t overlay -o lowerdir=/etc,upperdir=/sys/upper,workdir=/sys/work overlay /etc");
        line(mount + " -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys");
        if (!cgroups.isEmpty()) {
            // "." is the old tree, which no path leads to any more.
            line(mount + " -c --rbind . " + Cgroups.ROOT);
            for (String point : cgroups) {
                line(mount + " -o remount,bind,ro,nosuid,nodev,noexec " + quote(point));
            }
        }
        line(")");
        line(mount + " -t proc -o nosuid,nodev,noexec proc /proc");
        // A kernel that cannot set it has no harm done.
        line("{ echo " + ProcessNumbers.first() + " >/proc/sys/kernel/ns_last_pid; } 2>/dev/null || :");
        line(tools.require(Tools.HOSTNAME) + " " + quote(hostname));
        line(tools.require(Tools.IP) + " link set lo up");
        if (Files.isDirectory(PERFORMANCE_DATA)) {
            line(mount + " -t tmpfs -o mode=0755,nosuid,nodev,size=16m atoll " + quote(PERFORMANCE_DATA.toString()));
        }
        line("for f in " + String.join(" ", READ_ONLY_PROC) + "; do");
        line("if [ -e /proc/$f ]; then " + mount + " -o bind,ro /proc/$f /proc/$f; fi");
        line("done");
        if (directory.startsWith("/etc") || directory.startsWith("/proc") || directory.startsWith("/sys")) {
            // Otherwise the program would stand in the host's directory and see the host's files.
            line("cd " + quote(directory));
        }
        line("exec " + tools.require(Tools.SETPRIV) + " --no-new-privs --pdeathsig KILL --bounding-set=" + capabilities
                + " --inh-caps=-all --ambient-caps=-all " + tools.require(Tools.SH) + " -c " + quote(run())
                + " sh \"$@\"");
        return script.toString();
    }

    /**
     * The second script. The program runs in the foreground of this shell, so that it has the terminal and every signal at
     * its default; redirections are made in a subshell, since this shell's own stderr must be silent: it would report
     * the program's death by a signal there.
     */
    private static String run() {
        return "echo " + READY + " >&" + SYNC + "\n"
                + "read -r go <&" + SYNC + " || exit 1\n"
                + "exec 2>/dev/null " + SYNC + ">&- " + JARS + ">&-\n"
                + "(exec \"$@\" 2>&" + STDERR + " " + STDERR + ">&-)\n"
                + "exit $?";
    }

    private void line(String text) {
        script.append(text).append('\n');
    }

    /** One word for the shell. */
    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
