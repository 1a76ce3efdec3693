package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code java} is of, by the file {@code release} of its home: a JDK that the sandbox's edits of JDK classes do not
 * fit, or into which no agent can come, is refused before anything starts. What the file does not say the JVM or the agent
 * finds out, inside.
 */
final class JavaRelease {
    /** The feature versions whose network classes are known. */
    static final List<Integer> KNOWN = List.of(17, 21, 25);

    /** By which a JVM has agents. */
    private static final String INSTRUMENT = "java.instrument";

    /** By which it has debuggers. */
    private static final String DEBUGGER = "jdk.jdwp.agent";

    /** As {@code JVM_VARIANT} has it; images have no such line. */
    private static final String HOTSPOT = "Hotspot";

    private static final Pattern LINE = Pattern.compile("([A-Z_]+)=\"([^\"]*)\"");
    private static final Pattern VERSION = Pattern.compile("(?:1\\.)?(\\d{1,6}).*");

    private JavaRelease() {}

    /**
     * @param java the program's executable
     * @throws LaunchException if programs cannot run on it in the sandbox
     */
    static void refuseUnknown(Path java) throws LaunchException {
        String fault = faultOf(java);
        if (!fault.isEmpty()) {
            throw new LaunchException(ExitCode.MISSING, "run: " + java + " is " + fault);
        }
    }

    /** Why programs cannot run on it in the sandbox, or empty. */
    static String faultOf(Path java) {
        return faultOf(release(java));
    }

    /**
     * @param java the program's executable
     * @throws LaunchException if it has no agent for debuggers
     */
    static void refuseWithoutDebugger(Path java) throws LaunchException {
        String modules = release(java).getOrDefault("MODULES", DEBUGGER);
        if (!List.of(modules.split(" ", -1)).contains(DEBUGGER)) {
            throw new LaunchException(
                    ExitCode.MISSING,
                    "debug: " + java + " is of an image without the module " + DEBUGGER
                            + ": make it by jlink --add-modules " + DEBUGGER + ",...");
        }
    }

    private static String faultOf(Map<String, String> release) {
        Matcher version = VERSION.matcher(release.getOrDefault("JAVA_VERSION", ""));
        if (version.matches() && !KNOWN.contains(Integer.parseInt(version.group(1)))) {
            return "JDK " + version.group(1) + ", which is not known: programs run in the sandbox on JDK 17, 21 or 25";
        }
        String jvm = release.getOrDefault("JVM_VARIANT", HOTSPOT);
        if (!jvm.equalsIgnoreCase(HOTSPOT)) {
            return "of " + release.getOrDefault("IMPLEMENTOR", "an unknown maker") + " with the virtual machine " + jvm
                    + ": the sandbox needs HotSpot, as the builds of OpenJDK by Adoptium, Debian or Oracle have it";
        }
        String modules = release.getOrDefault("MODULES", INSTRUMENT);
        if (!List.of(modules.split(" ", -1)).contains(INSTRUMENT)) {
            return "of an image without the module " + INSTRUMENT
                    + ", by which Atoll comes into a program: make it by jlink --add-modules " + INSTRUMENT + ",...";
        }
        return "";
    }

    /** What the file says; nothing if it is not there. */
    private static Map<String, String> release(Path java) {
        Map<String, String> said = new HashMap<>();
        try {
            // HOME/bin/java has HOME/release.
            Path file = java.toRealPath().resolve("../../release").normalize();
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    said.put(matcher.group(1), matcher.group(2));
                }
            }
        } catch (IOException e) {
            // A wrapper script say, or a home without the file.
            return Map.of();
        }
        return said;
    }
}
