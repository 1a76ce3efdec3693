package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which JDK a {@code java} belongs to, by the file {@code release} of its home: a JDK that the sandbox's edits of JDK
 * classes do not fit is refused before anything starts. Where there is no such file the agent finds out, inside.
 */
public final class JavaRelease {
    /** The feature versions whose network classes are known. */
    static final List<Integer> KNOWN = List.of(17, 21, 25);

    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(?:1\\.)?(\\d+)[^\"]*\"");

    private JavaRelease() {}

    /**
     * @param java the program's executable
     * @throws LaunchException if it is of a version that is not known
     */
    public static void refuseUnknown(Path java) throws LaunchException {
        OptionalInt feature = feature(java);
        if (feature.isPresent() && !KNOWN.contains(feature.getAsInt())) {
            throw new LaunchException(
                    ExitCode.MISSING,
                    "run: " + java + " is JDK " + feature.getAsInt()
                            + ", which is not known: programs run in the sandbox on JDK 17, 21 or 25");
        }
    }

    private static OptionalInt feature(Path java) {
        try {
            // HOME/bin/java has HOME/release.
            Path release = java.toRealPath().resolve("../../release").normalize();
            for (String line : Files.readAllLines(release, StandardCharsets.UTF_8)) {
                Matcher matcher = VERSION.matcher(line);
                if (matcher.matches()) {
                    return OptionalInt.of(Integer.parseInt(matcher.group(1)));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // A wrapper script say, or a home without the file.
            return OptionalInt.empty();
        }
        return OptionalInt.empty();
    }
}
