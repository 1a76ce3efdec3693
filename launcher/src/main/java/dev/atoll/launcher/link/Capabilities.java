package dev.atoll.launcher.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the launcher's process may do, see {@code capabilities(7)}. */
final class Capabilities {
    static final int NET_ADMIN = 12;
    static final int NET_RAW = 13;
    static final int SYS_ADMIN = 21;

    private static final String EFFECTIVE = "CapEff:";

    private Capabilities() {}

    /** Those of these that this process lacks, by their names. */
    static List<String> missing(int... wanted) {
        List<String> missing = new ArrayList<>();
        String set = effective();
        for (int capability : wanted) {
            // Where they cannot be known it is for the kernel to refuse.
            if (!set.isEmpty() && !has(set, capability)) {
                missing.add(name(capability));
            }
        }
        return missing;
    }

    private static String effective() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.UTF_8)) {
                if (line.startsWith(EFFECTIVE)) {
                    return line.substring(EFFECTIVE.length()).strip();
                }
            }
        } catch (IOException e) {
            return "";
        }
        return "";
    }

    private static String name(int capability) {
        return switch (capability) {
            case NET_ADMIN -> "CAP_NET_ADMIN";
            case NET_RAW -> "CAP_NET_RAW";
            case SYS_ADMIN -> "CAP_SYS_ADMIN";
            default -> "capability " + capability;
        };
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
