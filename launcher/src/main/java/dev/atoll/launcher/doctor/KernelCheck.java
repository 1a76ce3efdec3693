package dev.atoll.launcher.doctor;

import java.util.Optional;

/**
 * The kernel's version. Distributions carry features back and switch them off, so it is a hint only: the checks that try
 * say what works.
 */
final class KernelCheck implements Check {
    /** The first Linux that lets a user namespace mount an overlay. */
    private static final Version OLDEST = new Version(5, 11);

    private final Host host;

    KernelCheck(Host host) {
        this.host = host;
    }

    @Override
    public String subject() {
        return "kernel";
    }

    @Override
    public Finding examine() {
        String release = host.read("/proc/sys/kernel/osrelease").orElse("unknown");
        Optional<Version> version = Version.in(release);
        if (version.isEmpty() || version.get().compareTo(OLDEST) < 0) {
            return Finding.warn(
                    release + ", tested is " + OLDEST + " or newer",
                    "if an overlay cannot be mounted below, a newer kernel is the way");
        }
        return Finding.ok(release + ", at least " + OLDEST);
    }
}
