package dev.atoll.launcher.cli;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.Parameters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The texts of {@code --help} and {@code --version}, from what the options say of themselves. */
final class Help {
    private static final String COMMAND = "java -jar atoll.jar";

    private static final String SIGNALS = """

            Signals: SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH and SIGCONT sent to the launcher are passed on; SIGHUP
            to the launcher of a run that has a policy reads that again instead, as the command reload does. A terminal
            sends its signals to the program itself. SIGQUIT prints the launcher's own threads; for the program's, send
            it to the program, whose process id the status file has, or use jcmd.

            Exit codes: the program's own; 128+N after signal N; 120 policy, configuration or option error; 121 a
            privilege or program is missing; 122 link or control connection lost; 124 --timeout; 125 Atoll failed before
            the program ran; 126 the command cannot be executed; 127 it was not found.
            """;

    private static final String POLICY_EXIT_CODES = """

            Exit codes: 0; 1 warnings with --strict, a case that does not hold, a difference; 120 a mistake in a policy or
            on the command line.
            """;

    private Help() {}

    static String version() {
        String version = Help.class.getPackage().getImplementationVersion();
        return "atoll " + (version == null ? "(not built as a jar)" : version);
    }

    /** All commands. */
    static String of(Map<String, Object> commands, Object main) {
        StringBuilder text = new StringBuilder("Usage: " + COMMAND + " COMMAND [OPTIONS]\n\n");
        int width = commands.keySet().stream().mapToInt(String::length).max().orElse(0);
        commands.forEach((name, options) -> text.append("  ")
                .append(padded(name, width))
                .append("  ")
                .append(description(options))
                .append('\n'));
        return text.append('\n')
                .append(options(main))
                .append(SIGNALS)
                .toString()
                .stripTrailing();
    }

    /** The commands of {@code policy}. */
    static String ofPolicy(Map<String, PolicyOptions> commands) {
        StringBuilder text = new StringBuilder();
        commands.forEach((name, options) -> text.append(text.isEmpty() ? "Usage: " : "       ")
                .append(COMMAND + " policy ")
                .append(name)
                .append(" [OPTIONS] ")
                .append(options.usage())
                .append("\n           ")
                .append(description(options))
                .append('\n'));
        return text.append(POLICY_EXIT_CODES).toString().stripTrailing();
    }

    /** One command. */
    static String of(String command, Object options) {
        String words = options instanceof PolicyOptions policy ? " " + policy.usage() : "";
        String text = "Usage: " + COMMAND + " " + command + " [OPTIONS]" + words
                + (command.equals("run") ? " -- java ..." : "") + "\n\n" + description(options) + "\n\n"
                + options(options);
        return (command.equals("run") ? text + SIGNALS : text).stripTrailing();
    }

    private static String options(Object options) {
        List<ParameterDescription> parameters = new ArrayList<>(new JCommander(options).getParameters());
        parameters.sort(Comparator.comparing(ParameterDescription::getNames));
        int width = parameters.stream()
                .mapToInt(parameter -> parameter.getNames().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        for (ParameterDescription parameter : parameters) {
            text.append("  ")
                    .append(padded(parameter.getNames(), width))
                    .append("  ")
                    .append(parameter.getDescription())
                    .append('\n');
        }
        return text.toString();
    }

    private static String description(Object options) {
        Parameters annotation = options.getClass().getAnnotation(Parameters.class);
        return annotation == null ? "" : annotation.commandDescription();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
