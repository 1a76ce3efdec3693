package dev.atoll.launcher.doctor;

import dev.atoll.launcher.doctor.Host.Run;
import dev.atoll.launcher.start.Tools;
import java.util.List;
import java.util.Optional;

/**
 * Makes the namespaces that the start chain makes, by the same program with the same options, and sees that they are
 * others than this process's.
 */
final class NamespacesCheck implements Check {
    private static final String USER = "/proc/self/ns/user";
    private static final String NETWORK = "/proc/self/ns/net";

    private final Host host;
    private final LimitsOfHost limits;

    NamespacesCheck(Host host, LimitsOfHost limits) {
        this.host = host;
        this.limits = limits;
    }

    @Override
    public String subject() {
        return "user namespaces";
    }

    @Override
    public Finding examine() {
        Optional<String> unshare = host.find(Tools.UNSHARE);
        Optional<String> sh = host.find(Tools.SH);
        if (unshare.isEmpty() || sh.isEmpty()) {
            return Finding.missing("cannot be tried without unshare and sh", "install them first");
        }
        Run run = host.run(List.of(
                unshare.get(),
                "--user",
                "--keep-caps",
                "--net",
                "--mount",
                "--pid",
                "--uts",
                "--ipc",
                "--fork",
                "--kill-child",
                sh.get(),
                "-c",
                "readlink " + USER + " " + NETWORK));
        if (!run.succeeded()) {
            return limits.missing("making them failed (" + run.lastLine() + ")");
        }
        List<String> made = run.output().strip().lines().toList();
        boolean own = made.size() == 2
                && isAnother(made.get(0), "user:", host.linkTarget(USER))
                && isAnother(made.get(1), "net:", host.linkTarget(NETWORK));
        if (!own) {
            return Finding.missing(
                    unshare.get() + " says it made them and has not",
                    "put the directory of util-linux's unshare before that one in PATH");
        }
        return Finding.ok("made with network, mount, PID, UTS and IPC namespaces");
    }

    private static boolean isAnother(String made, String kind, Optional<String> ours) {
        return made.startsWith(kind) && !made.equals(ours.orElse(""));
    }
}
