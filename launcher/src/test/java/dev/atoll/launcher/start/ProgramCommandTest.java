package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramCommandTest {
    @TempDir
    Path directory;

    @Test
    void resolve_bareName_isFoundInPathAndKeepsItsArguments() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path java = executable(directory.resolve("bin"));

        ProgramCommand command = ProgramCommand.resolve(
                List.of("java", "-jar", "a b.jar", "--", ""),
                Map.of("PATH", empty + ":" + java.getParent()),
                directory);

        assertEquals(java.toString(), command.file());
        assertEquals(List.of("java", "-jar", "a b.jar", "--", ""), command.arguments());
    }

    @Test
    void resolve_emptyEntryOfPath_isTheCurrentDirectory() throws Exception {
        Path java = executable(directory);

        assertEquals(
                java,
                Path.of(ProgramCommand.resolve(List.of("java"), Map.of("PATH", ""), directory)
                        .file()));
    }

    @Test
    void resolve_nameWithSlash_isRelativeToTheCurrentDirectory() throws Exception {
        Path java = executable(directory.resolve("bin"));

        assertEquals(
                java.toString(),
                ProgramCommand.resolve(List.of("bin/java"), Map.of(), directory).file());
    }

    @Test
    void withAgent_comesBeforeEveryOtherOption() throws Exception {
        assertEquals(
                List.of("java", "-Xbootclasspath/a:/a/agent.jar", "-javaagent:/a/agent.jar", "-Xmx1g", "Main"),
                resolved("java", "-Xmx1g", "Main").withAgent("/a/agent.jar").arguments());
    }

    /** The JVM would say on the program's stdout that it does without. */
    @Test
    void withAgent_besideAnArchive_keepsTheJvmSilentAboutIt() throws Exception {
        assertEquals(
                List.of(
                        "java",
                        "-Xbootclasspath/a:/a/agent.jar",
                        "-javaagent:/a/agent.jar",
                        "-Xlog:cds*=off",
                        "-XX:SharedArchiveFile=app.jsa",
                        "Main"),
                resolved("java", "-XX:SharedArchiveFile=app.jsa", "Main")
                        .withAgent("/a/agent.jar")
                        .arguments());
        assertEquals(
                List.of(
                        "java",
                        "-Xbootclasspath/a:/a/agent.jar",
                        "-javaagent:/a/agent.jar",
                        "Main",
                        "-XX:SharedArchiveFile=x"),
                resolved("java", "Main", "-XX:SharedArchiveFile=x")
                        .withAgent("/a/agent.jar")
                        .arguments());
    }

    @Test
    void debuggedAt_comesBehindTheAgent() throws Exception {
        assertEquals(
                List.of(
                        "java",
                        "-Xbootclasspath/a:/a/agent.jar",
                        "-javaagent:/a/agent.jar",
                        "-agentlib:jdwp=transport=dt_socket,server=y,quiet=y,suspend=y,address=127.0.0.1:5005",
                        "-Xmx1g",
                        "Main"),
                resolved("java", "-Xmx1g", "Main")
                        .debuggedAt(5005, /* chosen= */ false, /* suspend= */ true)
                        .withAgent("/a/agent.jar")
                        .arguments());
    }

    @Test
    void debuggedAt_programBringsADebugger_isRefused() throws Exception {
        for (String option : List.of("-agentlib:jdwp=server=y", "-Xrunjdwp:server=y")) {
            ProgramCommand command = resolved("java", option, "Main");
            LaunchException refused = assertThrows(
                    LaunchException.class, () -> command.debuggedAt(5005, /* chosen= */ true, /* suspend= */ false));
            assertEquals("run: " + option + ": --debug brings that agent itself; leave out either", refused.line());
        }
        assertEquals(
                "-agentlib:jdwp",
                resolved("java", "Main", "-agentlib:jdwp")
                        .debuggedAt(5005, /* chosen= */ true, /* suspend= */ false)
                        .arguments()
                        .get(3));
    }

    @Test
    void debuggedAt_commandIsNotJava_isLeftAsItIsOrRefused() throws Exception {
        ProgramCommand command = ProgramCommand.resolve(List.of("/bin/sh", "build.sh"), Map.of(), directory);
        assertSame(command, command.debuggedAt(5005, /* chosen= */ true, /* suspend= */ false));
        for (boolean chosen : List.of(false, true)) {
            LaunchException refused =
                    assertThrows(LaunchException.class, () -> command.debuggedAt(5005, chosen, /* suspend= */ true));
            assertTrue(refused.line().contains("/bin/sh is not java"), refused.line());
            assertTrue(refused.line().contains("give --debug=PORT without --debug-suspend"), refused.line());
        }
    }

    private ProgramCommand resolved(String... command) throws Exception {
        Path java = javaOf(directory);
        try {
            return ProgramCommand.resolve(
                    List.of(command), Map.of("PATH", String.valueOf(java.getParent())), directory);
        } finally {
            Files.delete(java);
        }
    }

    @Test
    void resolve_noCommand_isRefused() {
        assertRefused(ExitCode.CONFIGURATION, List.of());
    }

    /** A script of that name, too: it may start any Java. */
    @Test
    void resolve_otherProgram_isStartedAsItIs() throws Exception {
        Path script = executable(Files.createDirectories(directory.resolve("bin")));
        List<String> words = List.of(script.toString(), "-XX:ArchiveClassesAtExit=a.jsa", "Main");
        ProgramCommand command = ProgramCommand.resolve(words, Map.of(), directory);

        assertFalse(command.isJava());
        assertEquals(words, command.withAgent("/a/agent.jar").arguments());
        assertEquals(Map.of("A", "b"), command.environmentWithAgent(Map.of("A", "b"), "/a/agent.jar"));
    }

    /** As alternatives and default-java of Debian are. */
    @Test
    void resolve_linkToJava_isJava() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("jvm"), javaOf(directory.resolve("jdk")));

        assertTrue(ProgramCommand.resolve(List.of(link.toString()), Map.of(), directory)
                .isJava());
        assertEquals(directory.toRealPath().resolve("jdk"), JavaHomes.homeOf(link));
    }

    @Test
    void resolve_optionThatWritesAnArchive_isRefused() throws Exception {
        Path java = javaOf(directory);

        assertRefused(ExitCode.CONFIGURATION, List.of(java.toString(), "-XX:ArchiveClassesAtExit=a.jsa", "Main"));
    }

    @Test
    void resolve_nowhere_isNotFound() {
        assertRefused(ExitCode.NOT_FOUND, List.of("java"));
        assertRefused(ExitCode.NOT_FOUND, List.of("/no/such/java"));
    }

    @Test
    void resolve_notExecutable_isSaid() throws Exception {
        Files.createFile(directory.resolve("java"));
        Files.createDirectories(directory.resolve("other/java"));

        assertRefused(ExitCode.NOT_EXECUTABLE, List.of("java"));
        assertRefused(ExitCode.NOT_EXECUTABLE, List.of("./java"));
        assertRefused(ExitCode.NOT_EXECUTABLE, List.of("other/java"));
    }

    /** A home with what tells that it is one. */
    private static Path javaOf(Path home) throws Exception {
        Path java = executable(home.resolve("bin"));
        Files.write(java, new byte[] {0x7f, 'E', 'L', 'F'});
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        return java;
    }

    private void assertRefused(ExitCode code, List<String> command) {
        LaunchException refusal = assertThrows(
                LaunchException.class,
                () -> ProgramCommand.resolve(command, Map.of("PATH", directory.toString()), directory));
        assertEquals(code, refusal.exitCode());
    }

    private static Path executable(Path in) throws Exception {
        Path file = Files.createFile(Files.createDirectories(in).resolve("java"));
        if (!file.toFile().setExecutable(true)) {
            throw new IllegalStateException(file + " cannot be made executable");
        }
        return file;
    }
}
