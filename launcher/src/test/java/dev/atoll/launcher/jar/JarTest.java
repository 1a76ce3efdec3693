package dev.atoll.launcher.jar;

import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How tests begin that run programs by {@code atoll.jar}. */
@Tag("jar")
@Timeout(300)
abstract class JarTest {
    /** The test's own. */
    @TempDir
    Path directory;

    /** For {@code @MethodSource}. */
    static List<Integer> jdks() {
        return Jdks.tested();
    }

    /** What every run needs; a test that needs more says it in its place. */
    @BeforeEach
    void needs() {
        Needs.namespaces();
    }

    /** With programs on a JDK, without which the test is skipped. */
    Atoll atollOn(int feature) throws IOException {
        return new Atoll(directory).on(Jdks.require(feature));
    }
}
