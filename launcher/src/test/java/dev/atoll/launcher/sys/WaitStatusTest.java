package dev.atoll.launcher.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Statuses as {@code wait(2)} of Linux codes them. */
class WaitStatusTest {
    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;
    private static final int CORE_DUMPED = 0x80;

    @Test
    void of_exited_hasTheExitCode() {
        assertEquals(new WaitStatus(0, 0), WaitStatus.of(0));
        assertEquals(new WaitStatus(0, 7), WaitStatus.of(7 << 8));
        assertEquals(new WaitStatus(0, 255), WaitStatus.of(255 << 8));
    }

    @Test
    void of_killed_hasTheSignalAndTheCodeThatShellsGiveIt() {
        assertEquals(new WaitStatus(SIGKILL, 137), WaitStatus.of(SIGKILL));
    }

    @Test
    void of_killedWithCore_isTheSameSignal() {
        assertEquals(new WaitStatus(SIGSEGV, 139), WaitStatus.of(SIGSEGV | CORE_DUMPED));
    }
}
