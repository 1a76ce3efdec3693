package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways in which programs are put together: each runs as it is, and nobody hears a word of Atoll. */
@Tag("jar")
@Timeout(240)
class InstallationTest {
    @TempDir
    Path directory;

    private ProgramForms forms;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @BeforeEach
    void prepare() throws IOException {
        Needs.namespaces();
        forms = new ProgramForms(directory.resolve("forms"));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void classPath(int feature) throws Exception {
        run(feature, "-cp", Atoll.CLASSES.toString(), Probe.class.getName());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void executableJar(int feature) throws Exception {
        run(feature, "-jar", forms.executableJar().toString());
    }

    /** Its modules are those that it requires, and {@code jdk.net} is none of them. */
    @ParameterizedTest
    @MethodSource("jdks")
    void module(int feature) throws Exception {
        run(feature, "-p", forms.modules().toString(), "-m", ProgramForms.MODULE_AND_CLASS);
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void module_inTheOtherSpelling(int feature) throws Exception {
        run(feature, "--module-path=" + forms.modules(), "--module=" + ProgramForms.MODULE_AND_CLASS);
    }

    /** The program's provider is not there yet when the stack's loop begins, and must not be asked for. */
    @ParameterizedTest
    @MethodSource("jdks")
    void selectorProviderOfTheProgram_isAskedByTheProgramOnly(int feature) throws Exception {
        run(
                feature,
                "-Djava.nio.channels.spi.SelectorProvider=no.such.Provider",
                "-cp",
                Atoll.CLASSES.toString(),
                Probe.class.getName());
    }

    /** Made without {@code jdk.net}, as an image is unless somebody asks for it. */
    @ParameterizedTest
    @MethodSource("jdks")
    void image(int feature) throws Exception {
        Path image = forms.image(Jdks.require(feature), "probe,java.instrument");
        Atoll atoll = new Atoll(directory).on(Jdks.require(feature));
        run(atoll, List.of(image.resolve("bin/java").toString(), "-m", ProgramForms.MODULE_AND_CLASS));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void springBootJar(int feature) throws Exception {
        run(feature, "-jar", forms.springBootJar().toString());
    }

    private void run(int feature, String... options) throws Exception {
        Atoll atoll = new Atoll(directory).on(Jdks.require(feature));
        List<String> command = new ArrayList<>(List.of(atoll.java()));
        command.addAll(List.of(options));
        run(atoll, command);
    }

    /** The stack is there, and nobody but the program says anything: not before it, not after it, not on stderr. */
    private static void run(Atoll atoll, List<String> command) throws Exception {
        List<String> words = new ArrayList<>(List.of("run", "--link", "demo", "--"));
        words.addAll(command);
        words.addAll(List.of("say:first", "tcp:10.66.0.1:80", "say:last"));
        Result result = atoll.start(words).result().assertExit(0);

        assertTrue(result.stdout().startsWith("first\ntcp:10.66.0.1:80=HTTP/1.1 200 OK\r\n"), result::toString);
        assertTrue(result.stdout().endsWith(" ms]\nlast\n"), result::toString);
        assertEquals("", result.stderr(), result::toString);
    }
}
