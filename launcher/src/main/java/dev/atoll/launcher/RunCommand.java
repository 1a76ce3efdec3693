package dev.atoll.launcher;

import dev.atoll.launcher.cli.CommandLine;
import dev.atoll.launcher.cli.RunOptions;
import dev.atoll.launcher.config.ConfigLoader;
import dev.atoll.launcher.config.EffectiveConfig;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.debug.DebugPort;
import dev.atoll.launcher.flow.FlowLog;
import dev.atoll.launcher.flow.RunIdentity;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.Links;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.report.FrameLosses;
import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.RunStatus;
import dev.atoll.launcher.report.StatusFile;
import dev.atoll.launcher.start.AgentJar;
import dev.atoll.launcher.start.KeptFiles;
import dev.atoll.launcher.start.ProgramCommand;
import dev.atoll.stack.filter.RuleSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command {@code run}: makes a sandbox, starts the program in it, stays until it ends. */
final class RunCommand {
    private final Preparation preparation;
    private final Map<String, String> environment;

    RunCommand(Preparation preparation, Map<String, String> environment) {
        this.preparation = preparation;
        this.environment = environment;
    }

    /** Returns the exit code. */
    int run(CommandLine.Run request) throws LaunchException {
        RunOptions options = request.options();
        EffectiveConfig config = null;
        try {
            config = loader().load(options.settings(), options.config());
            return run(request.command(), config.settings(), config.files());
        } catch (LaunchException e) {
            throw notStarted(statusFile(options, config), e);
        } catch (RuntimeException | Error e) {
            throw notStarted(
                    statusFile(options, config),
                    new LaunchException(ExitCode.FAILED, "Atoll has failed: " + Terminal.describe(e), e));
        }
    }

    /** What is wrong with the command line, which the status file says too. */
    LaunchException refused(CommandLine.Refused request) {
        return notStarted(statusFile(request.options(), null), request.reason());
    }

    private ConfigLoader loader() {
        return new ConfigLoader(environment, System.getProperties());
    }

    /** Where the status of a run that did not begin goes, as far as that can be known. */
    private @Nullable Path statusFile(RunOptions options, @Nullable EffectiveConfig config) {
        try {
            return (config == null ? loader().loadWithoutFiles(options.settings()) : config).statusFile();
        } catch (LaunchException e) {
            // That it cannot be known is among the mistakes that are told anyway.
            return null;
        }
    }

    private static LaunchException notStarted(@Nullable Path statusFile, LaunchException failure) {
        if (statusFile != null) {
            StatusFile status = new StatusFile(statusFile);
            Outcome outcome =
                    new Outcome(Outcome.Kind.NOT_STARTED, failure.exitCode().number(), failure.line(), 0);
            try {
                status.ended(null, outcome, Instant.now(), null, FrameLosses.NONE);
            } catch (IOException e) {
                Terminal.line(RunStatus.unwritten(status, e));
            }
        }
        return failure;
    }

    private int run(List<String> words, Settings settings, List<Path> configuration) throws LaunchException {
        Path directory = Path.of(System.getProperty("user.dir", "/"));
        ProgramCommand command = ProgramCommand.resolve(words, environment, directory);
        LinkRequest ofOne = new LinkRequest(
                "",
                settings.address(),
                settings.router(),
                settings.ipv6(),
                settings.mtuBytes(),
                settings.offload(),
                settings.takeDefault());
        LinkRequest request = command.isJava() ? ofOne : ofOne.forSeveral();
        if (!command.isJava() && settings.ipv6().isDemanded()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "address6: " + command.file()
                            + " is not java, so that several JVMs share the link, and they have no"
                            + " IPv6 on it; leave it out, or start java itself");
        }
        try (FlowLog flows = flowLog(settings);
                AgentJar agent = preparation.agent();
                DebugPort debug = debugPort(settings)) {
            // Behind the flow log, which has to be there to be kept from the program.
            KeptFiles kept = kept(settings, configuration, directory);
            try (OpenLink link = open(settings, request)) {
                return new ProgramRun(environment, settings, command, request, link, kept, agent, flows, debug)
                        .toItsEnd();
            }
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "the run failed: " + e.getMessage(), e);
        }
    }

    /** Opens the link. What is wrong with the policy is said first, though it is read later. */
    private static OpenLink open(Settings settings, LinkRequest request) throws LaunchException {
        try {
            return Links.open(settings.link(), request);
        } catch (LaunchException e) {
            RuleSet unused = ProgramRun.rules(settings);
            throw e;
        }
    }

    private @Nullable FlowLog flowLog(Settings settings) throws LaunchException {
        return settings.flowLog() == null ? null : FlowLog.open(settings.flowLog(), RunIdentity.of(environment));
    }

    private static @Nullable DebugPort debugPort(Settings settings) throws LaunchException {
        return settings.debug() == null ? null : DebugPort.listen(settings.debug(), Terminal::line);
    }

    /** What says what the program may do, and what it therefore may not write. */
    private static KeptFiles kept(Settings settings, List<Path> configuration, Path directory) throws LaunchException {
        List<Path> policies = PolicyFile.filesOf(settings.policies(), settings.ipsets());
        if (settings.watch() && settings.policies().isEmpty()) {
            throw new LaunchException(ExitCode.CONFIGURATION, "watch: there is no policy; give --policy with it");
        }
        List<Path> files = new ArrayList<>(policies);
        files.addAll(configuration);
        if (settings.flowLog() != null) {
            files.add(settings.flowLog());
        }
        files.addAll(Installation.files());
        return KeptFiles.of(files, settings.watch() ? policies : List.of(), directory);
    }
}
