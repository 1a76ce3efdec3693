package dev.atoll.launcher;

import dev.atoll.launcher.cli.CommandLine;
import dev.atoll.launcher.cli.RunOptions;
import dev.atoll.launcher.config.ConfigLoader;
import dev.atoll.launcher.config.EffectiveConfig;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.debug.DebugPort;
import dev.atoll.launcher.flow.FlowLog;
import dev.atoll.launcher.flow.RunIdentity;
import dev.atoll.launcher.jvms.JvmDoor;
import dev.atoll.launcher.jvms.JvmNetwork;
import dev.atoll.launcher.jvms.Jvms;
import dev.atoll.launcher.jvms.Recordings;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.Links;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.reload.PolicyWatch;
import dev.atoll.launcher.reload.ReloadDoor;
import dev.atoll.launcher.reload.Reloader;
import dev.atoll.launcher.report.DenialLines;
import dev.atoll.launcher.report.FrameLossLine;
import dev.atoll.launcher.report.FrameLosses;
import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.ProvidedSinks;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.report.RunDescription;
import dev.atoll.launcher.report.RunStatus;
import dev.atoll.launcher.report.StatusFile;
import dev.atoll.launcher.start.AgentJar;
import dev.atoll.launcher.start.FurnishedSandbox;
import dev.atoll.launcher.start.KeptFiles;
import dev.atoll.launcher.start.ProgramCommand;
import dev.atoll.launcher.start.SandboxFiles;
import dev.atoll.launcher.start.StartChain;
import dev.atoll.launcher.start.StartChain.Inherited;
import dev.atoll.launcher.supervise.Control;
import dev.atoll.launcher.supervise.ControlConnection;
import dev.atoll.launcher.supervise.SandboxedProgram;
import dev.atoll.launcher.supervise.Signals;
import dev.atoll.launcher.supervise.Supervisor;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.wiring.WiredServices;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Reload;
import dev.atoll.runtime.control.ControlRecord.Reloaded;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The command {@code run}: makes a sandbox, starts the program in it, stays until it ends. */
final class RunCommand {
    /** Of a program that is no JVM. */
    private static final int[] NO_CONTROL = {-1, -1};

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
                return runOn(link, request, command, settings, kept, agent, flows, debug);
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
            RuleSet unused = rules(settings);
            throw e;
        }
    }

    private @Nullable FlowLog flowLog(Settings settings) throws LaunchException {
        return settings.flowLog() == null ? null : FlowLog.open(settings.flowLog(), RunIdentity.of(environment));
    }

    private static @Nullable DebugPort debugPort(Settings settings) throws LaunchException {
        return settings.debug() == null ? null : DebugPort.listen(settings.debug(), Terminal::line);
    }

    private static boolean isDebugPortChosen(Settings settings) {
        return settings.debug() != null && settings.debug() != 0;
    }

    private static @Nullable RuleSet rules(Settings settings) throws LaunchException {
        return settings.policies().isEmpty() ? null : PolicyFile.load(settings.policies(), settings.ipsets());
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

    private int runOn(
            OpenLink link,
            LinkRequest request,
            ProgramCommand command,
            Settings settings,
            KeptFiles kept,
            AgentJar agent,
            @Nullable FlowLog flows,
            @Nullable DebugPort debug)
            throws LaunchException, IOException {
        List<IpAddress> servers = settings.names().servers();
        if (!servers.isEmpty() && link.addresses() == null) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "dns: the link " + link.description() + " does not lead to the server " + servers.get(0));
        }
        LinkAddresses onLink = link.addresses();
        boolean ipv6 = onLink != null && onLink.hasIpv6();
        refuseWithoutIpv6(settings, link, ipv6);
        ProgramCommand started = debug == null
                ? command
                : command.debuggedAt(debug.number(), isDebugPortChosen(settings), settings.debugSuspend());
        Setups setups = new Setups(settings);
        Setup setup = setups.ofProgram(link);
        // Of several JVMs nobody is the host by that name.
        List<IpAddress> addresses = request.shared() ? List.of() : addresses(setup);
        int capture = capture(settings, link, command);
        int[] control = command.isJava() ? Libc.socketpair() : NO_CONTROL;
        if (command.isJava()) {
            Libc.write(control[0], ControlCodec.encode(setup));
        }
        try (FurnishedSandbox sandbox = new StartChain(started.environmentWithAgent(environment, AgentJar.SANDBOX_FILE))
                        .begin(
                                started.withAgent(AgentJar.SANDBOX_FILE),
                                settings.hostname(),
                                SandboxFiles.of(settings.hostname(), addresses, setup.names()),
                                kept,
                                settings.jdks(),
                                agent,
                                command.isJava()
                                        ? new Inherited(control[1], link.programDescriptor(), capture)
                                        : Inherited.NOTHING);
                JvmNetwork jvmNetwork = jvmNetwork(link, request, settings)) {
            // While the sandbox is being made. The program waits, and what is wrong here keeps it from running.
            PolicyWatch watch = settings.watch() ? new PolicyWatch(settings.policies(), settings.ipsets()) : null;
            RuleSet rules = rules(settings);
            if (rules != null && ipv6 && !rules.covers(Family.IPV6)) {
                Terminal.line("no IPv6 policy given (" + settings.policies().get(0)
                        + " has only IPv4 rules), so IPv6 stays closed; add rules for it or --ipv6=off");
            }
            if (flows != null) {
                flows.rules(rules);
            }
            Policy policy = rules == null ? null : PolicyFile.encode(rules);
            List<ReportSink> sinks = ProvidedSinks.load();
            link.bringUp();
            DenialLines lines = new DenialLines(Terminal::line, rules, settings.audit());
            FrameLossLine losses = new FrameLossLine(Terminal::line, jvmNetwork::losses);
            Reports reports = new Reports(settings.denialLines() ? List.of(lines, losses) : List.of(losses), flows);
            ControlConnection connection =
                    command.isJava() ? new ControlConnection(control[0], reports::received) : null;
            WiredServices services = new WiredServices(settings, link, connection, jvmNetwork, reports, sinks);
            RunDescription run = describe(command, settings, setup, link, debug);
            StatusFile file = settings.statusFile() == null ? null : new StatusFile(settings.statusFile());
            RunStatus status = new RunStatus(file, run, Terminal::line);
            Jvms jvms = new Jvms(
                    settings.maxJvms(),
                    jvmNetwork,
                    setups::ofPlace,
                    policy,
                    reports,
                    status::jvmsChanged,
                    Terminal::line);
            status.jvms(jvms);

            int processOne = sandbox.await().id();
            if (debug != null) {
                openDebugger(debug, processOne, settings);
            }
            try (JvmDoor jvmDoor = JvmDoor.in(processOne, jvms, Terminal::line)) {
                jvmDoor.open();
                SandboxedProgram program = new SandboxedProgram(sandbox.release());
                Consumer<RuleSet> namesRules = next -> {
                    lines.replaceRules(next);
                    if (flows != null) {
                        flows.rules(next);
                    }
                };
                Live live = new Live(reports, connection, jvms, namesRules);
                Reloader reloader = rules == null ? null : reloader(settings, kept, rules, status, reports, live);
                Signals.passOnTo(program, Terminal::line, reloader == null ? null : reloader::reload);
                if (connection == null) {
                    // There is nothing to wait for.
                    reports.received(new ControlRecord.Ready());
                } else {
                    link.handOver();
                    Libc.close(control[1]);
                }
                if (capture >= 0) {
                    Libc.close(capture);
                }
                CompletableFuture<Void> unused = reports.leaving().thenRun(() -> leave(link));
                reports.started(run);
                Supervisor supervisor = new Supervisor(
                        program,
                        connection == null ? Control.none() : connection,
                        jvms::cut,
                        reports,
                        services,
                        settings.stopGrace(),
                        settings.failOnDenial(),
                        settings.audit());
                return supervise(supervisor, program, policy, settings, status, reloader, watch);
            }
        }
    }

    /** Where JVMs are that the launcher has not started: on the run's link if it is shared, else on another one beside it. */
    private static JvmNetwork jvmNetwork(OpenLink link, LinkRequest request, Settings settings) {
        if (link.addresses() == null) {
            return JvmNetwork.none(settings.mtuBytes(), "the link " + link.description() + " has no addresses");
        }
        Path pcap = settings.pcap();
        Recordings recordings = pcap == null ? null : new Recordings(pcap, Terminal::line);
        if (request.shared()) {
            return JvmNetwork.on(link, settings.mtuBytes(), recordings, Terminal::line);
        }
        JvmNetwork.Opening opening = () -> {
            OpenLink beside = link.beside(request.beside())
                    .orElseThrow(() -> new LaunchException(
                            ExitCode.CONFIGURATION,
                            "the link " + link.description() + " is the program's alone; use --link tap"));
            try {
                beside.bringUp();
                return beside;
            } catch (LaunchException e) {
                beside.close();
                throw e;
            }
        };
        return JvmNetwork.opening(opening, settings.mtuBytes(), recordings, Terminal::line);
    }

    /** Before the program runs: what is wrong here keeps it from running. */
    private void openDebugger(DebugPort debug, int processOne, Settings settings) throws LaunchException {
        debug.openInto(processOne, environment);
        String waits = settings.debugSuspend() ? ", for which the program waits" : "";
        Terminal.line("debug: listening on 127.0.0.1:" + debug.number() + " for a debugger" + waits);
    }

    /** The program as a reload sees it. */
    private record Live(Reports reports, @Nullable ControlConnection connection, Jvms jvms, Consumer<RuleSet> rules)
            implements Reloader.RunningProgram {
        @Override
        public CompletableFuture<Void> ready() {
            return reports.ready();
        }

        /** First the program's own JVM, which can refuse; the others are asked for what is in force then. */
        @Override
        public CompletableFuture<Reloaded> ask(Reload question) {
            CompletableFuture<Reloaded> first = connection == null
                    ? CompletableFuture.completedFuture(new Reloaded(question.number(), 0, ""))
                    : connection.ask(question);
            return first.thenCompose(answer -> answer.problem().isEmpty()
                    ? jvms.reload(question)
                            .thenApply(ended -> new Reloaded(question.number(), answer.ended() + ended, ""))
                    : first);
        }

        @Override
        public void tookOver(RuleSet next) {
            rules.accept(next);
        }
    }

    private static Reloader reloader(
            Settings settings, KeptFiles kept, RuleSet rules, RunStatus status, Reports reports, Live live) {
        return new Reloader(
                settings.policies(),
                settings.ipsets(),
                kept,
                rules,
                status.policy(),
                live,
                text -> {
                    Terminal.line(text);
                    reports.reloaded(text);
                },
                status::reloaded);
    }

    /** What the user asked of IPv6 and this link does not have. */
    private static void refuseWithoutIpv6(Settings settings, OpenLink link, boolean ipv6) throws LaunchException {
        if (settings.ipv6().isDemanded() && !ipv6) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "address6: the link " + link.description() + " carries no IPv6; use --link tap or veth");
        }
        int mtuBytes = link.mtuBytes(settings.mtuBytes());
        if (ipv6 && mtuBytes < Ipv6.MIN_MTU_BYTES) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "mtu is " + mtuBytes + ", IPv6 needs " + Ipv6.MIN_MTU_BYTES
                            + "; --address6 none if it is not needed");
        }
    }

    /** In a thread of its own: whoever hears of it has the rest of the control connection to read. */
    private static void leave(OpenLink link) {
        Thread leaving = new Thread(link::programLeaves, "atoll-link");
        leaving.setDaemon(true);
        leaving.start();
    }

    /** With every way open to ask for a reload. */
    private static int supervise(
            Supervisor supervisor,
            SandboxedProgram program,
            @Nullable Policy policy,
            Settings settings,
            RunStatus status,
            @Nullable Reloader reloader,
            @Nullable PolicyWatch watch)
            throws IOException {
        if (reloader == null) {
            return superviseToEnd(supervisor, program, policy, settings, status);
        }
        try (ReloadDoor door = new ReloadDoor(reloader, Terminal::line)) {
            door.open();
            if (watch != null) {
                watch.begin(reloader);
            }
            return superviseToEnd(supervisor, program, policy, settings, status);
        }
    }

    /** Between start and end: whatever fails here ends the program, which nobody else would. */
    private static int superviseToEnd(
            Supervisor supervisor,
            SandboxedProgram program,
            @Nullable Policy policy,
            Settings settings,
            RunStatus status)
            throws IOException {
        Outcome outcome;
        try {
            supervisor.begin(policy, settings.timeout());
            if (status.isWanted()) {
                status.running(program.pid().orElse(0));
            }
            outcome = supervisor.await();
        } catch (IOException | RuntimeException | Error e) {
            program.kill();
            String message = "the program can no longer be supervised: " + Terminal.describe(e);
            Terminal.line(message);
            outcome = new Outcome(Outcome.Kind.LOST, ExitCode.LOST.number(), message, 0);
        }
        status.ended(outcome, Instant.now());
        return outcome.exitCode();
    }

    private static List<IpAddress> addresses(Setup setup) {
        List<IpAddress> addresses = new ArrayList<>();
        for (ControlRecord.Address address : setup.addresses()) {
            addresses.add(address.address());
        }
        return addresses;
    }

    /** The capture file, or a negative number; it is made here, since the program may not be allowed to. */
    private static int capture(Settings settings, OpenLink link, ProgramCommand command) throws LaunchException {
        Path file = settings.pcap();
        if (file == null) {
            return ControlRecord.NO_DESCRIPTOR;
        }
        if (link.programDescriptor() < 0) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "pcap: there is nothing to record on the link " + link.description());
        }
        if (!command.isJava()) {
            // Each JVM has a file of its own.
            return ControlRecord.NO_DESCRIPTOR;
        }
        try {
            return Libc.create(file.toString());
        } catch (SystemCallException e) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "pcap: " + file + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static RunDescription describe(
            ProgramCommand command, Settings settings, Setup setup, OpenLink link, @Nullable DebugPort debug) {
        String router = setup.router() == null ? null : setup.router().toString();
        return new RunDescription(
                command.arguments(),
                link.description(),
                !command.isJava() || setup.addresses().isEmpty()
                        ? null
                        : setup.addresses().get(0).toString(),
                router,
                setup.names().servers().stream().map(IpAddress::toString).toList(),
                settings.policies(),
                debug == null ? null : "127.0.0.1:" + debug.number(),
                settings.pcap(),
                Instant.now());
    }
}
