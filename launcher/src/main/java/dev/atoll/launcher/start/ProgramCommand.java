package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command after {@code --}.
 *
 * @param file the executable
 * @param arguments from {@code argv[0]} on, as the user gave them
 */
public record ProgramCommand(String file, List<String> arguments) {
    /** Options that make a JVM with an agent refuse to start. */
    private static final List<String> WRITES_ARCHIVE =
            List.of("-XX:ArchiveClassesAtExit", "-XX:+AutoCreateSharedArchive");

    public ProgramCommand {
        arguments = List.copyOf(arguments);
    }

    /**
     * Finds the program as a shell would.
     *
     * @param path the value of PATH
     * @param directory the current directory
     * @throws LaunchException if it is not {@code java}, not there or not executable
     */
    public static ProgramCommand resolve(List<String> command, String path, Path directory) throws LaunchException {
        if (command.isEmpty()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "run: no command; write it after \"--\", as in: run -- java -jar app.jar");
        }
        String name = command.get(0);
        if (!name.substring(name.lastIndexOf('/') + 1).equals("java")) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "run: \"" + name + "\" is not java; only a java command can be put into the sandbox so far");
        }
        for (String option : command) {
            for (String refused : WRITES_ARCHIVE) {
                if (option.startsWith(refused)) {
                    throw new LaunchException(
                            ExitCode.CONFIGURATION,
                            "run: " + refused + " does not go with an agent, the JVM would refuse to start; make the"
                                    + " archive without Atoll");
                }
            }
        }
        return new ProgramCommand(find(name, path, directory), command);
    }

    /** The same command with an agent before its other options. */
    public ProgramCommand withAgent(String jar) {
        List<String> changed = new ArrayList<>(arguments);
        changed.add(1, "-javaagent:" + jar);
        return new ProgramCommand(file, changed);
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
