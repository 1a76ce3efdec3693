package dev.atoll.launcher.start;

import java.util.ArrayList;
import java.util.List;

/** The control groups' file systems, which a JVM reads its memory and processor limits from. */
final class Cgroups {
    /** Where they are mounted. */
    static final String ROOT = "/sys/fs/cgroup";

    private static final int MOUNT_POINT_COLUMN = 4;

    private Cgroups() {}

    /**
     * Mount points at and below {@link #ROOT}, outer ones first; empty if there are none.
     *
     * @param mountinfo lines as of {@code /proc/self/mountinfo}
     */
    static List<String> mountPoints(List<String> mountinfo) {
        List<String> points = new ArrayList<>();
        for (String line : mountinfo) {
            String[] columns = line.split(" ", -1);
            String point = columns[MOUNT_POINT_COLUMN];
            if ((point.equals(ROOT) || point.startsWith(ROOT + "/")) && !points.contains(point)) {
                points.add(point);
            }
        }
        return points;
    }
}
