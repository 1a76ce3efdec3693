package dev.atoll.launcher.reload;

import dev.atoll.launcher.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks every now and then whether a file of the policy is another, and then has the policy read again. A file counts as changed once
 * it has been the same for one more look, so that one that is just being written is left alone until it is whole.
 *
 * <p>By looking and not by inotify, which says nothing of files that other hosts write, and of a replaced file only to who watches
 * its directory.
 */
public final class PolicyWatch {
    private static final long INTERVAL_MS = 250;

    private final List<Path> policies;
    private final List<Path> ipsets;
    private final Reloader reloader;

    /**
     * @param policies the files as the user named them; what they include is watched as well
     * @param ipsets those of sets
     */
    public PolicyWatch(List<Path> policies, List<Path> ipsets, Reloader reloader) {
        this.policies = List.copyOf(policies);
        this.ipsets = List.copyOf(ipsets);
        this.reloader = reloader;
    }

    /** Begins, in a thread of its own, for as long as this process lives. */
    public void begin() {
        List<Object> first = look();
        Thread thread = new Thread(() -> watch(first), "atoll-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(List<Object> first) {
        List<Object> loaded = first;
        List<Object> before = first;
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
                List<Object> now = look();
                if (!now.equals(loaded) && now.equals(before)) {
                    loaded = now;
                    Reloader.Result unused = reloader.reloadWatched();
                }
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What tells a file from another: name, identity, size and time of the last change. */
    private List<Object> look() {
        List<Object> seen = new ArrayList<>();
        for (Path file : PolicyFile.filesOf(policies, ipsets)) {
            seen.add(file);
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                seen.add(String.valueOf(attributes.fileKey()));
                seen.add(attributes.size());
                seen.add(attributes.lastModifiedTime());
            } catch (IOException e) {
                // Not there, which is a state as any other: whoever reads it says so.
                seen.add("none");
            }
        }
        return seen;
    }
}
