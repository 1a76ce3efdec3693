package dev.atoll.launcher.jar;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A file by which a test tells a program in the sandbox to go on. */
final class AwaitedFile {
    private AwaitedFile() {}

    /** Returns when the file is there, told by the kernel; or when the limit is over, whatever there is. */
    static void await(Path file, long limitSeconds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            // Before the first look, so that nothing comes between them. A file that is moved there is created, too.
            WatchKey key = directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            while (!Files.exists(file) && System.nanoTime() - deadline < 0) {
                WatchKey told = watch.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (told != null) {
                    key.pollEvents().clear();
                    boolean unusedValid = key.reset();
                }
            }
        }
    }
}
