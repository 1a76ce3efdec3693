package dev.atoll.launcher.sys;

import com.sun.jna.NativeLibrary;
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
 * Starts JNA without the two things it does for any program and this one need not wait for: it runs ldconfig to learn
 * where libraries are, though only those are called that the JVM has loaded already; and it asks the security providers
 * for a name of a temporary file. Where this does not work JNA's own way does.
 */
final class JnaSetup {
    private static final String SEARCH_PATH = "jna.platform.library.path";
    private static final String BOOT_PATH = "jna.boot.library.path";
    private static final String LIBRARY = "libjnidispatch.so";
    private static final String RESOURCE = "/com/sun/jna/linux-x86-64/" + LIBRARY;
    private static final Set<PosixFilePermission> OWN =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private JnaSetup() {}

    /** The libraries this process has loaded, libc among them. */
    static NativeLibrary process() {
        if (System.getProperty(SEARCH_PATH) == null) {
            System.setProperty(SEARCH_PATH, "");
        }
        if (System.getProperty(BOOT_PATH) != null
                || !System.getProperty("os.arch", "").equals("amd64")) {
            return NativeLibrary.getProcess();
        }
        Path directory = cached();
        if (directory == null) {
            return NativeLibrary.getProcess();
        }
        try {
            System.setProperty(BOOT_PATH, directory.toString());
            return NativeLibrary.getProcess();
        } finally {
            System.clearProperty(BOOT_PATH);
        }
    }

    /**
     * The directory that has the library, and is kept: a file of each run's own would be left by a launcher that is killed
     * before it has removed it. Null if there is none to be trusted.
     */
    private static @Nullable Path cached() {
        try (InputStream in = JnaSetup.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                return null;
            }
            byte[] content = in.readAllBytes();
            CRC32 sum = new CRC32();
            sum.update(content);
            Path directory = cacheOfUser().resolve("jna-" + Long.toHexString(sum.getValue()));
            Path library = directory.resolve(LIBRARY);
            makeOwn(directory);
            if (!Files.exists(library) || !Arrays.equals(Files.readAllBytes(library), content)) {
                write(content, library);
            }
            return directory;
        } catch (IOException | RuntimeException e) {
            // No home, no room, no right: JNA has its own ways.
            return null;
        }
    }

    /** For root one that nobody else can write to, whosever home the environment names. */
    private static Path cacheOfUser() {
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
        Path fresh =
                library.resolveSibling(LIBRARY + "." + ProcessHandle.current().pid());
        try {
            Files.write(fresh, content);
            Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
