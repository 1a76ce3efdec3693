package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The outside programs of the start chain and where they are. */
public final class Tools {
    /** Directories that an ordinary user's PATH may lack. */
    private static final List<String> SYSTEM_DIRECTORIES =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private final List<Path> directories = new ArrayList<>();

    /**
     * An outside program.
     *
     * @param name its file's name
     * @param oldest the oldest version that will do, or empty if any will
     * @param debianPackage where Debian has it
     * @param use what the sandbox needs it for
     */
    public record Tool(String name, String oldest, String debianPackage, String use) {}

    public static final Tool SH = new Tool("sh", "", "dash", "runs the steps inside the namespaces");
    public static final Tool UNSHARE = new Tool("unshare", "2.36", "util-linux", "makes the namespaces");
    public static final Tool SETPRIV = new Tool("setpriv", "2.33", "util-linux", "drops privileges");
    public static final Tool MOUNT = new Tool("mount", "2.27", "mount", "mounts /proc, /sys, /etc");
    public static final Tool IP = new Tool("ip", "", "iproute2", "brings loopback up");
    public static final Tool HOSTNAME = new Tool("hostname", "", "hostname", "names the sandbox");
    public static final Tool CP = new Tool("cp", "", "coreutils", "copies the agent's jar in");
    public static final Tool CHMOD = new Tool("chmod", "", "coreutils", "makes scripts executable that start JVMs");
    public static final Tool LN = new Tool("ln", "", "coreutils", "links such JVMs to the rest of their JDK");
    public static final Tool MKDIR = new Tool("mkdir", "", "coreutils", "makes directories on the private tmpfs");

    public static final Tool NSENTER = new Tool(
            "nsenter",
            "",
            "util-linux",
            "gives an interface back that --link veth:NAME has taken, and leads --debug inside");
    public static final Tool GREP = new Tool("grep", "", "grep", "reads the settings of such an interface");
    public static final Tool ENV = new Tool("env", "", "coreutils", "passes on unusual environment variables");

    /** All of them. */
    public static final List<Tool> ALL =
            List.of(SH, UNSHARE, SETPRIV, MOUNT, IP, HOSTNAME, CP, MKDIR, CHMOD, LN, NSENTER, GREP, ENV);

    /**
     * Looks in these directories first.
     *
     * @param path the value of PATH
     */
    public Tools(String path) {
        for (String directory : path.split(File.pathSeparator, -1)) {
            // An empty entry means the current directory: not for tools that run with privileges.
            if (directory.startsWith("/")) {
                directories.add(Path.of(directory));
            }
        }
        for (String directory : SYSTEM_DIRECTORIES) {
            directories.add(Path.of(directory));
        }
    }

    /** Where the tool is. */
    public Optional<Path> find(Tool tool) {
        for (Path directory : directories) {
            Path file = directory.resolve(tool.name());
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /**
     * Where the tool is, for a start that cannot do without.
     *
     * @throws LaunchException if it is nowhere
     */
    public String require(Tool tool) throws LaunchException {
        Optional<Path> file = find(tool);
        if (file.isEmpty()) {
            throw new LaunchException(
                    ExitCode.MISSING,
                    "the program \"" + tool.name() + "\" is not there, it " + tool.use() + "; Debian has it in package "
                            + tool.debianPackage());
        }
        return file.get().toString();
    }
}
