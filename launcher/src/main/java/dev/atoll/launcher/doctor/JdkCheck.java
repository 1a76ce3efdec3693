package dev.atoll.launcher.doctor;

import java.util.Optional;

/**
 * Whether programs can run on the {@code java} of PATH. Where they cannot, the launcher's own will do, since a command may
 * name its {@code java} by path.
 */
final class JdkCheck implements Check {
    private static final String INSTALL = "install JDK 17, 21 or 25 (Debian: openjdk-17-jre-headless, and so on)";

    private final JdkOnPath onPath;
    private final Jdk own;

    JdkCheck(JdkOnPath onPath, Jdk own) {
        this.onPath = onPath;
        this.own = own;
    }

    @Override
    public String subject() {
        return "java on PATH";
    }

    @Override
    public Finding examine() {
        Optional<Jdk> jdk = onPath.jdk();
        if (jdk.isPresent() && jdk.get().isUsable()) {
            return Finding.ok(jdk.get().toString());
        }
        String fault = jdk.map(Jdk::describeFaults)
                .or(() -> onPath.file().map(file -> file + " does not say what it is"))
                .orElse("there is none");
        return own.isUsable()
                ? Finding.warn(fault, "name a java by its path (run -- " + own.java() + " ...), or " + INSTALL)
                : Finding.missing(fault, INSTALL);
    }
}
