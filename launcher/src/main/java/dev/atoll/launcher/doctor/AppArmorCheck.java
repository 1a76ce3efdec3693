package dev.atoll.launcher.doctor;

import java.util.Optional;

/** What AppArmor has to say about this process; whether that hurts, the checks that try have found out. */
final class AppArmorCheck implements Check {
    private final Host host;

    AppArmorCheck(Host host) {
        this.host = host;
    }

    @Override
    public String subject() {
        return "AppArmor";
    }

    @Override
    public Finding examine() {
        if (!host.read("/sys/module/apparmor/parameters/enabled").orElse("N").equals("Y")) {
            return Finding.ok("not in force");
        }
        Optional<String> profile =
                host.read("/proc/self/attr/apparmor/current").or(() -> host.read("/proc/self/attr/current"));
        if (!host.isRoot() && LimitsOfHost.isRestrictedByAppArmor(host)) {
            return Finding.warn(
                    "kernel.apparmor_restrict_unprivileged_userns is 1",
                    "if namespaces or mounts failed above, as root: sysctl -w"
                            + " kernel.apparmor_restrict_unprivileged_userns=0");
        }
        String name = profile.orElse("unconfined").replace("\0", "");
        if (!name.equals("unconfined")) {
            return Finding.warn(
                    "this process is under the profile " + name,
                    "if namespaces or mounts failed above, allow them there");
        }
        return Finding.ok("in force, and this process is not confined");
    }
}
