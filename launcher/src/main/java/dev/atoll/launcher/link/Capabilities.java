package dev.atoll.launcher.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the launcher's process may do, see {@code capabilities(7)}. */
final class Capabilities {
    private static final String EFFECTIVE = "CapEff:";
    private static final int CAP_NET_ADMIN = 12;

    private Capabilities() {}

    /** Whether this process may make network devices. */
    static boolean mayAdministerNetworks() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.UTF_8)) {
                if (line.startsWith(EFFECTIVE)) {
                    return has(line.substring(EFFECTIVE.length()).strip(), CAP_NET_ADMIN);
                }
            }
        } catch (IOException e) {
            // Then it is for the kernel to refuse.
            return true;
        }
        return true;
    }

    /**
     * Whether a set has a capability.
     *
     * @param set 16 hexadecimal digits
     */
    static boolean has(String set, int capability) {
        return (Long.parseUnsignedLong(set, 16) >>> capability & 1) != 0;
    }
}
