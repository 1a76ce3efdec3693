package dev.atoll.launcher;

import dev.atoll.launcher.cli.CommandLine;
import dev.atoll.launcher.config.ConfigLoader;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.link.AddressPlan;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.Links;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.report.RunDescription;
import dev.atoll.launcher.report.StatusFile;
import dev.atoll.launcher.start.JarBundle;
import dev.atoll.launcher.start.ProgramCommand;
import dev.atoll.launcher.start.SandboxFiles;
import dev.atoll.launcher.start.SandboxProcess;
import dev.atoll.launcher.start.StartChain;
import dev.atoll.launcher.start.StartChain.Inherited;
import dev.atoll.launcher.supervise.ControlReader;
import dev.atoll.launcher.supervise.Signals;
import dev.atoll.launcher.supervise.Supervisor;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.wiring.WiredServices;
import dev.atoll.runtime.clock.SecureEntropy;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
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
        Settings settings = new ConfigLoader(environment, System.getProperties())
                .load(request.options().settings(), request.options().config())
                .settings();
        StatusFile status = settings.statusFile() == null ? null : new StatusFile(settings.statusFile());
        try {
            return run(request.command(), settings, status);
        } catch (LaunchException e) {
            if (status != null) {
                Outcome outcome =
                        new Outcome(Outcome.Kind.NOT_STARTED, e.exitCode().number(), e.line(), 0);
                write(status, () -> status.ended(null, outcome, Instant.now()));
            }
            throw e;
        }
    }

    private int run(List<String> words, Settings settings, @Nullable StatusFile status) throws LaunchException {
        Path directory = Path.of(System.getProperty("user.dir", "/"));
        ProgramCommand command = ProgramCommand.resolve(words, environment.getOrDefault("PATH", ""), directory);
        Policy policy = settings.policy() == null ? null : PolicyFile.load(settings.policy());
        try (JarBundle jars = preparation.jars();
                OpenLink link = Links.open(
                        settings.link(),
                        new LinkRequest("", settings.address(), settings.router(), settings.mtuBytes()))) {
            return runOn(link, command, settings, policy, jars, status);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "the run failed: " + e.getMessage(), e);
        }
    }

    private int runOn(
            OpenLink link,
            ProgramCommand command,
            Settings settings,
            @Nullable Policy policy,
            JarBundle jars,
            @Nullable StatusFile status)
            throws LaunchException, IOException {
        int[] control = Libc.socketpair();
        int capture = capture(settings, link);
        Setup setup = setup(settings, link, policy != null);
        Libc.write(control[0], ControlCodec.encode(setup));
        SandboxProcess sandbox = new StartChain(environment)
                .start(
                        command.withAgent(
                                JarBundle.SANDBOX_DIRECTORY + "/" + JarBundle.AGENT, JarBundle.SANDBOX_DIRECTORY),
                        settings.hostname(),
                        SandboxFiles.of(settings.hostname(), addresses(setup), setup.dnsServers()),
                        jars,
                        new Inherited(control[1], link.programDescriptor(), capture));
        Signals.passOnTo(sandbox, Terminal::line);
        link.handOver();
        Libc.close(control[1]);
        if (capture >= 0) {
            Libc.close(capture);
        }
        if (policy != null) {
            send(control[0], policy);
        }

        RunDescription run = describe(command, settings, setup, link);
        Reports reports = new Reports();
        ControlReader reader = new ControlReader(control[0], reports);
        reports.started(run);
        if (status != null) {
            int pid = sandbox.program().orElse(0);
            write(status, () -> status.running(run, pid));
        }
        Outcome outcome = new Supervisor(
                        sandbox,
                        reader,
                        reports,
                        new WiredServices(settings, link, reader, reports),
                        WiredServices.areNeeded(settings, link),
                        settings.stopGrace())
                .supervise(settings.timeout());
        if (status != null) {
            write(status, () -> status.ended(run, outcome, Instant.now()));
        }
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
    private static int capture(Settings settings, OpenLink link) throws LaunchException {
        Path file = settings.pcap();
        if (file == null) {
            return ControlRecord.NO_DESCRIPTOR;
        }
        if (link.programDescriptor() < 0) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "pcap: there is nothing to record on the link " + link.description());
        }
        try {
            return Libc.create(file.toString());
        } catch (SystemCallException e) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "pcap: " + file + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** Waits while the program's JVM starts if the policy is larger than the connection's buffer. */
    private static void send(int control, Policy policy) {
        try {
            Libc.write(control, ControlCodec.encode(policy));
        } catch (SystemCallException e) {
            // The program's JVM has ended before it read its rules; why, its exit code and its own lines say.
            Terminal.line("the program ended before it had its policy: " + e.getMessage());
        }
    }

    private static RunDescription describe(ProgramCommand command, Settings settings, Setup setup, OpenLink link) {
        String router = setup.router() == null ? null : setup.router().toString();
        return new RunDescription(
                command.arguments(),
                link.description(),
                setup.addresses().isEmpty() ? null : setup.addresses().get(0).toString(),
                router,
                setup.dnsServers().isEmpty() ? null : setup.dnsServers().get(0).toString(),
                settings.policy(),
                settings.pcap(),
                Instant.now());
    }

    /** A call on the status file. */
    @FunctionalInterface
    private interface StatusCall {
        void run() throws IOException;
    }

    /** The status file is a report: that it cannot be written is said, and the run's own end counts. */
    private static void write(StatusFile status, StatusCall call) {
        try {
            call.run();
        } catch (IOException e) {
            Terminal.line("the status file " + status.file() + " cannot be written: " + e);
        }
    }

    private static Setup setup(Settings settings, OpenLink link, boolean policyFollows) throws IOException {
        AddressPlan plan = link.addresses();
        IpAddress router = plan == null ? null : plan.router();
        IpAddress dns = settings.dns() == null ? router : settings.dns();
        return new Setup(
                settings.hostname(),
                new ControlRecord.Link(
                        link.wire(),
                        link.programDescriptor() < 0 ? ControlRecord.NO_DESCRIPTOR : Inherited.LINK_NUMBER,
                        "eth0",
                        settings.mtuBytes(),
                        randomMac(),
                        link.headerBytes()),
                plan == null ? List.of() : List.of(plan.program()),
                router,
                dns == null ? List.of() : List.of(dns),
                false,
                settings.denialLines(),
                settings.pcap() == null ? ControlRecord.NO_DESCRIPTOR : Inherited.CAPTURE_NUMBER,
                policyFollows);
    }

    /** A locally administered unicast address (IEEE 802c). */
    private static MacAddress randomMac() throws IOException {
        try (SecureEntropy entropy = new SecureEntropy()) {
            long bits = entropy.nextLong() & 0xffff_ffff_ffffL;
            return new MacAddress(bits & ~(1L << 40) | 1L << 41);
        }
    }
}
