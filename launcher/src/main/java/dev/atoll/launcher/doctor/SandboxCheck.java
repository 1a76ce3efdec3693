package dev.atoll.launcher.doctor;

import dev.atoll.launcher.doctor.Host.Run;
import java.util.List;
import java.util.Optional;

/** The proof: runs {@code java -version} in a sandbox, by the command line that a user would write. */
final class SandboxCheck implements Check {
    private static final String MARK = "atoll: ";

    private final Host host;
    private final Jdk own;
    private final JdkOnPath onPath;
    private final Optional<String> jar;

    /**
     * @param jar this {@code atoll.jar}; empty if the launcher's classes come from elsewhere
     */
    SandboxCheck(Host host, Jdk own, JdkOnPath onPath, Optional<String> jar) {
        this.host = host;
        this.own = own;
        this.onPath = onPath;
        this.jar = jar;
    }

    @Override
    public String subject() {
        return "a sandbox";
    }

    @Override
    public Finding examine() {
        if (jar.isEmpty()) {
            return Finding.warn(
                    "not tried: the launcher does not run from atoll.jar", "build it and run it with java -jar");
        }
        String program = onPath.jdk().filter(Jdk::isUsable).orElse(own).java();
        Run run = host.run(List.of(
                own.java(),
                "-jar",
                jar.get(),
                "run",
                "--link",
                "none",
                "--policy",
                "none",
                "--pcap",
                "none",
                "--status-file",
                "none",
                "--timeout",
                "30s",
                "--",
                program,
                "-version"));
        if (!run.succeeded()) {
            return Finding.missing(reason(run), "the lines above that do not say ok are the likely causes");
        }
        return Finding.ok("java -version ran in one (" + program + ")");
    }

    private static String reason(Run run) {
        return run.output()
                .lines()
                .filter(line -> line.startsWith(MARK))
                .findFirst()
                .map(line -> line.substring(MARK.length()))
                .orElseGet(() -> "java -version ended with exit code " + run.exitCode() + ": " + run.lastLine());
    }
}
