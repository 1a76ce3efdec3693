package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.start.Tools.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolsTest {
    private static final Tool MISSING = new Tool("no-such-program-of-atoll", "", "some-package", "does nothing");

    @TempDir
    Path directory;

    @Test
    void require_inADirectoryOfPath_isFoundThereFirst() throws Exception {
        Path mine = Files.createFile(directory.resolve("sh"));
        assertTrue(mine.toFile().setExecutable(true));

        assertEquals(mine.toString(), new Tools(directory + ":/bin").require(Tools.SH));
    }

    @Test
    void require_fileThatCannotBeExecuted_isPassedOver() throws Exception {
        Files.createFile(directory.resolve("sh"));
        Files.createDirectory(directory.resolve("mount"));
        Tools tools = new Tools(directory.toString());

        assertTrue(tools.require(Tools.SH).endsWith("bin/sh"));
        assertTrue(tools.require(Tools.MOUNT).endsWith("bin/mount"));
    }

    /** An ordinary user's PATH may lack the system's directories. */
    @Test
    void require_emptyPath_findsTheSystems() throws Exception {
        assertTrue(new Tools("").require(Tools.SH).endsWith("bin/sh"));
    }

    @Test
    void require_nowhere_saysWhatItIsForAndWhereToGetIt() {
        LaunchException refusal = assertThrows(LaunchException.class, () -> new Tools("/bin").require(MISSING));

        assertEquals(ExitCode.MISSING, refusal.exitCode());
        assertEquals(
                "the program \"no-such-program-of-atoll\" is not there, it does nothing; Debian has it in package"
                        + " some-package",
                refusal.line());
    }
}
