package dev.atoll.launcher.doctor;

import dev.atoll.launcher.doctor.Host.Run;
import dev.atoll.launcher.start.Tools;
import java.util.List;
import java.util.Optional;

/** Mounts in a user namespace what the start chain mounts. A container, AppArmor or an old kernel can refuse each. */
final class MountsCheck implements Check {
    private static final String DONE = "all mounted";

    private final Host host;
    private final LimitsOfHost limits;

    MountsCheck(Host host, LimitsOfHost limits) {
        this.host = host;
        this.limits = limits;
    }

    @Override
    public String subject() {
        return "mounts in a namespace";
    }

    @Override
    public Finding examine() {
        Optional<String> unshare = host.find(Tools.UNSHARE);
        Optional<String> sh = host.find(Tools.SH);
        Optional<String> mount = host.find(Tools.MOUNT);
        Optional<String> mkdir = host.find(Tools.MKDIR);
        if (unshare.isEmpty() || sh.isEmpty() || mount.isEmpty() || mkdir.isEmpty()) {
            return Finding.missing("cannot be tried without unshare, sh, mount and mkdir", "install them first");
        }
        Run run = host.run(List.of(
                unshare.get(),
                "--user",
                "--map-root-user",
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                sh.get(),
                "-c",
                script(mount.get(), mkdir.get())));
        if (run.succeeded() && run.lastLine().equals(DONE)) {
            return Finding.ok("tmpfs, overlay, sysfs and proc");
        }
        // The last step that was announced is the one that failed.
        return limits.missing("mounting failed (" + run.output().strip().replaceAll("\\s*\\R\\s*", "; ") + ")");
    }

    /** In the start chain's order, in which the new /sys covers the place where the first tmpfs was. */
    private static String script(String mount, String mkdir) {
        return String.join(
                "\n",
                "set -e",
                "step() { echo \"$1\"; shift; \"$@\"; }",
                "step tmpfs " + mount + " -t tmpfs -o mode=0755,nosuid,nodev,size=1m atoll /sys",
                mkdir + " /sys/work /sys/upper",
                "step overlay " + mount
                        + " -t overlay -o lowerdir=/etc,upperdir=/sys/upper,workdir=/sys/work overlay /etc",
                "step sysfs " + mount + " -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys",
                "step proc " + mount + " -t proc -o nosuid,nodev,noexec proc /proc",
                "echo '" + DONE + "'");
    }
}
