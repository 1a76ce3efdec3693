package dev.atoll.launcher.doctor;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.Installation;
import dev.atoll.launcher.doctor.Finding.Status;
import dev.atoll.launcher.link.StreamLink;
import dev.atoll.launcher.link.TapLink;
import dev.atoll.launcher.link.VethLink;
import dev.atoll.launcher.start.Tools;
import dev.atoll.launcher.start.Tools.Tool;
import dev.atoll.launcher.sys.TapDevice;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The command {@code doctor}. Each check gives one line, and a second one with what to do; the last line is the verdict.
 * When nothing is missing a program is really run in a sandbox: that, and no table of requirements, says whether it works.
 */
public final class Doctor {
    private static final String INDENT = " ".repeat(9);

    private final List<Check> checks;
    private final Check proof;
    private final PrintStream out;

    /**
     * @param checks in the order in which they are printed
     * @param proof examined when nothing is missing
     */
    Doctor(List<Check> checks, Check proof, PrintStream out) {
        this.checks = List.copyOf(checks);
        this.proof = proof;
        this.out = out;
    }

    /**
     * The doctor for this host.
     *
     * @param environment of the user, whose PATH counts
     * @param out where the findings go
     */
    public static Doctor ofHost(Map<String, String> environment, PrintStream out) {
        Host host = new LocalHost(environment);
        LimitsOfHost limits = new LimitsOfHost(host);
        Jdk own = Jdk.ofThisJvm();
        JdkOnPath onPath = new JdkOnPath(host, environment.getOrDefault("PATH", ""));
        List<Check> checks = new ArrayList<>();
        checks.add(new PlatformCheck(System.getProperty("os.name", ""), System.getProperty("os.arch", "")));
        checks.add(new KernelCheck(host));
        checks.add(new LibcCheck(host));
        checks.add(new LauncherJdkCheck(own));
        checks.add(new JdkCheck(onPath, own));
        for (Tool tool : Tools.ALL) {
            checks.add(new ToolCheck(host, tool));
        }
        checks.add(new NamespacesCheck(host, limits));
        checks.add(new MountsCheck(host, limits));
        checks.add(new AppArmorCheck(host));
        checks.add(new ProcChildrenCheck(host, ProcessHandle.current().pid()));
        checks.add(new TapCheck(() -> TapDevice.create(TapDevice.DEFAULT_NAME, true)));
        checks.add(new VethCheck());
        checks.add(new UserCheck(host));
        return new Doctor(
                checks, new SandboxCheck(host, own, onPath, Installation.jar().map(Path::toString)), out);
    }

    /** Examines everything and returns the exit code: 0 if programs can run here, else {@link ExitCode#MISSING}. */
    public int run() {
        int width = proof.subject().length();
        for (Check check : checks) {
            width = Math.max(width, check.subject().length());
        }
        List<String> missing = new ArrayList<>();
        List<String> links = new ArrayList<>();
        for (Check check : checks) {
            Status status = examine(check, width, Status.WARN);
            if (status == Status.MISSING) {
                missing.add(check.subject());
            }
            if (status == Status.OK && check instanceof TapCheck) {
                links.add(TapLink.NAME);
            }
            if (status == Status.OK && check instanceof VethCheck) {
                links.add(VethLink.NAME);
            }
        }
        if (missing.isEmpty() && examine(proof, width, Status.MISSING) == Status.MISSING) {
            missing.add(proof.subject());
        }
        if (missing.isEmpty()) {
            links.add(StreamLink.NAME);
            out.println("Programs can run here, with --link " + String.join(", ", links) + " or none.");
            return 0;
        }
        out.println("Programs cannot run here, see above: " + String.join(", ", missing) + ".");
        return ExitCode.MISSING.number();
    }

    /**
     * Examines one thing and prints what was found.
     *
     * @param unknown what it counts as if it could not be examined: the proof shows whether it matters
     */
    private Status examine(Check check, int width, Status unknown) {
        Finding finding;
        try {
            finding = check.examine();
        } catch (IOException | RuntimeException | LinkageError e) {
            finding = new Finding(unknown, "could not be examined: " + e, "");
        }
        String word = finding.status().word();
        out.println(
                String.format(Locale.ROOT, "%-8s %-" + width + "s  %s", word, check.subject(), line(finding.detail())));
        if (!finding.advice().isEmpty()) {
            out.println(INDENT + line(finding.advice()));
        }
        return finding.status();
    }

    private static String line(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
