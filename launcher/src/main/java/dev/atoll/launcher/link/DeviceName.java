package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.util.regex.Pattern;

/** What network devices may be called; the kernel would take some more, which nobody can read. */
final class DeviceName {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.-]{1,15}");

    private DeviceName() {}

    /**
     * Refuses what is no name.
     *
     * @param kind of link that is asked for
     */
    static void check(String kind, String name) throws LaunchException {
        if (!FORM.matcher(name).matches()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "link " + kind + ":" + name
                            + ": a device's name has 1 to 15 letters, digits, dots, dashes, underscores");
        }
    }
}
