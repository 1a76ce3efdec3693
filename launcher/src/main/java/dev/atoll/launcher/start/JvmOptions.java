package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of the program's JVM, from wherever it takes them: the variable {@code JAVA_TOOL_OPTIONS}, the variable
 * {@code JDK_JAVA_OPTIONS}, the command line with the files that it names by {@code @FILE}, and the variable {@code
 * _JAVA_OPTIONS}, in this order. They end where the program begins: what comes behind a main class, a jar, a module or a
 * source file is the program's, however it is spelled.
 *
 * <p>What is wrong with the options is the JVM's to say. Here they are looked at for what does not go with an agent.
 */
final class JvmOptions {
    /** Read by every JVM, before all else. */
    private static final String OF_JVM = "JAVA_TOOL_OPTIONS";
    /** Read by the command {@code java}, as if it stood before the command line. */
    private static final String OF_COMMAND = "JDK_JAVA_OPTIONS";
    /** Read by every JVM, after all else. */
    private static final String OF_JVM_AT_LAST = "_JAVA_OPTIONS";

    private static final String COMMAND_LINE = "";

    private static final String AGENT = "-javaagent:";
    private static final String ARCHIVE = "-XX:SharedArchiveFile=";
    private static final String ARCHIVE_AT_EXIT = "-XX:ArchiveClassesAtExit=";
    private static final String SHARE = "-Xshare:";
    private static final String OPTIONS_FILE = "-XX:VMOptionsFile=";

    /** What loads the JVM's agent for debuggers. */
    private static final List<String> DEBUGGERS = List.of("-agentlib:jdwp", "-Xrunjdwp");

