package dev.atoll.launcher.supervise;

import java.io.IOException;
import java.time.Duration;

/**
 * What the launcher does besides waiting, wired once the program runs: the event loop with the control connection and the
 * link's share, the log, the sinks of reports. Making them takes longer than a short program runs, so that is a step of
 * its own, which a program's end does not wait for.
 */
public interface Services {
    /** Whether there is something that only they do and that may not be left undone; any thread. */
    boolean areNeeded();

    /** How long a program runs without them that does not need them yet. */
    Duration delay();

    /**
     * Makes everything, without any effect outside.
     *
     * @throws IOException if the kernel refuses something. Whatever else it throws, errors included, is a failure as well
     */
    void prepare() throws IOException;

    /**
     * Begins; after {@link #prepare}. The control connection is read by the services from here.
     *
     * @throws IOException as {@link #prepare}
     */
    void open() throws IOException;

    /**
     * Waits, after the program's end, until all it has said is taken in.
     *
     * @return whether nobody of the services reads the control connection any more
     */
    boolean drain();

    /** What is open is closed. */
    void finish();
}
