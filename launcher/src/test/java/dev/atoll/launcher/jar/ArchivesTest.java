package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Class archives and AOT caches, which the JVM takes only where everything is as it was when they were made. */
@Tag("jar")
@Timeout(240)
class ArchivesTest {
    private static final int FIRST_WITH_AOT = 25;

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @BeforeEach
    void needNamespaces() {
        Needs.namespaces();
    }

    /** Made without Atoll, it cannot be used with it: the program runs without, and the JVM does not complain. */
    @ParameterizedTest
    @MethodSource("jdks")
    void archiveOfThePrograms_isLeftOut_withoutAWord(int feature) throws Exception {
        Atoll atoll = new Atoll(directory).on(Jdks.require(feature));
        Path archive = directory.resolve("app.jsa");
        String jar =
                new ProgramForms(directory.resolve("forms")).executableJar().toString();
        runPlain(atoll.java(), "-XX:ArchiveClassesAtExit=" + archive, "-jar", jar, "say:archived");
        assertTrue(Files.exists(archive));

        Result result = run(atoll, "-XX:SharedArchiveFile=" + archive, "-jar", jar);
        assertEquals("first\nlast\n", result.stdout());
        assertEquals("", result.stderr());
    }

    /** The JVM takes it in another run, and with it the agent: nothing of it has changed, not even its time. */
    @Test
    void aotCache_madeInside_isUsedInside() throws Exception {
        Atoll atoll = new Atoll(directory).on(Jdks.require(FIRST_WITH_AOT));
        Path cache = directory.resolve("app.aot");
        String jar =
                new ProgramForms(directory.resolve("forms")).executableJar().toString();
        Result made = run(atoll, "-XX:AOTCacheOutput=" + cache, "-jar", jar);
        assertTrue(Files.exists(cache), made::toString);

        // With AOTMode=on the JVM stops if it cannot use it.
        Result result = run(atoll, "-XX:AOTMode=on", "-XX:AOTCache=" + cache, "-jar", jar);
        assertEquals("first\nlast\n", result.stdout());
        assertEquals("", result.stderr());

        Path log = directory.resolve("classes.log");
        Result unused =
                run(atoll, "-XX:AOTCache=" + cache, "-Xlog:class+load:file=" + log + "::filecount=0", "-jar", jar);
        assertShared(log, Probe.class.getName());
        assertShared(log, "atoll.boot.stack.Stack");
    }

    private static void assertShared(Path log, String name) throws IOException {
        String line = Files.readAllLines(log).stream()
                .filter(each -> each.contains(" " + name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + log));
        assertTrue(line.endsWith("source: shared objects file"), line);
    }

    /** In two steps and under a policy of the JVM's own, as large programs are trained. */
    @Test
    void aotCache_madeInTwoSteps_isUsedInside() throws Exception {
        Atoll atoll = new Atoll(directory).on(Jdks.require(FIRST_WITH_AOT));
        Path configuration = directory.resolve("app.aotconf");
        Path cache = directory.resolve("app.aot");
        String jar =
                new ProgramForms(directory.resolve("forms")).executableJar().toString();
        Result recorded = run(atoll, "-XX:AOTMode=record", "-XX:AOTConfiguration=" + configuration, "-jar", jar);
        assertTrue(Files.exists(configuration), recorded::toString);
        Result made = run(
                atoll,
                "-XX:AOTMode=create",
                "-XX:AOTConfiguration=" + configuration,
                "-XX:AOTCache=" + cache,
                "-jar",
                jar);
        assertTrue(Files.exists(cache), made::toString);

        Result result = run(atoll, "-XX:AOTMode=on", "-XX:AOTCache=" + cache, "-jar", jar);
        assertEquals("first\nlast\n", result.stdout());
        assertEquals("", result.stderr());
    }

    private static Result run(Atoll atoll, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("run", "--link", "none", "--", atoll.java()));
        words.addAll(List.of(options));
        words.addAll(List.of("say:first", "say:last"));
        return atoll.start(words).result().assertExit(0);
    }

    private static void runPlain(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
