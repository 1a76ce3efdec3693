package dev.atoll.launcher.supervise;

/**
 * What the launcher does besides waiting, wired once the program starts to run: the event loop with the control
 * connection and the link's share, the log, the sinks of reports.
 */
public interface Services {
    /** Makes everything and begins; takes half a second. The control connection belongs to it from here. */
    void start();

    /** Waits, after the program's end, until all it has said is taken in. */
    void drain();

    /** What is open is closed. */
    void finish();
}
