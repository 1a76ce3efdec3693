package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The host's files that say what the program may do: policies, configuration, Atoll itself. In the sandbox they are mounted read-only on
 * themselves, so that the program does not write them by their names, whoever's they are.
 *
 * <p>That is not enough where a file is read again by itself when it changes: a file that replaces it on the host takes the mount off, and
 * a directory above it can be renamed. So the directories of {@linkplain #of watched files} are read-only as a whole, those above them
 * are mounts of their own, which cannot be renamed, and what would have another way to the file is refused (decision 0271).
 */
public final class KeptFiles {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    /** What the sandbox has its own of. */
    private static final List<Path> REPLACED = List.of(Path.of("/proc"), Path.of("/sys"));

    /** Over which the sandbox has a layer of its own: what the program writes there is not the host's. */
    private static final Path ETC = Path.of("/etc");

    /** Those in which programs have to be able to write. */
    private static final List<Path> WRITTEN =
            List.of(Path.of("/"), Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/dev"));

    private final List<HostMount> mounts;
    private final Set<Path> files = new LinkedHashSet<>();
    /** Directories with all that is in them. */
    private final Set<Path> whole = new LinkedHashSet<>();

    /** Those of watched files. */
    private final Set<Path> directories = new LinkedHashSet<>();

    private final Set<Path> above = new LinkedHashSet<>();

    private KeptFiles(List<HostMount> mounts) {
        this.mounts = mounts;
    }

    /** None. */
    static KeptFiles none() {
        return new KeptFiles(List.of());
    }

    /**
     * Those files.
     *
     * @param files what there is of them, directories with all that is in them
     * @param watched those that are read again when they change
     * @param directory where the program starts
     * @throws LaunchException if the program could write a watched one all the same, with the reason
     */
    public static KeptFiles of(Collection<Path> files, Collection<Path> watched, Path directory)
            throws LaunchException {
        try {
            List<String> mountinfo = Files.readAllLines(MOUNTS, StandardCharsets.UTF_8);
            return of(files, watched, directory, HostMount.visible(mountinfo));
        } catch (IOException e) {
            throw new LaunchException(
                    ExitCode.FAILED, "the files of the policy cannot be kept from the program: " + e.getMessage(), e);
        }
    }

    static KeptFiles of(Collection<Path> files, Collection<Path> watched, Path directory, List<HostMount> mounts)
            throws IOException, LaunchException {
        KeptFiles kept = new KeptFiles(mounts);
        for (Path file : watched) {
            String reason = kept.watch(file.toAbsolutePath().normalize(), directory.toRealPath());
            if (reason != null) {
                throw new LaunchException(
                        ExitCode.CONFIGURATION, "watch: the program could write " + file + ": " + reason);
            }
        }
        for (Path file : files) {
            if (Files.isRegularFile(file)) {
                keep(file.toRealPath(), kept.files);
            } else if (Files.isDirectory(file)) {
                keep(file.toRealPath(), kept.whole);
            }
        }
        return kept;
    }

    /** Whether there are directories among them: then paths lead elsewhere than before. */
    boolean hasDirectories() {
        return !directories.isEmpty();
    }

    /** Whether a file that came later is in a directory of watched ones, and no other way leads to it. */
    public boolean covers(Path file) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        Path parent = path.getParent();
        return parent != null && (directories.contains(parent) || parent.startsWith(ETC)) && otherWay(path) == null;
    }

    private static void keep(Path file, Set<Path> among) {
        for (Path replaced : REPLACED) {
            if (file.startsWith(replaced)) {
                return;
            }
        }
        among.add(file);
    }

    /** Keeps a file's directory; or says why that does not help. */
    private @Nullable String watch(Path file, Path working) throws IOException {
        String reason = otherWay(file);
        Path parent = file.getParent();
        if (reason != null || parent == null || parent.startsWith(ETC)) {
            return reason;
        }
        if (working.startsWith(parent)) {
            return "the program works in its directory, " + parent + "; give the policy a directory of its own";
        }
        if (WRITTEN.contains(parent) || parent.equals(Path.of(System.getProperty("user.home", "/")))) {
            return "programs write in its directory, " + parent + "; give the policy a directory of its own";
        }
        directories.add(parent);
        for (Path higher = parent.getParent();
                higher != null && higher.getNameCount() > 0;
                higher = higher.getParent()) {
            above.add(higher);
        }
        return null;
    }

    /** Another way to a file than its name, or null. */
    private @Nullable String otherWay(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return "it is no regular file";
        }
        Path real = file.toRealPath();
        if (!real.equals(file)) {
            return "a symbolic link leads to it, which the program could change; name " + real;
        }
        if ((int) Files.getAttribute(file, "unix:nlink") > 1) {
            return "it has another name, by a hard link";
        }
        HostMount mount = HostMount.of(file, mounts);
        Path inside = mount.inFileSystem(file);
        for (HostMount other : mounts) {
            if (!other.equals(mount) && other.shows(mount.device(), inside) && !isReplaced(other)) {
                return "its file system is mounted at " + other.point() + ", too";
            }
        }
        return null;
    }

    private static boolean isReplaced(HostMount mount) {
        for (Path replaced : REPLACED) {
            if (mount.point().startsWith(replaced)) {
                return true;
            }
        }
        return false;
    }

    /** Adds them to a table of mounts, and returns those that are read-only then. */
    List<String> mount(MountTable table) {
        List<Path> fromTheTop = new ArrayList<>(above);
        fromTheTop.sort((a, b) -> Integer.compare(a.getNameCount(), b.getNameCount()));
        for (Path directory : fromTheTop) {
            if (!isMountPoint(directory) && !directories.contains(directory)) {
                table.bindAll(directory.toString(), "");
            }
        }
        List<String> points = new ArrayList<>();
        for (Path directory : directories) {
            points.add(readOnly(table, directory, true));
        }
        for (Path directory : whole) {
            points.add(readOnly(table, directory, true));
        }
        for (Path file : files) {
            if (!directories.contains(file.getParent())) {
                points.add(readOnly(table, file, false));
            }
        }
        return points;
    }

    private String readOnly(MountTable table, Path path, boolean directory) {
        String point = path.toString();
        String options = KernelFiles.readOnly(HostMount.of(path, mounts).options());
        if (isMountPoint(path)) {
            table.add(point, "none", "remount,bind," + options);
        } else if (directory) {
            table.bindAll(point, options);
        } else {
            table.bind(point, options);
        }
        return point;
    }

    private boolean isMountPoint(Path path) {
        return HostMount.of(path, mounts).point().equals(path);
    }
}
