package dev.atoll.launcher.doctor;

/** Who the program will be. */
final class UserCheck implements Check {
    private final Host host;

    UserCheck(Host host) {
        this.host = host;
    }

    @Override
    public String subject() {
        return "user";
    }

    @Override
    public Finding examine() {
        if (host.isRoot()) {
            return Finding.warn(
                    "root: in the sandbox too the program may change the host's files as root may",
                    "run Atoll as an ordinary user where the program is not trusted, see docs/security.md");
        }
        return Finding.ok("an ordinary user, id " + Integer.toUnsignedString(host.userId()));
    }
}
