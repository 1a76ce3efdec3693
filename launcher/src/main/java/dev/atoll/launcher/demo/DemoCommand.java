package dev.atoll.launcher.demo;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.demo.client.WebClient;
import dev.atoll.launcher.link.StreamLink;
import dev.atoll.launcher.link.TapLink;
import dev.atoll.launcher.sys.Libc;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command {@code demo}: runs a small web client in a sandbox, under a policy that lets it reach one port of a server
 * and not the other, and tells a newcomer what happens. All it does it does by the command {@code run}.
 */
public final class DemoCommand {
    private static final String POLICY = "demo.rules";
    private static final Path TUN_DEVICE = Path.of("/dev/net/tun");

    /** Carries out a command line of Atoll's. */
    @FunctionalInterface
    public interface Launcher {
        /** Returns the exit code. */
        int run(String... words) throws LaunchException;
    }

    private final Launcher launcher;
    private final PrintStream out;

    /**
     * @param out where the story is told; the client tells its part on the process's own output
     */
    public DemoCommand(Launcher launcher, PrintStream out) {
        this.launcher = launcher;
        this.out = out;
    }

    /** Returns 0 if every request ended as announced, else 125. */
    public int run() throws LaunchException {
        try (DemoFiles files = DemoFiles.unpack(WebClient.class, POLICY)) {
            tellPolicy(files.policy());
            boolean good = act(
                    files,
                    StreamLink.NAME,
                    Path.of("atoll-demo.pcapng"),
                    "A web server runs on a second stack in the launcher, joined by a socket pair. No root is needed.");
            if (Libc.geteuid() == 0 && Files.exists(TUN_DEVICE)) {
                good &= act(
                        files,
                        TapLink.NAME,
                        Path.of("atoll-demo-tap.pcapng"),
                        "The same with the host's kernel at the other end, over a TAP device.");
            } else {
                out.println("As root, where " + TUN_DEVICE + " exists, the demo does the same over a TAP device.");
            }
            out.println(
                    good
                            ? "Both requests ended as the policy says: one allowed, one refused by a rule with its place."
                            : "The demo failed: a request did not end as the policy says.");
            return good ? 0 : ExitCode.FAILED.number();
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "the demo's files cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private void tellPolicy(Path policy) throws IOException {
        out.println("A web client, an ordinary Java program, runs in a sandbox under this policy (" + POLICY + "):");
        List<String> lines = Files.readAllLines(policy);
        for (int i = 0; i < lines.size(); i++) {
            out.println("  " + (i + 1) + "  " + lines.get(i));
        }
        out.println();
    }

    /** Whether both requests ended as announced. */
    private boolean act(DemoFiles files, String link, Path capture, String introduction) {
        out.println(introduction);
        out.println("Port " + WebPage.ALLOWED_PORT + " shall answer, port " + WebPage.REFUSED_PORT + " be refused:");
        int exitCode;
        try {
            exitCode = launcher.run(
                    "run",
                    "--link",
                    DemoLink.NAME + ":" + link,
                    // The user's configuration is not the demo's.
                    "--address",
                    "auto",
                    "--router",
                    "auto",
                    "--dns",
                    "auto",
                    "--status-file",
                    "none",
                    "--timeout",
                    "60s",
                    "--policy",
                    files.policy().toString(),
                    "--pcap",
                    capture.toString(),
                    "--",
                    Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    // Its file is named by process id, which other sandboxes' programs have too.
                    "-XX:-UsePerfData",
                    "-cp",
                    files.directory().toString(),
                    WebClient.class.getName(),
                    Integer.toString(WebPage.ALLOWED_PORT),
                    Integer.toString(WebPage.REFUSED_PORT),
                    POLICY + ":");
        } catch (LaunchException e) {
            out.println("  " + e.line());
            return false;
        }
        out.println("Every packet is in " + capture.toAbsolutePath() + ", to open with Wireshark or tcpdump -r.");
        out.println();
        return exitCode == 0;
    }
}
