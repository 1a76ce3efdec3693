package dev.atoll.launcher;

import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.debug.DebugPort;
import dev.atoll.launcher.flow.FlowLog;
import dev.atoll.launcher.jvms.JvmDoor;
import dev.atoll.launcher.jvms.JvmNetwork;
import dev.atoll.launcher.jvms.Jvms;
import dev.atoll.launcher.jvms.Recordings;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.reload.PolicyWatch;
import dev.atoll.launcher.reload.ReloadDoor;
import dev.atoll.launcher.reload.Reloader;
import dev.atoll.launcher.report.DenialLines;
import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.ProvidedSinks;
import dev.atoll.launcher.report.RefusedFramesLine;
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
import org.jspecify.annotations.Nullable;

/**
 * One run of a program, from its open link to its exit code: the sandbox is begun, and while it is being made all that the launcher
 * has around a program. The thread of {@code main}; what it was given is its caller's to close.
 */
final class ProgramRun {
    /** Of a program that is no JVM. */
    private static final int[] NO_CONTROL = {-1, -1};

    private final Map<String, String> environment;
    private final Settings settings;
    private final ProgramCommand command;
    private final LinkRequest request;
    private final OpenLink link;
    private final KeptFiles kept;
    private final AgentJar agent;
    private final @Nullable FlowLog flows;
    private final @Nullable DebugPort debug;
    private final Setups setups;
    private final boolean ipv6;

    /**
     * @param request what the link was asked for
     * @param kept what the program may not write
     */
    ProgramRun(
            Map<String, String> environment,
            Settings settings,
            ProgramCommand command,
            LinkRequest request,
            OpenLink link,
            KeptFiles kept,
            AgentJar agent,
            @Nullable FlowLog flows,
            @Nullable DebugPort debug) {
        this.environment = environment;
        this.settings = settings;
        this.command = command;
        this.request = request;
        this.link = link;
        this.kept = kept;
        this.agent = agent;
        this.flows = flows;
        this.debug = debug;
        setups = new Setups(settings);
        LinkAddresses onLink = link.addresses();
        ipv6 = onLink != null && onLink.hasIpv6();
    }

    /** The rules that a run is asked to have, or null if it is to have none. */
    static @Nullable RuleSet rules(Settings settings) throws LaunchException {
        return settings.policies().isEmpty() ? null : PolicyFile.load(settings.policies(), settings.ipsets());
    }

    /** Returns the exit code. */
    int toItsEnd() throws LaunchException, IOException {
        refuseUnreachableServers();
        refuseWithoutIpv6();
        ProgramCommand started = debug == null
                ? command
                : command.debuggedAt(debug.number(), isDebugPortChosen(), settings.debugSuspend());
        Setup setup = setups.ofProgram(link);
        int capture = capture();
        int[] control = NO_CONTROL;
        if (command.isJava()) {
            control = Libc.socketpair();
            Libc.write(control[0], ControlCodec.encode(setup));
        }
        try (FurnishedSandbox sandbox = begin(started, setup, control[1], capture);
                JvmNetwork jvmNetwork = jvmNetwork()) {
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
            Live live = new Live(setup, rules, policy, sinks, jvmNetwork, control[0]);
            return live.toItsEnd(sandbox, watch, control[1], capture);
        }
    }

    private boolean isDebugPortChosen() {
        return settings.debug() != null && settings.debug() != 0;
    }

