package dev.atoll.launcher.sys;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
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
    private static final int ATTEMPTS = 16;

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
        Path directory = unpack();
        if (directory == null) {
            return NativeLibrary.getProcess();
        }
        try {
            System.setProperty(BOOT_PATH, directory.toString());
            return NativeLibrary.getProcess();
        } finally {
            System.clearProperty(BOOT_PATH);
            // What is loaded needs no file any more.
            delete(directory.resolve(LIBRARY));
            delete(directory);
        }
    }

    /** Puts the library into a new directory that nobody else may enter; null if that cannot be done. */
    private static @Nullable Path unpack() {
        Path directory = null;
        try (InputStream in = JnaSetup.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                return null;
            }
            directory = newDirectory(Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
            Files.copy(in, directory.resolve(LIBRARY));
            return directory;
        } catch (IOException e) {
            if (directory != null) {
                delete(directory.resolve(LIBRARY));
                delete(directory);
            }
            return null;
        }
    }

    /** A name that can be guessed is no risk: making it fails if it is there, whatever it is. */
    private static Path newDirectory(Path parent) throws IOException {
        FileAttribute<Set<PosixFilePermission>> mine = PosixFilePermissions.asFileAttribute(Set.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));
        FileAlreadyExistsException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return Files.createDirectory(parent.resolve("atoll-jna-" + System.nanoTime()), mine);
            } catch (FileAlreadyExistsException e) {
                last = e;
            }
        }
        throw new IOException("every name is taken", last);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // A few kilobytes stay in the temporary directory, which the system empties.
        }
    }
}
