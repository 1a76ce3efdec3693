package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.launcher.sys.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command as a user has it, from the jar. */
@Tag("jar")
@Timeout(180)
class DoctorCommandTest {
    private static final String PATH = System.getenv().getOrDefault("PATH", "");
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");

    /** Readable by everybody, other than JUnit's. */
    private Path directory = Path.of("");

    private Path jar = Path.of("");

    @BeforeEach
    void copyJar() throws IOException {
        directory = Files.createTempDirectory(
                Path.of("/tmp"),
                "atoll-doctor-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        jar = Files.copy(Path.of("target/atoll.jar"), directory.resolve("atoll.jar"));
    }

    @AfterEach
    void delete() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Test
    void doctor_thisUser_saysWhatRunDoes() throws Exception {
        boolean sandboxed = runs(List.of());
        List<String> lines = doctor(sandboxed ? 0 : 121, List.of(), PATH);

        assertForm(lines);
        if (sandboxed) {
            assertHas(lines, "ok +a sandbox +java -version ran in one .*");
            assertHas(lines, "ok +user namespaces +made with .*");
            assertHas(lines, "ok +mounts in a namespace +tmpfs, overlay, sysfs and proc");
        }
        assertHas(lines, Libc.geteuid() == 0 ? "warn +user +root: .*" : "ok +user +an ordinary user, .*");
        assertHas(lines, "(ok|warn) +TAP devices .*");
        assertHas(lines, "(ok|warn) +packet sockets .*");
    }

    @Test
    void doctor_nobody_saysWhatStreamGives() throws Exception {
        assumeTrue(Libc.geteuid() == 0, "only root can become nobody");
        boolean sandboxed = runs(AS_NOBODY);
        List<String> lines = doctor(sandboxed ? 0 : 121, AS_NOBODY, PATH);

        assertForm(lines);
        assertHas(lines, "ok +user +an ordinary user, id 65534");
        assertHas(lines, "warn +TAP devices +none can be made .*");
        assertHas(lines, "warn +packet sockets +none can be made .*");
        assertHas(lines, ".*without it --link stream needs no privilege.*");
        if (sandboxed) {
            assertEquals("Programs can run here, with --link stream or none.", lines.get(lines.size() - 1));
        }
    }

    @Test
    void doctor_unshareTooOld_isMissingWithItsPackage() throws Exception {
        Path unshare = Files.writeString(
                Files.createFile(
                        directory.resolve("unshare"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"))),
                "#!/bin/sh\necho 'unshare from util-linux 2.31.1'\n");
        List<String> lines = doctor(121, List.of(), directory + ":" + PATH);

        assertForm(lines);
        int line = assertHas(lines, "missing +program unshare +" + unshare + " is 2.31, older than 2.36");
        assertEquals(
                "install unshare 2.36 or newer, which Debian has in the package util-linux",
                lines.get(line + 1).strip());
        assertHas(lines, "missing +user namespaces +" + unshare + " says it made them and has not");
        assertTrue(
                lines.get(lines.size() - 1).startsWith("Programs cannot run here, see above: program unshare, "),
                String.join("\n", lines));
    }

    /** Every line is a finding, advice below one, or the verdict at the end. */
    private static void assertForm(List<String> lines) {
        Pattern finding = Pattern.compile("(ok  |warn|missing) +\\S.*| {9}\\S.*");
        for (String line : lines.subList(0, lines.size() - 1)) {
            assertTrue(finding.matcher(line).matches(), line);
        }
        assertTrue(lines.get(lines.size() - 1).startsWith("Programs can"), lines.get(lines.size() - 1));
    }

    private static int assertHas(List<String> lines, String pattern) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches(pattern)) {
                return i;
            }
        }
        throw new AssertionError("no line is " + pattern + " in:\n" + String.join("\n", lines));
    }

    /** Whether a program can really run in a sandbox here: what doctor has to find out. */
    private boolean runs(List<String> prefix) throws Exception {
        List<String> command = atoll(prefix, "run", "--link", "none", "--", java(), "-version");
        return execute(command, PATH).exitCode() == 0;
    }

    private List<String> doctor(int exitCode, List<String> prefix, String path) throws Exception {
        Ended ended = execute(atoll(prefix, "doctor"), path);
        assertEquals(exitCode, ended.exitCode(), ended.output());
        return ended.output().lines().toList();
    }

    private List<String> atoll(List<String> prefix, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(java(), "-jar", jar.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String java() {
        return System.getProperty("java.home") + "/bin/java";
    }

    private record Ended(int exitCode, String output) {}

    private Ended execute(List<String> command, String path) throws Exception {
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PATH", path);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "ends in time");
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(output));
    }
}
