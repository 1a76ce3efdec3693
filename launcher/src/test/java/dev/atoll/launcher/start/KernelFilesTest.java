package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class KernelFilesTest {
    @Test
    void elsewhere_usualPlaces_areNotListed() {
        assertEquals(
                List.of(),
                KernelFiles.elsewhere(List.of(
                        "23 22 0:20 / /proc rw,relatime - proc proc rw",
                        "24 22 0:21 / /sys rw,relatime - sysfs sysfs rw",
                        "25 24 0:22 / /sys/kernel/debug rw shared:12 - debugfs debugfs rw",
                        "26 22 0:23 / /home rw,relatime - ext4 /dev/vdb rw")));
    }

    @Test
    void elsewhere_procOfAChroot_becomesReadOnlyAndKeepsItsOtherOptions() {
        List<KernelFiles> found = KernelFiles.elsewhere(
                List.of("40 22 0:20 / /srv/root/proc rw,nosuid,noexec,relatime shared:5 master:2 - proc proc rw"));

        assertEquals(List.of(new KernelFiles("/srv/root/proc", "rw,nosuid,noexec,relatime")), found);
        assertEquals("remount,bind,ro,nosuid,noexec,relatime", found.get(0).readOnlyOptions());
    }

    @Test
    void elsewhere_pointWithSpaceAndBackslash_isReadAsItIs() {
        assertEquals(
                List.of(new KernelFiles("/srv/a b\\c/sys", "ro")),
                KernelFiles.elsewhere(List.of("40 22 0:21 / /srv/a\\040b\\134c/sys ro - sysfs sysfs ro")));
    }

    @Test
    void elsewhere_hiddenByALaterMount_isNotListed() {
        assertEquals(
                List.of(),
                KernelFiles.elsewhere(List.of(
                        "40 22 0:20 / /srv/proc rw - proc proc rw", "41 40 0:50 / /srv/proc rw - tmpfs tmpfs rw")));
    }

    @Test
    void elsewhere_nameThatOnlyBeginsLikeProc_isListed() {
        assertEquals(
                List.of(new KernelFiles("/process", "rw")),
                KernelFiles.elsewhere(List.of("40 22 0:20 / /process rw - proc proc rw")));
    }
}
