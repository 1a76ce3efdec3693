package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrivilegesTest {
    @Test
    void ofProgram_ordinaryUser_isNothing() {
        assertEquals("--bounding-set=-all --inh-caps=-all --ambient-caps=-all", new Privileges(false).ofProgram());
    }

    @Test
    void ofProgram_root_isAccessToFiles() {
        assertEquals(
                "--bounding-set=-all,+chown,+dac_override,+fowner,+setuid,+setgid --inh-caps=-all --ambient-caps=-all",
                new Privileges(true).ofProgram());
    }

    @Test
    void ofFirstProcess_hasOneCapabilityMoreThanTheProgram() {
        assertEquals(
                "--bounding-set=-all,+setpcap --inh-caps=-all,+setpcap --ambient-caps=-all,+setpcap",
                new Privileges(false).ofFirstProcess());
        assertEquals(
                "--bounding-set=-all,+chown,+dac_override,+fowner,+setuid,+setgid,+setpcap --inh-caps=-all"
                        + " --ambient-caps=-all",
                new Privileges(true).ofFirstProcess());
    }
}
