package dev.atoll.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The JDKs of this machine, by feature version. */
public final class Jdks {
    private static final Path ALL = Path.of("/usr/lib/jvm");

    /** Those that a program may run on and every machine that tests Atoll must have. */
    private static final List<Integer> REQUIRED = List.of(17, 25);

    /** Those that are tested where they are installed. */
    private static final List<Integer> WELCOME = List.of(21);

    private Jdks() {}

    /** The feature versions to test on: a required one that is missing is for {@link #require} to skip with its reason. */
    public static List<Integer> tested() {
        List<Integer> tested = new ArrayList<>(REQUIRED);
        WELCOME.stream().filter(feature -> find(feature).isPresent()).forEach(tested::add);
        return tested;
    }

    /** As {@link #tested}, without those older than virtual threads. */
    public static List<Integer> testedWithVirtualThreads() {
        return tested().stream().filter(feature -> feature >= 21).toList();
    }

    /** The home of a JDK, or the test is skipped. */
    public static Path require(int feature) {
        Optional<Path> home = find(feature);
        Assumptions.assumeTrue(home.isPresent(), "needs a JDK " + feature + " under " + ALL);
        return home.orElseThrow();
    }

    /**
     * The home of a JDK: that which the variable {@code ATOLL_JDK_<FEATURE>} names, that of this JVM if it fits, else the first
     * under {@code /usr/lib/jvm}.
     */
    public static Optional<Path> find(int feature) {
        String named = System.getenv("ATOLL_JDK_" + feature);
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        if (Runtime.version().feature() == feature) {
            return Optional.of(Path.of(System.getProperty("java.home")));
        }
        if (!Files.isDirectory(ALL)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(ALL)) {
            return homes.filter(home -> isFeature(home, feature)).sorted().findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isFeature(Path home, int feature) {
        Path release = home.resolve("release");
        try {
            return Files.isReadable(release)
                    && Files.isExecutable(home.resolve("bin/java"))
                    && Files.exists(home.resolve("lib/jrt-fs.jar"))
                    && Files.readString(release).matches("(?s).*\\bJAVA_VERSION=\"" + feature + "[.\"].*");
        } catch (IOException e) {
            // Not to be read: not to be run either.
            return false;
        }
    }
}
