package dev.atoll.launcher.sys;

import com.sun.jna.NativeLibrary;
import java.nio.file.Path;

/**
 * Starts JNA without the two things it does for any program and this one need not wait for: it runs ldconfig to learn
 * where libraries are, though only those are called that the JVM has loaded already; and it unpacks its own library to a
 * new file each time. Where this does not work JNA's own way does.
 */
final class JnaSetup {
    private static final String SEARCH_PATH = "jna.platform.library.path";
    private static final String BOOT_PATH = "jna.boot.library.path";
    private static final String RESOURCE = "/com/sun/jna/linux-x86-64/libjnidispatch.so";

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
        Path library = LibraryCache.file(RESOURCE);
        if (library == null) {
            return NativeLibrary.getProcess();
        }
        try {
            System.setProperty(BOOT_PATH, String.valueOf(library.getParent()));
            return NativeLibrary.getProcess();
        } finally {
            System.clearProperty(BOOT_PATH);
        }
    }
}