    private void refuseUnreachableServers() throws LaunchException {
        List<IpAddress> servers = settings.names().servers();
        if (!servers.isEmpty() && link.addresses() == null) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "dns: the link " + link.description() + " does not lead to the server " + servers.get(0));
        }
    }

    /** What the user asked of IPv6 and this link does not have. */
    private void refuseWithoutIpv6() throws LaunchException {
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

    /** The capture file, or a negative number; it is made here, since the program may not be allowed to. */
    private int capture() throws LaunchException {
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

    /** Begins to make the sandbox, and the program in it. */
    private FurnishedSandbox begin(ProgramCommand started, Setup setup, int control, int capture)
            throws LaunchException, IOException {
        // Of several JVMs nobody is the host by that name.
        List<IpAddress> addresses = request.shared() ? List.of() : addresses(setup);
        return new StartChain(started.environmentWithAgent(environment, AgentJar.SANDBOX_FILE))
                .begin(
                        started.withAgent(AgentJar.SANDBOX_FILE),
                        settings.hostname(),
                        SandboxFiles.of(settings.hostname(), addresses, setup.names()),
                        kept,
                        settings.jdks(),
                        agent,
                        command.isJava()
                                ? new Inherited(control, link.programDescriptor(), capture)
                                : Inherited.NOTHING);
    }

    private static List<IpAddress> addresses(Setup setup) {
        List<IpAddress> addresses = new ArrayList<>();
        for (ControlRecord.Address address : setup.addresses()) {
            addresses.add(address.address());
        }
        return addresses;
    }

    /** Where JVMs are that the launcher has not started: on the run's link if it is shared, else on another one beside it. */
    private JvmNetwork jvmNetwork() {
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

    private RunDescription describe(Setup setup) {
        String router = setup.router() == null ? null : setup.router().toString();
        return new RunDescription(
                command.arguments(),
                link.description(),
                !command.isJava() || setup.addresses().isEmpty()
                        ? null
                        : setup.addresses().get(0).toString(),
                router,
                servers(setup),
                settings.policies(),
                debug == null ? null : "127.0.0.1:" + debug.number(),
                settings.pcap(),
                Instant.now());
    }

    private static List<String> servers(Setup setup) {
        List<String> servers = new ArrayList<>();
        for (IpAddress server : setup.names().servers()) {
            servers.add(server.toString());
        }
        return servers;
    }

    /** In a thread of its own: whoever hears of it has the rest of the control connection to read. */
    private void leave() {
        Thread leaving = new Thread(link::programLeaves, "atoll-link");
        leaving.setDaemon(true);
        leaving.start();
    }

    /** What the launcher has around the program while it runs; the program as a reload sees it. */
    private final class Live implements Reloader.RunningProgram {
        private final @Nullable RuleSet rules;
        private final @Nullable Policy policy;
        private final DenialLines lines;
        private final Reports reports;
        private final @Nullable ControlConnection connection;
        private final WiredServices services;
        private final RunDescription description;
        private final RunStatus status;
        private final Jvms jvms;

        /**
         * @param policy the rules, encoded
         * @param control the launcher's end of the control connection, if the program has one
         */
        Live(
                Setup setup,
                @Nullable RuleSet rules,
                @Nullable Policy policy,
                List<ReportSink> sinks,
                JvmNetwork jvmNetwork,
                int control)
                throws LaunchException {
            this.rules = rules;
            this.policy = policy;
            lines = new DenialLines(Terminal::line, rules, settings.audit());
            RefusedFramesLine refused = new RefusedFramesLine(Terminal::line, jvmNetwork::losses);
            reports = new Reports(settings.denialLines() ? List.of(lines, refused) : List.of(refused), flows);
            connection = command.isJava() ? new ControlConnection(control, reports::received) : null;
            services = new WiredServices(settings, link, connection, jvmNetwork, reports, sinks);
            description = describe(setup);
            StatusFile file = settings.statusFile() == null ? null : new StatusFile(settings.statusFile());
            status = new RunStatus(file, description, Terminal::line);
            jvms = new Jvms(
                    settings.maxJvms(),
                    jvmNetwork,
                    setups::ofPlace,
                    policy,
                    reports,
                    status::jvmsChanged,
                    Terminal::line);
            status.jvms(jvms);
        }

        /**
         * Releases the program and stays until it ends.
         *
         * @param control the program's end of the control connection, which it has by now, as it has the capture
         */
        int toItsEnd(FurnishedSandbox sandbox, @Nullable PolicyWatch watch, int control, int capture)
                throws LaunchException, IOException {
            int processOne = sandbox.await().id();
            if (debug != null) {
                openDebugger(debug, processOne);
            }
            try (JvmDoor jvmDoor = JvmDoor.in(processOne, jvms, Terminal::line)) {
                jvmDoor.open();
                SandboxedProgram program = new SandboxedProgram(sandbox.release());
                Reloader reloader = rules == null ? null : reloader(rules);
                Signals.passOnTo(program, Terminal::line, reloader == null ? null : reloader::reload);
                if (connection == null) {
                    // There is nothing to wait for.
                    reports.received(new ControlRecord.Ready());
                } else {
                    link.handOver();
                    Libc.close(control);
                }
                if (capture >= 0) {
                    Libc.close(capture);
                }
                CompletableFuture<Void> unused = reports.leaving().thenRun(ProgramRun.this::leave);
                reports.started(description);
                return supervise(program, reloader, watch);
            }
        }

        /** Before the program runs: what is wrong here keeps it from running. */
        private void openDebugger(DebugPort port, int processOne) throws LaunchException {
            port.openInto(processOne, environment);
            String waits = settings.debugSuspend() ? ", for which the program waits" : "";
            Terminal.line("debug: listening on 127.0.0.1:" + port.number() + " for a debugger" + waits);
        }

        private Reloader reloader(RuleSet inForce) {
            return new Reloader(
                    settings.policies(),
                    settings.ipsets(),
                    kept,
                    inForce,
                    status.policy(),
                    this,
                    text -> {
                        Terminal.line(text);
                        reports.reloaded(text);
                    },
                    status::reloaded);
        }

        /** With every way open to ask for a reload. */
        private int supervise(SandboxedProgram program, @Nullable Reloader reloader, @Nullable PolicyWatch watch)
                throws IOException {
            Supervisor supervisor = new Supervisor(
                    program,
                    connection == null ? Control.none() : connection,
                    jvms::cut,
                    reports,
                    services,
                    settings.stopGrace(),
                    settings.failOnDenial(),
                    settings.audit());
            if (reloader == null) {
                return superviseToEnd(supervisor, program);
            }
            try (ReloadDoor door = new ReloadDoor(reloader, Terminal::line)) {
                door.open();
                if (watch != null) {
                    watch.begin(reloader);
                }
                return superviseToEnd(supervisor, program);
            }
        }

        /** Between start and end: whatever fails here ends the program, which nobody else would. */
        private int superviseToEnd(Supervisor supervisor, SandboxedProgram program) throws IOException {
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
            lines.replaceRules(next);
            if (flows != null) {
                flows.rules(next);
            }
        }
    }
}
