package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.hooks.HookException;
import dev.atoll.hooks.Hooks;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which JDKs are let into the sandbox. */
class JavaReleaseTest {
    @TempDir
    Path directory;

    /** What the launcher lets through is what the edits inside are made for. */
    @Test
    void known_areTheVersionsThatHaveHooks() {
        List<Integer> hooked = new ArrayList<>();
        for (int feature = 8; feature < 40; feature++) {
            if (hasHooks(feature)) {
                hooked.add(feature);
            }
        }
        assertEquals(hooked, JavaRelease.KNOWN);
    }

    private static boolean hasHooks(int feature) {
        try {
            assertFalse(Hooks.forFeature(feature).isEmpty());
            return true;
        } catch (HookException e) {
            // Not known inside.
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"11.0.2, 11", "1.8.0_402, 8", "26-ea, 26", "99, 99"})
    void unknownVersion_isRefusedWithOneLine(String version, int feature) throws Exception {
        Path java = home("JAVA_VERSION=\"" + version + "\"");

        LaunchException failure = assertThrows(LaunchException.class, () -> JavaRelease.refuseUnknown(java));
        assertEquals(
                "run: " + java + " is JDK " + feature
                        + ", which is not known: programs run in the sandbox on JDK 17, 21 or 25",
                failure.line());
        assertEquals(ExitCode.MISSING, failure.exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JAVA_VERSION=\"17.0.2\"",
                "JAVA_VERSION=\"25\"",
                "JAVA_VERSION=\"x\"",
                "OTHER=\"99\"",
                "JVM_VARIANT=\"Hotspot\"",
                "MODULES=\"java.base java.instrument jdk.net\""
            })
    void knownVersionOrNone_isLetThrough(String line) throws Exception {
        Path java = home(line);

        assertDoesNotThrow(() -> JavaRelease.refuseUnknown(java));
    }

    @Test
    void imageWithoutInstrument_isRefusedWithWhatToDo() throws Exception {
        Path java = home("MODULES=\"java.base java.instruments\"");

        LaunchException failure = assertThrows(LaunchException.class, () -> JavaRelease.refuseUnknown(java));
        assertEquals(
                "run: " + java
                        + " is of an image without the module java.instrument, by which Atoll comes into a program:"
                        + " make it by jlink --add-modules java.instrument,...",
                failure.line());
        assertEquals(ExitCode.MISSING, failure.exitCode());
    }

    @Test
    void otherVirtualMachine_isRefused() throws Exception {
        Path java = home("JVM_VARIANT=\"Openj9\"");

        LaunchException failure = assertThrows(LaunchException.class, () -> JavaRelease.refuseUnknown(java));
        assertEquals(
                "run: " + java
                        + " is of Nobody with the virtual machine Openj9: the sandbox needs HotSpot, as the builds"
                        + " of OpenJDK by Adoptium, Debian or Oracle have it",
                failure.line());
        assertEquals(ExitCode.MISSING, failure.exitCode());
    }

    @Test
    void imageWithoutDebuggers_isRefusedOnlyWhereOneIsWanted() throws Exception {
        Path java = home("MODULES=\"java.base java.instrument\"");

        assertDoesNotThrow(() -> JavaRelease.refuseUnknown(java));
        LaunchException failure = assertThrows(LaunchException.class, () -> JavaRelease.refuseWithoutDebugger(java));
        assertEquals(
                "debug: " + java
                        + " is of an image without the module jdk.jdwp.agent: make it by jlink --add-modules"
                        + " jdk.jdwp.agent,...",
                failure.line());
        assertEquals(ExitCode.MISSING, failure.exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_VERSION=\"17.0.2\"", "MODULES=\"java.base jdk.jdwp.agent\""})
    void debuggersThereOrNotKnown_areLetThrough(String line) throws Exception {
        Path java = home(line);

        assertDoesNotThrow(() -> JavaRelease.refuseWithoutDebugger(java));
    }

    @Test
    void linkToTheExecutable_isFollowed() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("java"), home("JAVA_VERSION=\"11\""));

        assertThrows(LaunchException.class, () -> JavaRelease.refuseUnknown(link));
    }

    private Path home(String line) throws Exception {
        Path bin = Files.createDirectories(directory.resolve("jdk/bin"));
        Files.writeString(directory.resolve("jdk/release"), "IMPLEMENTOR=\"Nobody\"\n" + line + "\n");
        return Files.writeString(bin.resolve("java"), "");
    }
}
