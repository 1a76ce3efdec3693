package dev.atoll.launcher.start;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Javas of this machine that a program may start: the launcher's own, those that the environment names, and those where
 * packages and the usual tools install them. A home is the directory that has {@code bin/java}, by its real path.
 */
final class JavaHomes {
    /** Each directory in them may be a home. */
    private static final List<String> SYSTEM_DIRECTORIES =
            List.of("/usr/lib/jvm", "/usr/lib64/jvm", "/usr/java", "/usr/local/lib/jvm", "/opt", "/opt/java");

    /** The same in the user's own directory: SDKMAN, IntelliJ, Gradle, Maven. */
    private static final List<String> USER_DIRECTORIES =
            List.of(".sdkman/candidates/java", ".jdks", ".gradle/jdks", ".m2/jdks");

    /** elf(5). */
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    /** By their paths; whether somebody wants them. */
    private final Map<Path, Boolean> homes = new LinkedHashMap<>();

    /** Of those that are found now. */
    private boolean wanted = true;

    private JavaHomes() {}

    /**
     * A home.
     *
     * @param wanted whether it is the program's own, or one that the user has named; else it just is on this machine
     */
    record Home(Path path, boolean wanted) {}

    /**
     * Finds them.
     *
     * @param command the program to start, by its file
     * @param further directories that the user says are homes
     */
    static List<Home> find(Path command, List<Path> further, Map<String, String> environment) {
        JavaHomes found = new JavaHomes();
        found.addOf(command);
        for (Path home : further) {
            found.add(home);
        }
        found.wanted = false;
        // Whoever starts Atoll by it may well start the program's JVMs by it.
        found.add(Path.of(System.getProperty("java.home")));
        String named = environment.getOrDefault("JAVA_HOME", "");
        if (named.startsWith("/")) {
            found.add(Path.of(named));
        }
        for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (directory.startsWith("/")) {
                found.addOf(Path.of(directory, "java"));
            }
        }
        for (String directory : SYSTEM_DIRECTORIES) {
            found.addEach(Path.of(directory));
        }
        String user = environment.getOrDefault("HOME", "");
        if (user.startsWith("/")) {
            for (String directory : USER_DIRECTORIES) {
                found.addEach(Path.of(user, directory));
            }
        }
        List<Home> all = new ArrayList<>();
        for (Map.Entry<Path, Boolean> each : found.homes.entrySet()) {
            all.add(new Home(each.getKey(), each.getValue()));
        }
        return all;
    }

    /** The home whose {@code bin/java} this file is, whatever links lead there, or null. */
    static @Nullable Path homeOf(Path file) {
        try {
            Path real = file.toRealPath();
            Path home = real.resolve("../..").normalize();
            boolean isHome = Files.exists(home.resolve("lib/jvm.cfg")) || Files.exists(home.resolve("release"));
            return isHome && real.endsWith("bin/java") && Files.isExecutable(real) && isElf(real) ? home : null;
        } catch (IOException e) {
            // Not there, or not for this user, who cannot start it then.
            return null;
        }
    }

    private static boolean isElf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(ELF.length), ELF);
        }
    }

    private void addOf(Path java) {
        Path home = homeOf(java);
        if (home != null) {
            homes.putIfAbsent(home, wanted);
        }
    }

    private void add(Path home) {
        addOf(home.resolve("bin/java"));
        // JDK 8 has a second one.
        addOf(home.resolve("jre/bin/java"));
    }

    private void addEach(Path directory) {
        // Not a DirectoryStream: some classes that nothing else in a start needs.
        String[] entries = directory.toFile().list();
        if (entries == null) {
            // Most machines have few of these directories.
            return;
        }
        Arrays.sort(entries);
        for (String entry : entries) {
            add(directory.resolve(entry));
        }
    }
}
