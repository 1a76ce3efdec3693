package dev.atoll.launcher.doctor;

/** The launcher's own JDK. It works, or nothing would be checked; only programs, such as the demo's, ask more of it. */
final class LauncherJdkCheck implements Check {
    private final Jdk own;

    LauncherJdkCheck(Jdk own) {
        this.own = own;
    }

    @Override
    public String subject() {
        return "java of the launcher";
    }

    @Override
    public Finding examine() {
        return own.isUsable()
                ? Finding.ok(own.toString())
                : Finding.warn(
                        own.describeFaults(), "run atoll.jar on JDK 17, 21 or 25: the demo's program runs on the same");
    }
}
