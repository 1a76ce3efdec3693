package dev.atoll.launcher.doctor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code java} means to the user: found and asked when first needed, once. Used by one thread. */
final class JdkOnPath {
    private final Host host;
    private final String path;
    private boolean asked;
    private Optional<Jdk> answer = Optional.empty();

    /**
     * @param path the value of PATH
     */
    JdkOnPath(Host host, String path) {
        this.host = host;
        this.path = path;
    }

    /** Where it is. */
    Optional<String> file() {
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path file = Path.of(directory.isEmpty() ? "." : directory, "java").toAbsolutePath();
            if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                return Optional.of(file.toString());
            }
        }
        return Optional.empty();
    }

    /** What it is; empty if there is none, or it does not say. */
    Optional<Jdk> jdk() {
        if (!asked) {
            asked = true;
            answer = file().flatMap(java -> Jdk.ask(host, java));
        }
        return answer;
    }
}
