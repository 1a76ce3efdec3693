package dev.atoll.launcher.cli;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.Parameters;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the command line of {@code policy}, which has commands of its own. */
final class PolicyCommandLine {
    static final String NAME = "policy";

    /** What the list of all commands says of it. */
    @Parameters(
            commandDescription = "Check, explain, test, compare, convert and learn policies without running anything")
    static final class Overview extends PlainOptions {}

    private PolicyCommandLine() {}

    private static Map<String, PolicyOptions> commands() {
        Map<String, PolicyOptions> commands = new LinkedHashMap<>();
        commands.put("check", new PolicyOptions.Check());
        commands.put("explain", new PolicyOptions.Explain());
        commands.put("test", new PolicyOptions.Test());
        commands.put("diff", new PolicyOptions.Diff());
        commands.put("convert", new PolicyOptions.Convert());
        commands.put("learn", new PolicyOptions.Learn());
        return commands;
    }

    /**
     * Reads the arguments behind {@code policy}.
     *
     * @throws LaunchException with one line if they are not in order
     */
    static CommandLine.Request parse(List<String> arguments) throws LaunchException {
        Map<String, PolicyOptions> commands = commands();
        String name = arguments.isEmpty() ? "" : arguments.get(0);
        if (name.equals("--help") || name.equals("-h")) {
            return new CommandLine.Show(Help.ofPolicy(commands));
        }
        PolicyOptions options = commands.get(name);
        if (options == null) {
            String known = String.join(", ", commands.keySet());
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    name.isEmpty()
                            ? "policy: what about it? There are " + known
                            : "policy: there is no command \"" + name + "\""
                                    + CommandLine.orElse(name, List.copyOf(commands.keySet()), "; there are " + known));
        }
        String command = NAME + " " + name;
        CommandLine.fill(command, new JCommander(options), arguments.subList(1, arguments.size()));
        if (options.help) {
            return new CommandLine.Show(Help.of(command, options));
        }
        for (String word : options.words) {
            if (word.startsWith("-") && word.length() > 1) {
                throw CommandLine.unknownWord(command, options, List.of(word));
            }
        }
        if (!options.takes(options.words.size())) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, command + ": expected " + command + " " + options.usage());
        }
        return options.request();
    }
}
