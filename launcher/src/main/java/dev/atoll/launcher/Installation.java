package dev.atoll.launcher;

import dev.atoll.launcher.sys.LibraryCache;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where Atoll itself is on this host. */
public final class Installation {
    private Installation() {}

    /** The jar that the launcher runs from, if it does. */
    public static Optional<Path> jar() {
        CodeSource source = Main.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getProtocol().equals("file")) {
            return Optional.empty();
        }
        Path file;
        try {
            file = Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /** The jar, and the directory of what it unpacks, there or not. */
    static List<Path> files() {
        List<Path> files = new ArrayList<>();
        jar().ifPresent(files::add);
        files.add(LibraryCache.directory());
        return files;
    }
}
