package dev.atoll.examples.capture;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a program once a file has content: a sandbox makes its TAP device itself, and whoever records the host's end of it
 * can begin only then.
 *
 * <p>Usage: {@code After FILE CLASS ARGUMENT...}
 */
public final class After {
    private static final long LIMIT_S = 30;

    /** The file grows by writes that need not be told apart from its making, so it is looked at now and then as well. */
    private static final long LOOK_MS = 100;

    private After() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 2) {
            throw new IllegalArgumentException("usage: After FILE CLASS ARGUMENT...");
        }
        await(Path.of(args[0]));
        try {
            Class.forName(args[1]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(args, 2, args.length));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void await(Path file) throws IOException, InterruptedException, TimeoutException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalArgumentException(file + " is no file");
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        try (WatchService watch = directory.getFileSystem().newWatchService()) {
            directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            while (!Files.exists(file) || Files.size(file) == 0) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new TimeoutException(file + " has no content after " + LIMIT_S + " s");
                }
                var key = watch.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        }
    }
}
