package dev.atoll.runtime.loop;

import java.io.IOException;

/** Hears why what a driver drives stopped by itself. */
@FunctionalInterface
public interface FailureReport {
    /**
     * Protocol code or the driver failed and the network is cut. Called once, by the thread it happened in, after the
     * stack was closed.
     */
    void stackFailed(Throwable cause);

    /**
     * A link has ended: its other end is gone or lost step. Connections through it have ended with it; the stack goes
     * on. Called once for each link, by the driving thread, outside the stack's hold.
     */
    default void linkFailed(String reason) {}

    /** What joins the stack's loopback with the kernel's has failed; the rest goes on. Called once, by the thread it happened in. */
    default void localhostFailed(Throwable cause) {}

    /** The recording of packets has ended, a full disk say; the network goes on. Called once. */
    default void captureFailed(IOException cause) {}
}
