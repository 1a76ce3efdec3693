package dev.atoll.launcher.sys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries of the launcher's libraries, as files. They come in jars and can be loaded from files only; a file of
 * each run's own would be left by a launcher that is killed before it has removed it, so they are kept: in a directory of
 * the user's cache that nobody else may enter, each below the checksum of its content, and compared with the jar's before
 * every use.
 */
public final class LibraryCache {
    private static final Set<PosixFilePermission> OWN =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private LibraryCache() {}

    /**
     * The file with a library's content, under the name that it has in the jar.
     *
     * @param resource its absolute name on the class path
     * @return null if there is no such resource or no directory to be trusted: the library then has to be had another way
     */
    public static @Nullable Path file(String resource) {
        try (InputStream in = LibraryCache.class.getResourceAsStream(resource)) {
            if (in == null) {
                return null;
            }
            byte[] content = in.readAllBytes();
            CRC32 sum = new CRC32();
            sum.update(content);
            Path directory = ofUser().resolve("native-" + Long.toHexString(sum.getValue()));
            Path library = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
            makeOwn(directory);
            if (!Files.exists(library) || !Arrays.equals(Files.readAllBytes(library), content)) {
                write(content, library);
            }
            return library;
        } catch (IOException | RuntimeException e) {
            // No home, no room, no right.
            return null;
        }
    }

    /** Where they are kept, there or not. */
    public static Path directory() {
        return ofUser();
    }

    /** For root one that nobody else can write to, whosever home the environment names. */
    private static Path ofUser() {
        if (System.getProperty("user.name", "").equals("root")) {
            return Path.of("/var/cache/atoll");
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        return cache == null || cache.isEmpty()
                ? Path.of(System.getProperty("user.home", "/nonexistent"), ".cache", "atoll")
                : Path.of(cache, "atoll");
    }

    /** Makes the directory for this user alone; one that is there must be that. */
    private static void makeOwn(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWN));
        PosixFileAttributes attributes =
                Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isDirectory()
                || !attributes.owner().getName().equals(System.getProperty("user.name"))
                || !OWN.containsAll(attributes.permissions())) {
            throw new IOException(directory + " is not this user's own");
        }
    }

    /** As a whole or not at all. */
    private static void write(byte[] content, Path library) throws IOException {
        Path fresh = library.resolveSibling(
                library.getFileName() + "." + ProcessHandle.current().pid());
        try {
            Files.write(fresh, content);
            Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
