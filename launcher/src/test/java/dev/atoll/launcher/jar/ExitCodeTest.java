package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a run ends, by exit code, line and status file. */
@Tag("jar")
@Timeout(240)
class ExitCodeTest {
    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @TempDir
    Path directory;

    private Path status = Path.of("status.json");

    @BeforeEach
    void nameStatusFile() {
        status = directory.resolve("status.json");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255})
    void program_exits_itsCodeIsTheLaunchers(int code) throws Exception {
        Result result = run(List.of("--link", "none"), "say:here", "exit:" + code);

        Json json = ended(result, "exited", code);
        assertEquals("here\n", result.stdout());
        assertEquals("", result.stderr());
        assertEquals("none", json.text("link"));
        assertEquals("null", json.text("address"));
        assertEquals("[]", json.text("policies"));
        assertEquals("false", json.text("filter"));
        assertEquals("0", json.text("denials"));
    }

    /** A program that kills itself as the kernel would for want of memory. */
    @Test
    void program_killed_is137() throws Exception {
        Needs.namespaces();
        Atoll atoll = new Atoll(directory);
        Result result;
        try (Running running =
                atoll.startProbe(options(List.of("--link", "none")), "signals:USR1", "say:running", "wait")) {
            running.awaitOutput("running");
            Json now = Json.read(status);
            assertEquals("running", now.text("outcome"));
            assertTrue(Needs.succeeds("kill", "-KILL", now.text("programPid")), now::toString);
            result = running.result();
        }
        Json json = ended(result, "signalled", 137);
        assertEquals("9", json.text("signal"));
        assertEquals("", result.stderr());
    }

    @Test
    void jvm_refusesItsOptions_itsOwnCodeAndLinesAreShown() throws Exception {
        Needs.namespaces();
        Atoll atoll = new Atoll(directory);
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(options(List.of("--link", "none")));
        words.add("--");
        words.addAll(atoll.probe("say:never"));
        words.add(words.indexOf("--") + 2, "-XX:NoSuchOption=1");
        Result result = atoll.start(words).result();

        ended(result, "exited", 1);
        assertTrue(result.stderr().contains("NoSuchOption"), result::toString);
        assertEquals("", result.stdout());
    }

    @Test
    void tap_asOrdinaryUser_is121WithWhatToDo() throws Exception {
        Atoll atoll = new Atoll(directory).asOrdinaryUser();
        Result result = atoll.runProbe(options(List.of("--link", "tap")), "say:never");

        notStarted(result, 121, "no TAP device can be made");
        assertTrue(result.stderr().contains("--link stream"), result::toString);
    }

    /** Linked tools are looked for in the system's directories too: here the system has none. */
    @Test
    void outsideProgram_missing_is121WithItsPackage() throws Exception {
        Needs.root();
        String hidden = "for f in /usr/bin/unshare /bin/unshare /usr/local/bin/unshare; do"
                + " if [ -e $f ]; then mount --bind /dev/null $f; fi; done; exec \"$@\"";
        Atoll atoll = new Atoll(directory).behind(List.of("unshare", "--mount", "sh", "-c", hidden, "sh"));
        Result result = atoll.runProbe(options(List.of("--link", "none")), "say:never");

        notStarted(result, 121, "the program \"unshare\" is not there");
        assertTrue(result.stderr().contains("util-linux"), result::toString);
    }

    @Test
    void control_scribbledOn_is122() throws Exception {
        Result result = run(List.of("--link", "none"), "garbage:3", "wait");

        Json json = ended(result, "lost", 122);
        assertTrue(json.text("message").startsWith("the program broke the control connection"), json::toString);
        assertEquals("atoll: " + json.text("message") + "\n", result.stderr());
    }

    @Test
    void tap_deletedWhileTheProgramRuns_is122() throws Exception {
        Needs.tap();
        try (HostSide host = new HostSide()) {
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            Result result;
            try (Running running = atoll.startProbe(options(List.of("--link", "tap:gone0")), "say:running", "wait")) {
                running.awaitOutput("running");
                host.inside("ip", "link", "delete", "gone0");
                result = running.result();
            }
            Json json = ended(result, "lost", 122);
            assertTrue(json.text("message").startsWith("the network was lost: the link has ended"), json::toString);
            assertTrue(result.stderr().contains("atoll: " + json.text("message")), result::toString);
        }
    }

    @Test
    void timeout_endsTheProgram_is124() throws Exception {
        Result result = run(List.of("--link", "none", "--timeout", "10s"), "signals:TERM", "say:running", "wait");

        // The program's handler returns, so it goes on: after the grace it is killed.
        Json json = ended(result, "timeout", 124);
        assertEquals("stopped after its timeout of 10s", json.text("message"));
        assertEquals("atoll: stopped after its timeout of 10s\n", result.stderr());
        assertEquals("running\nsignal TERM\n", result.stdout());
        assertTrue(Long.parseLong(json.text("durationMs")) >= 11_000, json::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "agent.jar"})
    void atoll_notWhole_is125(String damaged) throws Exception {
        Needs.namespaces();
        Atoll atoll = new Atoll(directory);
        Path copy = Files.copy(Atoll.JAR, directory.resolve("damaged.jar"));
        try (FileSystem jar = FileSystems.newFileSystem(copy)) {
            Path nested = jar.getPath("META-INF/atoll/agent.jar");
            if (damaged.equals("-")) {
                Files.delete(nested);
            } else {
                Files.write(nested, new byte[] {1, 2, 3});
            }
        }
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(options(List.of("--link", "none")));
        words.add("--");
        words.addAll(atoll.probe("say:never"));
        List<String> command = atoll.commandLine(words);
        command.set(command.indexOf(Atoll.JAR.toString()), copy.toString());
        Result result = atoll.startCommand(command).result().assertExit(125);

        assertEquals("", result.stdout());
        assertEquals(List.of(), result.foreignLines());
        assertTrue(result.stderr().startsWith("atoll: "), result::toString);
        Json json = Json.read(status);
        assertEquals("not-started", json.text("outcome"));
        assertEquals("125", json.text("exitCode"));
        assertTrue(!json.text("message").isEmpty(), json::toString);
    }

    @Test
    void command_notExecutable_is126() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path file = atoll.file("java", "nothing to run");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        notStarted(runWords(atoll, file.toString()), 126, "is not an executable file");
    }

    @Test
    void command_notThere_is127() throws Exception {
        notStarted(runWords(new Atoll(directory), "/nonexistent/bin/java"), 127, "no such file");
        Atoll atoll = new Atoll(directory).environment("PATH", "/nonexistent");
        notStarted(runWords(atoll, "java", "-version"), 127, "is in no directory of PATH");
    }

    @Test
    void command_none_is120() throws Exception {
        notStarted(runWords(new Atoll(directory)), 120, "no command");
    }

    /** Any program may be the command; only JVMs have a network there. */
    @Test
    void command_notJava_itsCodeIsTheLaunchers() throws Exception {
        Needs.namespaces();
        Result result = runWords(new Atoll(directory), "sh", "-c", "echo here; exit 125");
        Json json = ended(result, "exited", 125);
        assertEquals("here\n", result.stdout());
        assertEquals("", result.stderr());
        assertEquals("null", json.text("address"));
    }

    @Test
    void jdk_ofUnknownVersion_is121WithOneLine() throws Exception {
        Atoll atoll = new Atoll(directory);
        Files.createDirectories(directory.resolve("jdk/bin"));
        Path java = Files.copy(Path.of(atoll.java()), directory.resolve("jdk/bin/java"));
        atoll.file("jdk/release", "IMPLEMENTOR=\"Nobody\"", "JAVA_VERSION=\"99.0.1\"");

        notStarted(runWords(atoll, java.toString(), "-version"), 121, "is JDK 99, which is not known");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void image_withoutInstrument_is121WithOneLine(int feature) throws Exception {
        Path image = new ProgramForms(directory.resolve("forms")).image(Jdks.require(feature), "probe");
        Atoll atoll = new Atoll(directory);

        notStarted(
                runWords(atoll, image.resolve("bin/java").toString(), "-m", ProgramForms.MODULE_AND_CLASS, "say:never"),
                121,
                "is of an image without the module java.instrument");
    }

    /** By the launcher with the reason, and only where it is the JVM that is told. */
    @ParameterizedTest
    @MethodSource("jdks")
    void option_thatWritesAnArchive_is120_unlessItIsTheProgramsBusiness(int feature) throws Exception {
        Atoll atoll = new Atoll(directory).on(Jdks.require(feature));
        String option = "-XX:ArchiveClassesAtExit=" + directory.resolve("a.jsa");
        Path file = atoll.file("options", "-Xmx64m " + option);
        String[] program = {"-cp", Atoll.CLASSES.toString(), Probe.class.getName(), "arguments"};

        notStarted(runWords(atoll, words(atoll.java(), option, program)), 120, option + ": a JVM with an agent writes");
        notStarted(runWords(atoll, words(atoll.java(), "@" + file, program)), 120, option + ": a JVM with an agent");

        List<String> command = new ArrayList<>(List.of(atoll.java()));
        command.addAll(List.of(program));
        command.add(option);
        Result result = runWords(atoll, command.toArray(new String[0])).assertExit(0);
        assertEquals("[arguments, " + option + "]\n", result.stdout());
    }

    private static String[] words(String java, String option, String... rest) {
        List<String> words = new ArrayList<>(List.of(java, option));
        words.addAll(List.of(rest));
        return words.toArray(new String[0]);
    }

    private List<String> options(List<String> options) {
        List<String> all = new ArrayList<>(List.of("--status-file", status.toString()));
        all.addAll(options);
        return all;
    }

    private Result run(List<String> options, String... commands) throws IOException, InterruptedException {
        Needs.namespaces();
        Atoll atoll = new Atoll(directory).launcherOption("-Datoll.stop-grace=1s");
        return atoll.runProbe(options(options), commands);
    }

    private Result runWords(Atoll atoll, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(options(List.of("--link", "none")));
        words.add("--");
        words.addAll(List.of(command));
        return atoll.start(words).result();
    }

    private Json ended(Result result, String outcome, int code) throws IOException {
        result.assertExit(code);
        Json json = Json.read(status);
        assertEquals(outcome, json.text("outcome"));
        assertEquals(Integer.toString(code), json.text("exitCode"));
        return json;
    }

    /** One line, nothing of the program's, the same in the status file. */
    private void notStarted(Result result, int code, String message) throws IOException {
        Json json = ended(result, "not-started", code);
        assertTrue(json.text("message").contains(message), json::toString);
        assertEquals("atoll: " + json.text("message") + "\n", result.stderr());
        assertEquals("", result.stdout());
    }
}
