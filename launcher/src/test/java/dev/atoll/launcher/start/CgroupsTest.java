package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupsTest {
    @Test
    void mountPoints_none_isEmpty() {
        assertEquals(
                List.of(),
                Cgroups.mountPoints(List.of(
                        "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
                        "24 22 0:21 / /sys rw,relatime - sysfs sysfs rw",
                        "25 24 0:22 / /sys/fs/cgroups-of-another-name rw - tmpfs tmpfs rw")));
    }

    @Test
    void mountPoints_oldHierarchies_comeAfterTheDirectoryTheyLieIn() {
        assertEquals(
                List.of("/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/memory"),
                Cgroups.mountPoints(List.of(
                        "30 24 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755",
                        "31 30 0:28 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu",
                        "32 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")));
    }

    @Test
    void mountPoints_mountedTwice_isNamedOnce() {
        String line = "30 24 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
        assertEquals(List.of("/sys/fs/cgroup"), Cgroups.mountPoints(List.of(line, line)));
    }
}
