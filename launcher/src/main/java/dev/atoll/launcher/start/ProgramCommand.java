package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command after {@code --}. If it is a JDK's own {@code java}, its JVM is started with Atoll's agent and inherits what it
 * needs; any other program may start JVMs, which ask for it.
 */
public final class ProgramCommand {
    private final String file;
    private final List<String> arguments;
    private final @Nullable JvmOptions options;

    private ProgramCommand(String file, List<String> arguments, @Nullable JvmOptions options) {
        this.file = file;
        this.arguments = List.copyOf(arguments);
        this.options = options;
    }

    /**
     * Finds the program as a shell would.
     *
     * @param environment the program's; its PATH is where the program is looked for
     * @param directory the current directory
     * @throws LaunchException if it is not there or not executable, or has options that cannot work with Atoll's agent
     */
    public static ProgramCommand resolve(List<String> command, Map<String, String> environment, Path directory)
            throws LaunchException {
        if (command.isEmpty()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "run: no command; write it after \"--\", as in: run -- java -jar app.jar");
        }
        String file = find(command.get(0), environment.getOrDefault("PATH", ""), directory);
        if (JavaHomes.homeOf(Path.of(file)) == null) {
            return new ProgramCommand(file, command, null);
        }
        JavaRelease.refuseUnknown(Path.of(file));
        JvmOptions options = JvmOptions.read(command, environment, directory);
        options.refuseWhatCannotWork();
        return new ProgramCommand(file, command, options);
    }

    /** The executable. */
    public String file() {
        return file;
    }

    /** Whether it is a JDK's own {@code java}. */
    public boolean isJava() {
        return options != null;
    }

    /** From {@code argv[0]} on, as the user gave them. */
    public List<String> arguments() {
        return arguments;
    }

    /**
     * The same command with Atoll's agent before its other options, if it is {@code java}.
     *
     * <p>The jar comes to the boot loader by an option and not by its own manifest: what makes an AOT cache reads options,
     * and starts no agent that could tell it (decision 0643).
     */
    public ProgramCommand withAgent(String jar) {
        if (options == null) {
            return this;
        }
        List<String> changed = new ArrayList<>(arguments);
        List<String> added = new ArrayList<>(List.of("-Xbootclasspath/a:" + jar, "-javaagent:" + jar));
        if (options.nameAnArchive()) {
            // It was made with less on the boot class path and cannot be used. The JVM goes on without it, and says so
            // on stdout, which is the program's.
            added.add("-Xlog:cds*=off");
        }
        changed.addAll(1, added);
        return new ProgramCommand(file, changed, options);
    }

    /**
     * The same command with the JVM's own agent for debuggers, which listens on the sandbox's loopback and says nothing on
     * stdout. Which JVM of another program is meant cannot be known: one that has that agent itself, at that port.
     *
     * @param chosen whether the user has chosen the port, and can tell a JVM of it
     * @param suspend whether the program waits for a debugger before its {@code main}
     * @throws LaunchException if the JVM would not start with it, or the program would not know what to do
     */
    public ProgramCommand debuggedAt(int port, boolean chosen, boolean suspend) throws LaunchException {
        if (options == null) {
            if (!chosen || suspend) {
                throw new LaunchException(
                        ExitCode.CONFIGURATION,
                        "debug: " + file
                                + " is not java, and which of the JVMs that it starts is meant cannot be known;"
                                + " give --debug=PORT without --debug-suspend, and that JVM"
                                + " -agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:PORT");
            }
            return this;
        }
        options.refuseDebugger();
        JavaRelease.refuseWithoutDebugger(Path.of(file));
        List<String> changed = new ArrayList<>(arguments);
        changed.add(
                1,
                "-agentlib:jdwp=transport=dt_socket,server=y,quiet=y,suspend=" + (suspend ? "y" : "n")
                        + ",address=127.0.0.1:" + port);
        return new ProgramCommand(file, changed, options);
    }

    /** The environment in which Atoll's agent is before those that the environment names. */
    public Map<String, String> environmentWithAgent(Map<String, String> environment, String jar) {
        return options == null ? environment : options.withAgentFirst(environment, jar);
    }

    private static String find(String name, String path, Path directory) throws LaunchException {
        if (name.contains("/")) {
            return executable(name, directory.resolve(name));
        }
        Path refused = null;
        for (String entry : path.split(File.pathSeparator, -1)) {
            Path candidate = directory.resolve(entry).resolve(name);
            if (Files.isRegularFile(candidate)) {
                if (Files.isExecutable(candidate)) {
                    return candidate.toString();
                }
                refused = candidate;
            }
        }
        if (refused != null) {
            return executable(name, refused);
        }
        throw new LaunchException(ExitCode.NOT_FOUND, "run: \"" + name + "\" is in no directory of PATH");
    }

    private static String executable(String name, Path file) throws LaunchException {
        if (!Files.exists(file)) {
            throw new LaunchException(ExitCode.NOT_FOUND, "run: \"" + name + "\": no such file");
        }
        if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
            throw new LaunchException(ExitCode.NOT_EXECUTABLE, "run: \"" + file + "\" is not an executable file");
        }
        return file.toString();
    }
}
