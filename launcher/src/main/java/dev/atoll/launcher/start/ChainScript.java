package dev.atoll.launcher.start;

import dev.atoll.launcher.LaunchException;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The two shell scripts that run as process 1 of the sandbox. The first, with every capability over the new namespaces and
 * none outside, makes the sandbox's view of the file system; the second, with hardly any, starts the program, reaps orphans
 * and hands the program's exit code on.
 *
 * <p>Descriptors: {@value #CONTROL}, {@value #LINK}, {@value #CAPTURE} are the program's; {@value #SYNC} is the launcher's
 * socket for the steps, {@value #AGENT} the agent's jar, {@value #STDERR} the program's stderr. A shell can name only descriptors
 * of one digit.
 *
 * <p>Mounts are made by few calls of {@code mount} with a table for each: a program to run costs every start more than what
 * it does.
 */
final class ChainScript {
    static final int CONTROL = 3;
    static final int LINK = 4;
    static final int CAPTURE = 5;
    static final int SYNC = 6;
    static final int AGENT = 7;
    static final int STDERR = 9;
    private static final int TABLE = 8;

    /** Process 1 runs and waits for its user ids. */
    static final String UP = "up";
    /** The namespaces are furnished, privileges are dropped, the parent-death signal is set. */
    static final String READY = "ready";
    /** Begins a line between the two: a Java's home that is as it was, a colon and why. */
    static final String LEFT = "left ";
    /** The launcher's answer to either. */
    static final String GO = "go";

    /** Where the sandbox finds the agent's jar. */
    static final String AGENT_FILE = "/etc/atoll/agent.jar";

    /** Below {@code /proc}: what root could change the host with. Some are not in every kernel. */
    private static final List<String> READ_ONLY_PROC =
            List.of("sys", "sysrq-trigger", "bus", "fs", "irq", "acpi", "dynamic_debug", "mtrr", "scsi", "pressure");

    /** Room for Atoll's files; it is the sandbox's memory only as far as it is used. */
    private static final String TMPFS_SIZE = "64m";

    private final Tools tools;
    private final StringBuilder script = new StringBuilder();

    ChainScript(Tools tools) {
        this.tools = tools;
    }

    /**
     * What the first script furnishes a sandbox with.
     *
     * @param hostname the sandbox's name
     * @param files name below {@code /etc} to content
     * @param cgroups mount points to keep
     * @param kernelFiles mounts that become read-only
     * @param kept what of the host's files the program may not change
     * @param javas the Javas that a program may start
     * @param directory where the program starts
     * @param repair commands right before the program starts
     */
    record Furniture(
            String hostname,
            Map<String, String> files,
            List<String> cgroups,
            List<KernelFiles> kernelFiles,
            KeptFiles kept,
            JavaOverlays javas,
            String directory,
            List<String> repair) {}

    /** The first script, which ends as the second. */
    String furnish(Furniture furniture, Privileges privileges) throws LaunchException {
        String mount = tools.require(Tools.MOUNT);
        MountTable first = new MountTable();
        first.add("/etc", "overlay", "lowerdir=/etc,upperdir=/sys/upper,workdir=/sys/work");
        MountTable found = new MountTable();
        furniture.javas().mount(first, found);
        first.add("/sys", "sysfs", "ro,nosuid,nodev,noexec");
        first.add("/proc", "proc", "nosuid,nodev,noexec");
        MountTable second = new MountTable();
        List<String> readOnly = readOnly(furniture, second);
        if (Files.isDirectory(PerformanceData.DIRECTORY)) {
            second.add(PerformanceData.DIRECTORY.toString(), "tmpfs", "mode=0755,nosuid,nodev,size=16m");
        }

        line("echo " + UP + " >&" + SYNC);
        line("read -r go <&" + SYNC + " || exit 1");
        line("set -e");
        // The tmpfs needs a place that exists on every host: /sys is replaced anyway, and the overlay keeps the tmpfs.
        line("(");
        List<String> cgroups = furniture.cgroups();
        line(cgroups.isEmpty() ? "cd /" : "cd " + Cgroups.ROOT);
        line(mount + " -t tmpfs -o mode=0755,nosuid,nodev,size=" + TMPFS_SIZE + " atoll /sys");
        List<String> directories = new ArrayList<>(List.of("/sys/work", "/sys/upper", "/sys/upper/atoll"));
        directories.addAll(furniture.javas().directories());
        line(tools.require(Tools.MKDIR) + " " + String.join(" ", directories));
        for (String each : furniture.javas().lines(tools)) {
            line(each);
        }
        for (Map.Entry<String, String> file : furniture.files().entrySet()) {
            line("printf %s " + quote(file.getValue()) + " >/sys/upper/" + file.getKey());
        }
        line("printf %s " + quote(first.text()) + " >/sys/first");
        line("printf %s " + quote(second.text()) + " >/sys/second");
        // With its time, by which an AOT cache knows it again.
        line(tools.require(Tools.CP) + " -p /proc/self/fd/" + AGENT + " /sys/upper/atoll/agent.jar");
        line("exec " + TABLE + "</sys/second");
        List<String> checks = furniture.javas().checks("/sys/faults");
        if (!checks.isEmpty()) {
            // What keeps the commands of a JDK from being replaced that nobody has asked for keeps no program from
            // running.
            line("printf %s " + quote(found.text()) + " >/sys/found");
            line(mount + " --all --fstab /sys/found 2>/sys/faults || :");
            for (String each : checks) {
                line(each);
            }
        }
        line(mount + " --all --fstab /sys/first");
        if (!cgroups.isEmpty()) {
            // "." is the old tree, which no path leads to any more.
            line(mount + " -c --rbind . " + Cgroups.ROOT);
        }
        // A kernel that cannot set it has no harm done.
        line("{ echo " + ProcessNumbers.first() + " >/proc/sys/kernel/ns_last_pid; } 2>/dev/null || :");
        // Every port is the program's to bind in its stack, and so it is on loopback, where the stack's ports are held.
        line("echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start");
        line(mount + " --all --fstab /proc/self/fd/" + TABLE);
        line(")");
        // mount passes over what it takes for mounted already, so it is not its word that counts.
        for (String point : readOnly) {
            line("if [ -w " + quote(point) + " ]; then echo " + quote(point + " could not be made read-only")
                    + " >&2; exit 1; fi");
        }
        line(tools.require(Tools.HOSTNAME) + " " + quote(furniture.hostname()));
        line(tools.require(Tools.IP) + " link set lo up");
        String directory = furniture.directory();
        if (furniture.kept().hasDirectories()
                || directory.startsWith("/etc")
                || directory.startsWith("/proc")
                || directory.startsWith("/sys")) {
            // Otherwise the program would stand in the host's directory and see the host's files.
            line("cd " + quote(directory));
        }
        String setpriv = tools.require(Tools.SETPRIV);
        line("exec " + setpriv + " --no-new-privs --pdeathsig KILL " + privileges.ofFirstProcess() + " "
                + tools.require(Tools.SH) + " -c " + quote(run(setpriv, privileges, furniture.repair()))
                + " sh \"$@\"");
        return script.toString();
    }

    /** Adds what makes mount points read-only to a table, and returns those mount points. */
    private static List<String> readOnly(Furniture furniture, MountTable table) {
        List<String> points = new ArrayList<>();
        for (String point : furniture.cgroups()) {
            table.add(point, "none", "remount,bind,ro,nosuid,nodev,noexec");
            points.add(point);
        }
        for (String name : READ_ONLY_PROC) {
            String file = "/proc/" + name;
            if (new File(file).exists()) {
                table.bind(file, "ro");
                points.add(file);
            }
        }
        for (KernelFiles mounted : furniture.kernelFiles()) {
            table.add(mounted.point(), "none", mounted.readOnlyOptions());
            points.add(mounted.point());
        }
        points.addAll(furniture.kept().mount(table));
        return points;
    }

    /**
     * The second script. The program runs in the foreground of this shell, so that it has the terminal and every signal at
     * its default; redirections are made in a subshell, since this shell's own stderr must be silent: it would report
     * the program's death by a signal there.
     */
    private static String run(String setpriv, Privileges privileges, List<String> repair) {
        return "echo " + READY + " >&" + SYNC + "\n"
                + "read -r go <&" + SYNC + " || exit 1\n"
                + "exec 2>/dev/null " + SYNC + ">&- " + AGENT + ">&-\n"
                + String.join("\n", repair) + "\n"
                + "(exec " + setpriv + " " + privileges.ofProgram() + " \"$@\" 2>&" + STDERR + " " + STDERR + ">&-)\n"
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
