package dev.atoll.launcher.supervise;

import java.io.IOException;

/**
 * What the launcher does besides waiting, wired once the program starts to run: the event loop with the control
 * connection and the link's share, the log, the sinks of reports.
 */
public interface Services {
    /**
     * Makes everything and begins; takes half a second. The control connection is read by it from here.
     *
     * @throws IOException if the kernel refuses something. Whatever else it throws, errors included, is a failure as well
     */
    void start() throws IOException;

    /**
     * Waits, after the program's end, until all it has said is taken in.
     *
     * @return whether nobody of the services reads the control connection any more
     */
    boolean drain();

    /** What is open is closed. */
    void finish();
}
