package dev.atoll.launcher.cli;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.Parameter;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.ParameterException;
import com.beust.jcommander.Parameters;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the command line. */
public final class CommandLine {
    private static final String SEPARATOR = "--";

    /** What the user wants. */
    public sealed interface Request permits Run, Refused, Reload, ShowConfig, Doctor, Demo, Show, PolicyRequest {}

    /**
     * Run a program.
     *
     * @param command what stands after {@code --}, untouched
     */
    public record Run(RunOptions options, List<String> command) implements Request {}

    /**
     * The command line of {@code run} is wrong.
     *
     * @param options what could be read of it
     */
    public record Refused(RunOptions options, LaunchException reason) implements Request {}

    /** Have a run read its policy again; null for the only run there is. */
    public record Reload(@Nullable String run) implements Request {}

    /** Show the settings; {@code file} is what {@code --config} gave. */
    public record ShowConfig(@Nullable String file) implements Request {}

    /** Check the host. */
    public record Doctor() implements Request {}

    /** The newcomer's first minute. */
    public record Demo() implements Request {}

    /** Show a text on stdout. */
    public record Show(String text) implements Request {}

    @Parameters(commandDescription = "Check what the sandbox needs of this host, and say how to get what is missing")
    private static final class DoctorOptions extends PlainOptions {}

    @Parameters(commandDescription = "Run a client and a server under a policy, and see one request refused")
    private static final class DemoOptions extends PlainOptions {}

    private static final class MainOptions extends PlainOptions {
        @Parameter(names = "--version", description = "Show the version")
        boolean version;
    }

    private CommandLine() {}

    /**
     * Reads the arguments.
     *
     * @throws LaunchException with one line if they are not in order, and are not those of {@code run}
     */
    public static Request parse(String[] arguments) throws LaunchException {
        int separator = Arrays.asList(arguments).indexOf(SEPARATOR);
        int end = separator < 0 ? arguments.length : separator;
        List<String> command =
                separator < 0 ? List.of() : List.of(Arrays.copyOfRange(arguments, separator + 1, arguments.length));

        MainOptions main = new MainOptions();
        Map<String, Object> commands = new LinkedHashMap<>();
        RunOptions run = new RunOptions();
        ConfigOptions config = new ConfigOptions();
        commands.put("run", run);
        ReloadOptions reload = new ReloadOptions();
        commands.put("reload", reload);
        commands.put("demo", new DemoOptions());
        commands.put("doctor", new DoctorOptions());
        commands.put("config", config);
        commands.put(PolicyCommandLine.NAME, new PolicyCommandLine.Overview());

        String name = end == 0 ? "" : arguments[0];
        if (name.equals(PolicyCommandLine.NAME)) {
            refuseProgram(name, separator);
            return PolicyCommandLine.parse(List.of(arguments).subList(1, end));
        }
        Object options = commands.get(name);
        if (options == null) {
            return withoutCommand(main, commands, Arrays.copyOf(arguments, end));
        }
        try {
            String[] words = Arrays.copyOfRange(arguments, 1, end);
            List<String> unknown = read(name, options, options == run ? RunOptions.withValues(words) : words);
            boolean help = options == run ? run.help : options == config ? config.help : ((PlainOptions) options).help;
            if (help) {
                return new Show(Help.of(name, options));
            }
            if (!unknown.isEmpty()) {
                throw unknownWord(name, options, unknown);
            }
            if (options != run) {
                refuseProgram(name, separator);
            }
        } catch (LaunchException e) {
            if (options == run) {
                return new Refused(run, e);
            }
            throw e;
        }
        return switch (name) {
            case "run" -> new Run(run, command);
            case "reload" -> new Reload(reload.run());
            case "config" -> new ShowConfig(config.config);
            case "doctor" -> new Doctor();
            default -> new Demo();
        };
    }

    private static void refuseProgram(String name, int separator) throws LaunchException {
        if (separator >= 0) {
            throw new LaunchException(ExitCode.CONFIGURATION, name + ": takes no program; \"--\" is for run");
        }
    }

    private static Request withoutCommand(MainOptions main, Map<String, Object> commands, String[] arguments)
            throws LaunchException {
        List<String> unknown = read("atoll", main, arguments);
        if (main.version) {
            return new Show(Help.version());
        }
        if (main.help) {
            return new Show(Help.of(commands, main));
        }
        if (unknown.isEmpty()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "no command; there are " + String.join(", ", commands.keySet()));
        }
        String word = unknown.get(0);
        List<String> known = new ArrayList<>(commands.keySet());
        known.addAll(names(main));
        String what = word.startsWith("-") ? "option" : "command";
        throw new LaunchException(
                ExitCode.CONFIGURATION,
                "there is no " + what + " \"" + word + "\"" + orElse(word, known, "; --help lists what there is"));
    }

    /** Fills the options in and returns the words that are none. */
    private static List<String> read(String command, Object options, String[] arguments) throws LaunchException {
        fill(command, new JCommander(options), List.of(arguments));
        if (options instanceof RunOptions run) {
            return run.unknown;
        }
        if (options instanceof ReloadOptions reload) {
            return reload.outOfPlace();
        }
        return options instanceof ConfigOptions config ? config.unknown : ((PlainOptions) options).unknown;
    }

    /** Fills the options in. */
    static void fill(String command, JCommander reader, List<String> arguments) throws LaunchException {
        // A file of options named @FILE is a feature nobody asked for, and "@" begins no option of ours.
        reader.setExpandAtSign(false);
        try {
            reader.parse(arguments.toArray(new String[0]));
        } catch (ParameterException e) {
            String message = String.valueOf(e.getMessage());
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    command + ": " + message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1),
                    e);
        }
    }

    static LaunchException unknownWord(String command, Object options, List<String> unknown) {
        String word = unknown.get(0);
        if (word.startsWith("-")) {
            int value = word.indexOf('=');
            word = value < 0 ? word : word.substring(0, value);
            String hint = orElse(word, names(options), "; " + command + " --help lists what there is");
            return new LaunchException(
                    ExitCode.CONFIGURATION, command + ": there is no option \"" + word + "\"" + hint);
        }
        String hint = command.equals("run") ? "; the program's command goes after \"--\"" : "";
        return new LaunchException(ExitCode.CONFIGURATION, command + ": \"" + word + "\" is out of place" + hint);
    }

    static String orElse(String word, List<String> known, String otherwise) {
        String suggestion = Suggestions.didYouMean(word, known);
        return suggestion.isEmpty() ? otherwise : suggestion;
    }

    /** The names of all options. */
    static List<String> names(Object options) {
        List<String> names = new ArrayList<>();
        for (ParameterDescription parameter : new JCommander(options).getParameters()) {
            names.addAll(Arrays.asList(parameter.getParameter().names()));
        }
        return names;
    }
}
