package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a test needs of the machine: where it is missing the test is skipped, with what would enable it. */
final class Needs {
    private static final String[] NAMESPACES = {
        "unshare", "--user", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true"
    };

    private Needs() {}

    static void namespaces() {
        assumeTrue(succeeds(NAMESPACES), "skipped: no user namespaces here; enable kernel.unprivileged_userns_clone");
    }

    static void root() {
        assumeTrue(isRoot(), "skipped: needs root, for TAP devices and network namespaces");
        namespaces();
    }

    static void tap() {
        root();
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "skipped: needs /dev/net/tun; load the module \"tun\"");
        assumeTrue(command("ip"), "skipped: needs ip; install iproute2");
    }

    /** That files of the build can be read by a user without rights, and such a user has namespaces. */
    static void ordinaryUser() {
        if (isRoot()) {
            List<String> probe = new ArrayList<>(Atoll.AS_NOBODY);
            probe.addAll(List.of("test", "-r", Atoll.JAR.toString()));
            assumeTrue(succeeds(probe.toArray(new String[0])), "skipped: an ordinary user cannot read " + Atoll.JAR);
            List<String> unshare = new ArrayList<>(Atoll.AS_NOBODY);
            unshare.addAll(List.of(NAMESPACES));
            assumeTrue(
                    succeeds(unshare.toArray(new String[0])),
                    "skipped: no user namespaces for ordinary users; enable kernel.unprivileged_userns_clone");
        } else {
            namespaces();
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static void needsCommand(String name, String debianPackage) {
        assumeTrue(command(name), "skipped: needs " + name + "; install " + debianPackage);
    }

    private static boolean command(String name) {
        return succeeds("sh", "-c", "command -v " + name);
    }

    /** The JDK the test runs on, and the home of the given version if there is one. */
    static Stream<Path> jdks() {
        Path own = Path.of(System.getProperty("java.home"));
        return Stream.concat(Stream.of(own), jdk(25).filter(home -> !home.equals(own)).stream());
    }

    private static Optional<Path> jdk(int feature) {
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            return homes.filter(home -> isOfVersion(home, feature)).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isOfVersion(Path home, int feature) {
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + feature);
        } catch (IOException e) {
            return false;
        }
    }

    static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
