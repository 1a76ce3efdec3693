package dev.atoll.launcher.start;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount of the launcher's mount namespace, from a line of {@code mountinfo} ({@code proc(5)}).
 *
 * @param device major and minor number of the file system
 * @param root the directory of the file system that is seen
 * @param point where
 * @param options of the mount
 */
record HostMount(String device, Path root, Path point, List<String> options) {
    private static final int DEVICE_COLUMN = 2;
    private static final int ROOT_COLUMN = 3;
    private static final int POINT_COLUMN = 4;
    private static final int OPTIONS_COLUMN = 5;

    /** Every mount that a path leads to: of those on one point the last. */
    static List<HostMount> visible(List<String> mountinfo) {
        List<HostMount> mounts = new ArrayList<>();
        for (String line : mountinfo) {
            String[] columns = line.split(" ", -1);
            HostMount mount = new HostMount(
                    columns[DEVICE_COLUMN],
                    Path.of(KernelFiles.unescaped(columns[ROOT_COLUMN])),
                    Path.of(KernelFiles.unescaped(columns[POINT_COLUMN])),
                    List.of(columns[OPTIONS_COLUMN].split(",", -1)));
            // What is mounted over a directory hides what was mounted below it.
            mounts.removeIf(hidden -> hidden.point.startsWith(mount.point));
            mounts.add(mount);
        }
        return mounts;
    }

    /** The mount that a path without symbolic links is in. */
    static HostMount of(Path path, List<HostMount> visible) {
        HostMount deepest = null;
        for (HostMount mount : visible) {
            if (path.startsWith(mount.point)
                    && (deepest == null || mount.point.getNameCount() >= deepest.point.getNameCount())) {
                deepest = mount;
            }
        }
        if (deepest == null) {
            throw new IllegalArgumentException("no mount has " + path);
        }
        return deepest;
    }

    /** Where in its file system a path is that is in this mount. */
    Path inFileSystem(Path path) {
        return root.resolve(point.relativize(path).toString()).normalize();
    }

    /** Whether a path of a file system can be seen in this mount. */
    boolean shows(String ofDevice, Path inFileSystem) {
        return device.equals(ofDevice) && inFileSystem.startsWith(root);
    }
}
