package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.doctor.Finding.Status;
import dev.atoll.launcher.start.Tools;
import org.junit.jupiter.api.Test;

class MountsCheckTest {
    private final MadeUpHost host = new MadeUpHost().link("/proc/self/ns/user", "user:[1]");

    @Test
    void examine_allSteps_isOk() {
        host.programsEnd(0, "tmpfs\noverlay\nsysfs\nproc\nall mounted\n");
        assertEquals(Finding.ok("tmpfs, overlay, sysfs and proc"), examine());
    }

    @Test
    void examine_oneStepFails_isTheLastOneNamed() {
        host.programsEnd(32, "tmpfs\noverlay\nmount: /etc: wrong fs type.\n");
        assertEquals(Status.MISSING, examine().status());
        assertEquals(
                "mounting failed (tmpfs; overlay; mount: /etc: wrong fs type.)",
                examine().detail());
    }

    @Test
    void examine_endsWellWithoutHavingDoneIt_isMissing() {
        host.programsEnd(0, "");
        assertEquals(Status.MISSING, examine().status());
    }

    @Test
    void examine_noMount_isMissing() {
        host.without(Tools.MOUNT);
        assertEquals(Status.MISSING, examine().status());
        assertTrue(examine().detail().startsWith("cannot be tried"), examine().detail());
    }

    private Finding examine() {
        return new MountsCheck(host, new LimitsOfHost(host)).examine();
    }
}
