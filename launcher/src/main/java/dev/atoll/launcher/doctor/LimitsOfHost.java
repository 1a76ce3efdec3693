package dev.atoll.launcher.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The usual reasons why a kernel that has namespaces refuses them, by the settings that say so. */
final class LimitsOfHost {
    static final String RESTRICTED_BY_APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

    private static final String UNPRIVILEGED = "/proc/sys/kernel/unprivileged_userns_clone";
    private static final List<String> KINDS = List.of("user", "net", "mnt", "pid", "uts", "ipc");

    private final Host host;

    LimitsOfHost(Host host) {
        this.host = host;
    }

    /**
     * A limit in force.
     *
     * @param reason what it is
     * @param remedy how to lift it
     */
    record Limit(String reason, String remedy) {}

    /** Why it failed and how to get it. */
    Finding missing(String whatFailed) {
        List<Limit> limits = inForce();
        if (limits.isEmpty()) {
            return Finding.missing(
                    whatFailed,
                    "no known limit is in force; ask whoever runs this machine or container to allow unprivileged user"
                            + " namespaces");
        }
        StringJoiner reasons = new StringJoiner(", ", whatFailed + ": ", "");
        StringJoiner remedies = new StringJoiner("; ");
        for (Limit limit : limits) {
            reasons.add(limit.reason());
            remedies.add(limit.remedy());
        }
        return Finding.missing(reasons.toString(), remedies.toString());
    }

    /** All that can be seen. */
    List<Limit> inForce() {
        List<Limit> limits = new ArrayList<>();
        if (host.linkTarget("/proc/self/ns/user").isEmpty()) {
            limits.add(new Limit("the kernel has no user namespaces", "use a kernel built with CONFIG_USER_NS"));
        }
        if (!host.isRoot() && isSetTo(UNPRIVILEGED, "0")) {
            limits.add(new Limit(
                    "kernel.unprivileged_userns_clone is 0", "as root: sysctl -w kernel.unprivileged_userns_clone=1"));
        }
        for (String kind : KINDS) {
            if (isSetTo("/proc/sys/user/max_" + kind + "_namespaces", "0")) {
                String name = "user.max_" + kind + "_namespaces";
                limits.add(new Limit(name + " is 0", "as root: sysctl -w " + name + "=10000"));
            }
        }
        if (!host.isRoot() && isRestrictedByAppArmor(host)) {
            limits.add(new Limit(
                    "AppArmor restricts unprivileged user namespaces",
                    "as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or a profile with \"userns,\" for"
                            + " unshare"));
        }
        if (host.read("/proc/self/status").orElse("").matches("(?s).*\\nSeccomp:\\s*2\\b.*")) {
            limits.add(new Limit(
                    "a seccomp filter is in force, as containers have one",
                    "start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined, or"
                            + " with a profile that allows unshare and mount"));
        }
        return limits;
    }

    static boolean isRestrictedByAppArmor(Host host) {
        return host.read(RESTRICTED_BY_APPARMOR).orElse("").equals("1");
    }

    private boolean isSetTo(String file, String value) {
        return host.read(file).orElse("").equals(value);
    }
}
