package dev.atoll.launcher.jvms;

import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.pcap.PcapngWriter;
import dev.atoll.stack.env.Clock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Recordings of the links of JVMs, a pcapng file for each: beside the one that the user has named, with the JVM's process id. A file that is
 * there already is left alone, whoever has put it there. Thread-safe.
 */
public final class Recordings {
    /** How often a process id may come again, in this run or earlier ones. */
    private static final int MAX_SAME = 100;

    /** How long the run's end waits for what is still to be written. */
    private static final long END_LIMIT_S = 10;

    /** Of each of the two buffers of a recording; there may be as many recordings as JVMs. */
    private static final int BUFFER_BYTES = 512 << 10;

    private final Path named;
    private final Consumer<String> log;
    private final Clock clock = new SystemClock();
    private final Set<Recording> open = new HashSet<>();

    /**
     * @param named the file that the user has named
     * @param log hears what is not recorded
     */
    public Recordings(Path named, Consumer<String> log) {
        this.named = named;
        this.log = log;
    }

    /**
     * Begins one.
     *
     * @param pid of the JVM, as the launcher sees it
     */
    Recording begin(int pid) throws IOException {
        FileChannel file = create(pid);
        Recording begun;
        try {
            begun = new Recording(new PcapngWriter(
                    file,
                    clock,
                    "JVM " + pid,
                    BUFFER_BYTES,
                    failure -> log.accept("the recording of the JVM with process id " + pid + " has ended: "
                            + failure.getMessage())));
        } catch (IOException e) {
            file.close();
            throw e;
        }
        synchronized (this) {
            open.add(begun);
        }
        return begun;
    }

    /** Only ever a new file: the program can put links where it knows of a name, which the launcher must not follow. */
    private FileChannel create(int pid) throws IOException {
        for (int same = 1; ; same++) {
            try {
                return FileChannel.open(file(pid, same), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                if (same == MAX_SAME) {
                    throw e;
                }
            }
        }
    }

    private Path file(int pid, int same) {
        String name = String.valueOf(named.getFileName());
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        String number = same == 1 ? "" : "-" + same;
        return named.resolveSibling(name.substring(0, end) + "-" + pid + number + name.substring(end));
    }

    /** Its link has ended; waits until the rest is written. */
    void end(Recording recording) {
        recording.close();
        synchronized (this) {
            open.remove(recording);
            notifyAll();
        }
    }

    /** Waits until all have ended, which JVMs that have ended bring about, and ends those that have not after a while. */
    void finish() {
        Set<Recording> left;
        synchronized (this) {
            long startNs = System.nanoTime();
            long limitMs = TimeUnit.SECONDS.toMillis(END_LIMIT_S);
            long leftMs = limitMs;
            try {
                while (!open.isEmpty() && leftMs > 0) {
                    wait(leftMs);
                    leftMs = limitMs - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            left = Set.copyOf(open);
        }
        left.forEach(Recording::close);
    }
}
