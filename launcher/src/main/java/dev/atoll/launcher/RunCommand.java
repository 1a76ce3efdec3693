package dev.atoll.launcher;

import dev.atoll.launcher.cli.CommandLine;
import dev.atoll.launcher.config.ConfigLoader;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.link.AddressPlan;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.Links;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.start.JarBundle;
import dev.atoll.launcher.start.ProgramCommand;
import dev.atoll.launcher.start.SandboxFiles;
import dev.atoll.launcher.start.SandboxProcess;
import dev.atoll.launcher.start.StartChain;
import dev.atoll.launcher.start.StartChain.Inherited;
import dev.atoll.launcher.supervise.Signals;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

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
        Path directory = Path.of(System.getProperty("user.dir", "/"));
        ProgramCommand command =
                ProgramCommand.resolve(request.command(), environment.getOrDefault("PATH", ""), directory);
        Settings settings = new ConfigLoader(environment, System.getProperties())
                .load(request.options().settings(), request.options().config())
                .settings();
        byte[] rules = settings.policy() == null ? null : PolicyFile.read(settings.policy());
        try (JarBundle jars = preparation.jars();
                OpenLink link = Links.open(
                        settings.link(),
                        new LinkRequest("", settings.address(), settings.router(), settings.mtuBytes()))) {
            int[] control = Libc.socketpair();
            int capture = settings.pcap() == null ? -1 : openCapture(settings.pcap());
            Setup setup = setup(settings, link, capture >= 0, rules != null);
            Libc.write(control[0], ControlCodec.encode(setup));
            Map<String, String> files = SandboxFiles.of(
                    settings.hostname(),
                    setup.addresses().stream()
                            .map(ControlRecord.Address::address)
                            .toList(),
                    setup.dnsServers());
            ProgramCommand agented = command.withAgent("/etc/atoll/agent.jar", "/etc/atoll");
            SandboxProcess sandbox = new StartChain(environment)
                    .start(
                            agented,
                            settings.hostname(),
                            files,
                            jars,
                            new Inherited(control[1], link.programDescriptor(), capture));
            link.handOver();
            Libc.close(control[1]);
            if (capture >= 0) {
                Libc.close(capture);
            }
            if (rules != null) {
                sendPolicy(control[0], rules);
            }
            Signals.passOnTo(sandbox, Terminal::line);
            return new Supervisor(settings, request.command(), link, sandbox).supervise(control[0]);
        } catch (SystemCallException e) {
            throw new LaunchException(ExitCode.FAILED, "cannot start: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "cannot start: " + e.getMessage(), e);
        }
    }

    /** After the start: a large policy does not fit into the socket before somebody reads it. */
    private static void sendPolicy(int control, byte[] rules) {
        try {
            Libc.write(control, ControlCodec.encode(new ControlRecord.Policy(ByteBuffer.wrap(rules))));
        } catch (SystemCallException e) {
            // The program ended before it was read: how it ended says more.
        }
    }

    /** The file is the launcher's to open: the program has only its descriptor. */
    private static int openCapture(Path file) throws LaunchException {
        try {
            return Libc.create(file.toString());
        } catch (SystemCallException e) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "cannot write the capture file " + file + ": " + e.getMessage(), e);
        }
    }

    private static Setup setup(Settings settings, OpenLink link, boolean capture, boolean policy) {
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
                capture ? Inherited.CAPTURE_NUMBER : ControlRecord.NO_DESCRIPTOR,
                policy);
    }

    /** A locally administered unicast address (IEEE 802c). */
    private static MacAddress randomMac() {
        long bits = new SecureRandom().nextLong() & 0xffff_ffff_ffffL;
        return new MacAddress(bits & ~(1L << 40) | 1L << 41);
    }
}
