package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void text_isOneEntryALine() {
        MountTable table = new MountTable();
        table.add("/sys", "sysfs", "ro,nosuid");
        table.bind("/proc/sys", "ro");

        List<String> lines = List.of(table.text().split("\n", -1));
        assertEquals(3, lines.size());
        assertEquals(
                "/sys sysfs ro,nosuid 0 0", lines.get(0).substring(lines.get(0).indexOf(' ') + 1));
        assertEquals("/proc/sys /proc/sys none bind,ro 0 0", lines.get(1));
        assertEquals("", lines.get(2));
    }

    /** As {@code fstab(5)} wants them, and as {@code mountinfo} has them. */
    @Test
    void text_placeWithBlanks_isOneWord() {
        MountTable table = new MountTable();
        table.bind("/a b\tc\nd\\e", "ro");
        assertEquals("/a\\040b\\011c\\012d\\134e", table.text().split(" ", -1)[0]);
    }
}