    /** Options whose value is the word behind them. */
    private static final Set<String> TAKE_NEXT_WORD = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--limit-modules",
            "--enable-native-access",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--patch-module",
            "-d",
            "--describe-module",
            "--source");

    /** Far more than a command line can be. */
    private static final long MAX_FILE_BYTES = 16 << 20;

    private final List<Option> options = new ArrayList<>();
    private final Path directory;

    /** The next word is the value of the option before it, unless it is an option itself. */
    private boolean valueExpected;

    private boolean filesDisabled;
    private boolean complete;

    /** An option, and the variable that it, or the file it is from, is named in; none if that is the command line. */
    private static final class Option {
        final String text;
        final String variable;

        Option(String text, String variable) {
            this.text = text;
            this.variable = variable;
        }

        /** As it was written, and where, if that is not in plain sight. */
        String place() {
            return variable.equals(COMMAND_LINE) ? text : text + " in " + variable;
        }
    }

    private JvmOptions(Path directory) {
        this.directory = directory;
    }

    /**
     * @param command from {@code argv[0]} on
     * @param directory where relative names of files begin
     */
    static JvmOptions read(List<String> command, Map<String, String> environment, Path directory) {
        JvmOptions options = new JvmOptions(directory);
        options.readByJvm(environment.getOrDefault(OF_JVM, ""), OF_JVM);
        for (String word : OptionWords.ofVariable(environment.getOrDefault(OF_COMMAND, ""))) {
            options.readByCommand(word, OF_COMMAND);
        }
        for (String word : command.subList(1, command.size())) {
            options.readByCommand(word, COMMAND_LINE);
        }
        options.readByJvm(environment.getOrDefault(OF_JVM_AT_LAST, ""), OF_JVM_AT_LAST);
        return options;
    }

    private void readByJvm(String text, String variable) {
        for (String word : OptionWords.ofVariable(text)) {
            add(word, variable);
        }
    }

    private void readByCommand(String word, String variable) {
        if (complete || filesDisabled || word.length() < 2 || word.charAt(0) != '@') {
            take(word, variable);
        } else if (word.charAt(1) == '@') {
            take(word.substring(1), variable);
        } else {
            // Files that a file names are not looked for.
            for (String inFile : OptionWords.ofArgumentFile(content(word.substring(1)))) {
                take(inFile, variable);
            }
        }
    }

    private void take(String word, String variable) {
        if (complete) {
            return;
        }
        if (word.startsWith("-")) {
            // The program's name may follow from a file, but only a program's name can follow.
            valueExpected = TAKE_NEXT_WORD.contains(word);
            filesDisabled |= word.equals("--disable-@files");
            complete = word.startsWith("--module=");
            add(word, variable);
        } else {
            complete = !valueExpected;
            valueExpected = false;
        }
    }

    private void add(String word, String variable) {
        options.add(new Option(word, variable));
        if (word.startsWith(OPTIONS_FILE)) {
            for (String inFile : OptionWords.ofVariable(content(word.substring(OPTIONS_FILE.length())))) {
                options.add(new Option(inFile, variable));
            }
        }
    }

    /** Of a file, or nothing if it cannot be read, which the JVM will say in its own words. */
    private String content(String name) {
        try {
            Path file = directory.resolve(name);
            // Only once can a pipe be read.
            return Files.isRegularFile(file) && Files.size(file) <= MAX_FILE_BYTES
                    ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    : "";
        } catch (IOException | IllegalArgumentException e) {
            return "";
        }
    }

    /**
     * @throws LaunchException if the JVM would stop at once because of an agent, or of what comes with ours
     */
    void refuseWhatCannotWork() throws LaunchException {
        Option share = last(SHARE);
        Option writes = last(ARCHIVE_AT_EXIT);
        if (writes == null) {
            writes = switchedOn("AutoCreateSharedArchive");
        }
        if (writes == null) {
            writes = switchedOn("RecordDynamicDumpInfo");
        }
        if (writes == null && share != null && share.text.equals("-Xshare:dump")) {
            writes = share;
        }
        // The JVM's own way out, meant for tests.
        if (writes != null && switchedOn("AllowArchivingWithJavaAgent") == null) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "run: " + writes.place() + ": a JVM with an agent writes no class archive, and Atoll comes by one;"
                            + " leave the option out (JDK 25 makes an AOT cache inside, by -XX:AOTCacheOutput=FILE)");
        }
        Option archive = last(ARCHIVE);
        if (archive != null && share != null && share.text.equals("-Xshare:on")) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "run: " + share.place() + " demands the archive of " + archive.place()
                            + ", which was made without Atoll's agent and cannot be used with it; leave out either,"
                            + " the program then starts without that archive");
        }
    }

    /**
     * @throws LaunchException if the JVM is told by the program's options, too, to have a debugger, which it cannot twice
     */
    void refuseDebugger() throws LaunchException {
        for (String start : DEBUGGERS) {
            Option own = last(start);
            if (own != null) {
                throw new LaunchException(
                        ExitCode.CONFIGURATION,
                        "run: " + own.place() + ": --debug brings that agent itself; leave out either");
            }
        }
    }

    /** Whether the JVM shall use an archive of the program's classes. */
    boolean nameAnArchive() {
        return last(ARCHIVE) != null;
    }

    /**
     * The environment in which an agent comes before those that the environment itself names, which the JVM otherwise
     * starts before those of the command line.
     *
     * @param jar the agent's; started with the name of the variable
     * @return the same map if it names no agents
     */
    Map<String, String> withAgentFirst(Map<String, String> environment, String jar) {
        String variable = hasAgent(OF_JVM) ? OF_JVM : hasAgent(OF_COMMAND) ? OF_COMMAND : null;
        if (variable == null) {
            return environment;
        }
        Map<String, String> changed = new LinkedHashMap<>(environment);
        changed.put(variable, AGENT + jar + "=" + variable + " " + environment.getOrDefault(variable, ""));
        return changed;
    }

    private boolean hasAgent(String variable) {
        for (Option option : options) {
            if (option.variable.equals(variable) && option.text.startsWith(AGENT)) {
                return true;
            }
        }
        return false;
    }

    /** The last option that begins so, which is the one that counts. */
    private @Nullable Option last(String start) {
        Option found = null;
        for (Option option : options) {
            if (option.text.startsWith(start)) {
                found = option;
            }
        }
        return found;
    }

    /** The option that switches something on and is not taken back. */
    private @Nullable Option switchedOn(String name) {
        Option found = null;
        for (Option option : options) {
            if (option.text.equals("-XX:+" + name)) {
                found = option;
            } else if (option.text.equals("-XX:-" + name)) {
                found = null;
            }
        }
        return found;
    }
}
