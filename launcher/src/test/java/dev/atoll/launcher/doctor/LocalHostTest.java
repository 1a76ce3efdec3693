package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.doctor.Host.Run;
import dev.atoll.launcher.start.Tools;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalHostTest {
    private final Host host = new LocalHost(Map.of());

    @Test
    void run_program_givesBothOutputsAndTheExitCode() {
        Run run = host.run("sh", "-c", "echo out; echo err >&2; exit 7");
        assertEquals(new Run(7, "out\nerr\n"), run);
        assertFalse(run.succeeded());
        assertEquals("err", run.lastLine());
    }

    @Test
    void run_moreOutputThanAPipeHolds_ends() {
        Run run = host.run("sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i + 1)); done");
        assertTrue(run.succeeded(), run.lastLine());
        assertEquals(65536, run.output().length());
    }

    @Test
    void run_noSuchProgram_saysSo() {
        Run run = host.run("/nonexistent/program");
        assertEquals(Run.NOT_RUN, run.exitCode());
        assertTrue(run.output().contains("No such file"), run.output());
    }

    @Test
    void read_filesOfProc_areRead() {
        assertTrue(host.read("/proc/self/status").orElse("").contains("Pid:"));
        assertEquals(Optional.empty(), host.read("/nonexistent"));
        assertTrue(host.linkTarget("/proc/self/ns/user").orElse("").startsWith("user:["));
        assertEquals(Optional.empty(), host.linkTarget("/proc/self/status"));
    }

    @Test
    void find_withoutPath_looksWhereSystemsHaveTheirTools() {
        assertTrue(host.find(Tools.SH).isPresent());
    }
}
