package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.launcher.start.ChainScript.Furniture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainScriptTest {
    private static final String AWKWARD = "a'b\"c $HOME `id` \\ * \n\t;";

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "'", "''", "it's", AWKWARD, "-n", "%s\\n", "$(false)"})
    void quote_whateverText_isOneWordForTheShell(String text) throws Exception {
        assertEquals(text, shell("printf %s " + ChainScript.quote(text)));
    }

    /** A shell in a shell: the second script is a word of the first. */
    @Test
    void quote_twice_survivesTwoShells() throws Exception {
        String inner = "printf %s " + ChainScript.quote(AWKWARD);
        assertEquals(AWKWARD, shell("sh -c " + ChainScript.quote(inner)));
    }

    @Test
    void furnish_namesAndContentsOfAllSorts_isAScriptThatTheShellCanRead() throws Exception {
        Tools tools = new Tools("");
        assumeTrue(
                Tools.ALL.stream().allMatch(tool -> tools.find(tool).isPresent()),
                "a program that the start chain needs is not here; \"doctor\" names it");
        String script = new ChainScript(tools).furnish(furniture(), new Privileges(false));

        Process check = new ProcessBuilder("sh", "-n", "-c", script)
                .redirectErrorStream(true)
                .start();
        String complaint = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(check.waitFor(30, TimeUnit.SECONDS));
        assertEquals("", complaint);
    }

    /** The promise that the program waits for: the launcher is its parent, privileges are gone, before it says so. */
    @Test
    void furnish_readyIsSaidBehindTheParentDeathSignalAndTheReadOnlyMounts() throws Exception {
        Tools tools = new Tools("");
        assumeTrue(
                Tools.ALL.stream().allMatch(tool -> tools.find(tool).isPresent()),
                "a program that the start chain needs is not here; \"doctor\" names it");
        String script = new ChainScript(tools).furnish(furniture(), new Privileges(true));

        int readOnly = script.indexOf("/proc/sys /proc/sys none bind,ro ");
        int elsewhere = script.indexOf(" /srv/it'\\''s/proc none remount,bind,ro,nosuid ");
        int mounted = script.indexOf("--fstab /proc/self/fd/");
        int seen = script.indexOf("if [ -w '/srv/it'\\''s/proc' ]");
        int signal = script.indexOf("--no-new-privs --pdeathsig KILL");
        int ready = script.indexOf("echo " + ChainScript.READY);
        assertTrue(0 < readOnly && readOnly < elsewhere && elsewhere < mounted, script);
        assertTrue(mounted < seen && seen < signal && signal < ready, script);
    }

    private static Furniture furniture() {
        return new Furniture(
                "it's",
                Map.of("hosts", AWKWARD),
                List.of("/sys/fs/cgroup"),
                List.of(new KernelFiles("/srv/it's/proc", "rw,nosuid")),
                KeptFiles.none(),
                JavaOverlays.of(List.of()),
                "/etc/it's",
                List.of("export PWD=" + ChainScript.quote(AWKWARD)));
    }

    private static String shell(String script) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", script).start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(shell.waitFor(30, TimeUnit.SECONDS));
        return output;
    }
}
