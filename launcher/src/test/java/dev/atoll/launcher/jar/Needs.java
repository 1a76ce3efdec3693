package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a test needs of the machine: where it is missing the test is skipped, with what would enable it. */
final class Needs {
    private static final String[] NAMESPACES = {
        "unshare", "--user", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true"
    };

    private Needs() {}

    static void namespaces() {
        assumeTrue(
                succeeds(NAMESPACES),
                "needs user namespaces (sysctl kernel.unprivileged_userns_clone=1, or run as root)");
    }

    static void root() {
        assumeTrue(isRoot(), "needs root, for TAP devices and network namespaces");
        namespaces();
    }

    /** That interfaces can be made, and driven by packet sockets. */
    static void veth() {
        root();
        assumeTrue(command("ip"), "needs ip (package iproute2)");
        assumeTrue(command("nsenter"), "needs nsenter (package util-linux)");
    }

    static void tap() {
        root();
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun (load the module \"tun\")");
        assumeTrue(command("ip"), "needs ip (package iproute2)");
    }

    /** That files of the build can be read by a user without rights, and such a user has namespaces. */
    static void ordinaryUser() {
        if (isRoot()) {
            List<String> probe = new ArrayList<>(Atoll.AS_NOBODY);
            probe.addAll(List.of("test", "-r", Atoll.JAR.toString()));
            assumeTrue(
                    succeeds(probe.toArray(new String[0])),
                    "needs a build that an ordinary user can read: " + Atoll.JAR);
            List<String> unshare = new ArrayList<>(Atoll.AS_NOBODY);
            unshare.addAll(List.of(NAMESPACES));
            assumeTrue(
                    succeeds(unshare.toArray(new String[0])),
                    "needs user namespaces for ordinary users (sysctl kernel.unprivileged_userns_clone=1)");
        } else {
            namespaces();
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static void needsCommand(String name, String debianPackage) {
        assumeTrue(command(name), "needs " + name + " (package " + debianPackage + ")");
    }

    private static boolean command(String name) {
        return succeeds("sh", "-c", "command -v " + name);
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
