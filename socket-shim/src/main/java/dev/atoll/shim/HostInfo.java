package dev.atoll.shim;

import java.security.Security;
import java.util.Locale;

/**
 * Whether the texts of exceptions name the peer: security property {@code jdk.includeInExceptions}, which the system
 * property of that name overrides, as the JDK reads it. Loaded with the first connect that fails.
 */
final class HostInfo {
    private static final String PROPERTY = "jdk.includeInExceptions";
    private static final boolean WANTED = isWanted(setting());

    private HostInfo() {}

    static boolean isWanted() {
        return WANTED;
    }

    private static String setting() {
        String overriding = Permissions.privileged(() -> System.getProperty(PROPERTY));
        String setting = overriding == null ? Permissions.privileged(() -> Security.getProperty(PROPERTY)) : overriding;
        return setting == null ? "" : setting;
    }

    private static boolean isWanted(String setting) {
        for (String each : setting.split(",", -1)) {
            if (each.trim().toLowerCase(Locale.ROOT).equals("hostinfo")) {
                return true;
            }
        }
        return false;
    }
}
