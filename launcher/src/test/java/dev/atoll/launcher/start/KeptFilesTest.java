package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptFilesTest {
    private static final List<String> ONE_MOUNT = List.of("26 1 254:0 / / rw,nosuid,relatime - ext4 /dev/vda rw");

    @TempDir
    Path temporary;

    private Path work;
    private Path file;

    @BeforeEach
    void makeFiles() throws IOException {
        Path directory = temporary.toRealPath();
        work = Files.createDirectory(directory.resolve("work"));
        file = Files.writeString(
                Files.createDirectory(directory.resolve("policy")).resolve("egress.rules"), "*filter\n");
    }

    private KeptFiles watch(Path watched, List<String> mountinfo) throws IOException, LaunchException {
        return KeptFiles.of(List.of(watched), List.of(watched), work, HostMount.visible(mountinfo));
    }

    private void assertRefused(Path watched, List<String> mountinfo, String reason) {
        LaunchException refused = assertThrows(LaunchException.class, () -> watch(watched, mountinfo));
        assertEquals("watch: the program could write " + watched + ": " + reason, refused.line());
    }

    private static List<String> lines(KeptFiles kept, MountTable table) {
        List<String> unused = kept.mount(table);
        return table.text().lines().toList();
    }

    @Test
    void file_isMountedReadOnlyOnItself_asTheHostHasIt() throws Exception {
        KeptFiles kept = KeptFiles.of(List.of(file), List.of(), work, HostMount.visible(ONE_MOUNT));
        assertFalse(kept.hasDirectories());
        assertEquals(List.of(file + " " + file + " none bind,ro,nosuid,relatime 0 0"), lines(kept, new MountTable()));
    }

    private static Path directoryOf(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    @Test
    void watched_itsDirectoryIsReadOnly_andThoseAboveCannotBeRenamed() throws Exception {
        KeptFiles kept = watch(file, ONE_MOUNT);
        assertTrue(kept.hasDirectories());
        Path directory = directoryOf(file);
        List<String> lines = lines(kept, new MountTable());
        assertEquals("/tmp /tmp none rbind 0 0".replace("/tmp", "/" + directory.getName(0)), lines.get(0));
        assertTrue(
                lines.contains(directory.getParent() + " " + directory.getParent() + " none rbind 0 0"),
                lines::toString);
        assertEquals(directory + " " + directory + " none rbind,ro,nosuid,relatime 0 0", lines.get(lines.size() - 1));
        assertEquals(directory.getNameCount(), lines.size());
        assertTrue(kept.covers(Files.writeString(directory.resolve("other.rules"), "")));
        assertFalse(kept.covers(Files.writeString(work.resolve("other.rules"), "")));
    }

    @Test
    void mountPoint_isMadeReadOnlyWhereItIs() throws Exception {
        Path directory = directoryOf(file);
        List<String> mounts = List.of(ONE_MOUNT.get(0), "27 26 0:9 / " + directory + " rw,noexec - tmpfs tmpfs rw");
        List<String> lines = lines(watch(file, mounts), new MountTable());
        assertTrue(
                lines.get(lines.size() - 1).endsWith(" " + directory + " none remount,bind,ro,noexec 0 0"),
                lines::toString);
    }

    @Test
    void whereTheProgramWorks_isRefused() throws Exception {
        Path own = Files.writeString(work.resolve("egress.rules"), "");
        assertRefused(
                own,
                ONE_MOUNT,
                "the program works in its directory, " + work + "; give the policy a directory of its own");
    }

    @Test
    void otherWaysToIt_areRefused() throws Exception {
        Path link = Files.createSymbolicLink(work.resolve("link.rules"), file);
        assertRefused(link, ONE_MOUNT, "a symbolic link leads to it, which the program could change; name " + file);
        assertRefused(directoryOf(file), ONE_MOUNT, "it is no regular file");
        List<String> twice = List.of(ONE_MOUNT.get(0), "27 26 254:0 / /mnt rw - ext4 /dev/vda rw");
        assertRefused(file, twice, "its file system is mounted at /mnt, too");
        List<String> elsewhere = List.of(ONE_MOUNT.get(0), "27 26 254:0 /srv /mnt rw - ext4 /dev/vda rw");
        assertTrue(watch(file, elsewhere).hasDirectories(), "another part of the file system");
        Path second = Files.createLink(work.resolve("second.rules"), file);
        assertRefused(file, ONE_MOUNT, "it has another name, by a hard link");
        Files.delete(second);
    }
}
