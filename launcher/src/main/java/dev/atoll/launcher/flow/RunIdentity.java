package dev.atoll.launcher.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which run a record is of, where many write into one place.
 *
 * @param run an id of its own
 * @param host the machine's name, or null if nothing tells it
 * @param pod the name of the Kubernetes pod, or null
 */
public record RunIdentity(
        String run, @Nullable String host, @Nullable String pod) {
    private static final Path KERNEL_HOSTNAME = Path.of("/proc/sys/kernel/hostname");
    private static final int RUN_BYTES = 8;

    /**
     * Of a run that begins now.
     *
     * @param environment {@code HOSTNAME}, else the kernel's host name; {@code POD_NAME}, which a pod's manifest sets
     */
    public static RunIdentity of(Map<String, String> environment) {
        byte[] random = new byte[RUN_BYTES];
        new SecureRandom().nextBytes(random);
        String host = environment.get("HOSTNAME");
        return new RunIdentity(
                HexFormat.of().formatHex(random),
                host == null || host.isEmpty() ? kernelHostname() : host,
                environment.get("POD_NAME"));
    }

    private static @Nullable String kernelHostname() {
        try {
            return Files.readString(KERNEL_HOSTNAME).strip();
        } catch (IOException e) {
            // A machine without /proc has no name that could be told.
            return null;
        }
    }
}
