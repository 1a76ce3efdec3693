package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is an option of the JVM, by what is refused; the texts of commands are split at spaces. */
class JvmOptionsTest {
    private static final String WRITES = "-XX:ArchiveClassesAtExit=a.jsa";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                WRITES + " Main",
                "-cp a.jar " + WRITES + " Main",
                "-p mods " + WRITES + " -m m/p.Main",
                "--module-path mods --add-modules ALL-SYSTEM " + WRITES + " -jar a.jar",
                "--enable-native-access ALL-UNNAMED " + WRITES + " A.java",
                "--source 17 " + WRITES + " A",
                "-XX:+AutoCreateSharedArchive -XX:SharedArchiveFile=a.jsa Main",
                "-XX:+RecordDynamicDumpInfo Main",
                "-Xshare:auto -Xshare:dump",
                "-XX:SharedArchiveFile=a.jsa -Xshare:on Main"
            })
    void optionThatStopsAJvmWithAnAgent_isRefused(String command) {
        assertEquals(ExitCode.CONFIGURATION, refusal(command, Map.of()).exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Main " + WRITES,
                "-cp a.jar Main " + WRITES,
                "-jar a.jar " + WRITES,
                "-m m/p.Main " + WRITES,
                "--module=m/p.Main " + WRITES,
                "-p mods --module m " + WRITES,
                "--class-path=a.jar A.java " + WRITES,
                "-version",
                "-XX:+AutoCreateSharedArchive -XX:-AutoCreateSharedArchive Main",
                "-Xshare:dump -Xshare:auto Main",
                "-Xshare:on Main",
                "-XX:SharedArchiveFile=a.jsa Main",
                "-XX:+UnlockDiagnosticVMOptions -XX:+AllowArchivingWithJavaAgent " + WRITES + " Main"
            })
    void whatTheProgramIsTold_orWorks_isLetThrough(String command) {
        assertDoesNotThrow(() -> read(command, Map.of()).refuseWhatCannotWork());
    }

    @Test
    void refusal_namesTheOptionItsPlaceAndTheReason() {
        assertEquals(
                "run: -XX:ArchiveClassesAtExit=a.jsa: a JVM with an agent writes no class archive, and Atoll comes by one;"
                        + " leave the option out (JDK 25 makes an AOT cache inside, by -XX:AOTCacheOutput=FILE)",
                refusal(WRITES + " Main", Map.of()).line());
        for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
            String line =
                    refusal("Main", Map.of(variable, "-Xmx1g '" + WRITES + "'")).line();
            assertTrue(line.startsWith("run: " + WRITES + " in " + variable + ": a JVM "), line);
        }
        assertEquals(
                "run: -Xshare:on in JAVA_TOOL_OPTIONS demands the archive of -XX:SharedArchiveFile=a.jsa, which was made"
                        + " without Atoll's agent and cannot be used with it; leave out either, the program then starts"
                        + " without that archive",
                refusal("-XX:SharedArchiveFile=a.jsa Main", Map.of("JAVA_TOOL_OPTIONS", "-Xshare:on"))
                        .line());
    }

    @Test
    void argumentFile_holdsOptionsUpToTheProgram() throws Exception {
        file("options", "# how we start\n-cp \"a b.jar\"\n" + WRITES + "\n");
        file("program", "-cp a.jar Main\n" + WRITES + "\n");
        file("jar", "a.jar " + WRITES);

        assertEquals(
                ExitCode.CONFIGURATION,
                refusal("-Xmx1g @options Main", Map.of()).exitCode());
        assertDoesNotThrow(() -> read("@program", Map.of()).refuseWhatCannotWork());
        assertDoesNotThrow(() -> read("-jar @jar", Map.of()).refuseWhatCannotWork());
        // To the program these are words like others.
        assertDoesNotThrow(() -> read("Main @options", Map.of()).refuseWhatCannotWork());
        assertDoesNotThrow(() -> read("--disable-@files @options", Map.of()).refuseWhatCannotWork());
        assertDoesNotThrow(() -> read("@@options", Map.of()).refuseWhatCannotWork());
        // For java to complain of.
        assertDoesNotThrow(() -> read("@nowhere Main", Map.of()).refuseWhatCannotWork());
        assertDoesNotThrow(() -> read("@. Main", Map.of()).refuseWhatCannotWork());
    }

    @Test
    void optionsFile_isReadWhereverItIsNamed() throws Exception {
        file("vm", WRITES);

        assertEquals(
                ExitCode.CONFIGURATION,
                refusal("-XX:VMOptionsFile=vm Main", Map.of()).exitCode());
        String line = refusal("Main", Map.of("JAVA_TOOL_OPTIONS", "-XX:VMOptionsFile=vm"))
                .line();
        assertTrue(line.contains(" in JAVA_TOOL_OPTIONS: "), line);
    }

    @Test
    void archive_isNamedByTheJvmsOptionsOnly() {
        assertTrue(read("-XX:SharedArchiveFile=a.jsa Main", Map.of()).nameAnArchive());
        assertTrue(read("Main", Map.of("JDK_JAVA_OPTIONS", "-XX:SharedArchiveFile=a.jsa"))
                .nameAnArchive());
        assertFalse(read("Main -XX:SharedArchiveFile=a.jsa", Map.of()).nameAnArchive());
    }

    @Test
    void agentsOfTheEnvironment_comeBehindOurs() {
        assertEquals(
                "-javaagent:/a.jar=JAVA_TOOL_OPTIONS -Xmx1g -javaagent:otel.jar",
                environment("JAVA_TOOL_OPTIONS", "-Xmx1g -javaagent:otel.jar").get("JAVA_TOOL_OPTIONS"));
        assertEquals(
                "-javaagent:/a.jar=JDK_JAVA_OPTIONS '-javaagent:o tel.jar'",
                environment("JDK_JAVA_OPTIONS", "'-javaagent:o tel.jar'").get("JDK_JAVA_OPTIONS"));

        Map<String, String> both =
                Map.of("JDK_JAVA_OPTIONS", "-javaagent:b.jar", "JAVA_TOOL_OPTIONS", "-javaagent:a.jar");
        Map<String, String> changed = read("Main", both).withAgentFirst(both, "/a.jar");
        assertEquals("-javaagent:/a.jar=JAVA_TOOL_OPTIONS -javaagent:a.jar", changed.get("JAVA_TOOL_OPTIONS"));
        assertEquals("-javaagent:b.jar", changed.get("JDK_JAVA_OPTIONS"));
    }

    @Test
    void environmentWithoutAgents_staysAsItIs() {
        Map<String, String> plain = Map.of("JAVA_TOOL_OPTIONS", "-Xmx1g", "_JAVA_OPTIONS", "-javaagent:last.jar");
        assertSame(plain, read("-javaagent:otel.jar Main", plain).withAgentFirst(plain, "/a.jar"));
    }

    private Map<String, String> environment(String name, String value) {
        Map<String, String> environment = Map.of(name, value, "HOME", "/");
        Map<String, String> changed = read("Main", environment).withAgentFirst(environment, "/a.jar");
        assertEquals("/", changed.get("HOME"));
        return changed;
    }

    private LaunchException refusal(String command, Map<String, String> environment) {
        JvmOptions options = read(command, environment);
        return assertThrows(LaunchException.class, options::refuseWhatCannotWork);
    }

    private JvmOptions read(String command, Map<String, String> environment) {
        List<String> words = new ArrayList<>(List.of("java"));
        words.addAll(List.of(command.split(" ", -1)));
        return JvmOptions.read(words, environment, directory);
    }

    private void file(String name, String text) throws Exception {
        Files.writeString(directory.resolve(name), text);
    }
}
