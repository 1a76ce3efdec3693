package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramEnvironmentTest {
    @Test
    void of_usualNames_passThroughTheShell() {
        ProgramEnvironment environment = ProgramEnvironment.of(Map.of("HOME", "/root", "A_1", "x=y z", "_b", ""));

        assertEquals(List.of("A_1=x=y z", "HOME=/root", "_b="), environment.variables());
        assertEquals(List.of(), environment.restored());
    }

    @Test
    void of_namesThatNoShellKeeps_areGivenBack() {
        ProgramEnvironment environment =
                ProgramEnvironment.of(Map.of("1a", "x", "a.b", "y", "BASH_FUNC_f%%", "() { :; }", "é", "z"));

        assertEquals(environment.variables(), environment.restored());
        assertEquals(4, environment.restored().size());
    }

    @Test
    void of_namesThatShellsSetThemselves_areGivenBack() {
        assertEquals(
                List.of("IFS= ", "PPID=1"),
                ProgramEnvironment.of(Map.of("IFS", " ", "PPID", "1", "TERM", "dumb"))
                        .restored());
    }

    @Test
    void of_whereTheShellIs_isWhatItWasOrIsUnset() {
        assertEquals(
                List.of("export PWD='/a'\\''b'", "unset OLDPWD", "unset SHLVL"),
                ProgramEnvironment.of(Map.of("PWD", "/a'b")).repair());
    }
}
