package dev.atoll.runtime.loop;

/** Hears why a stack stopped by itself. */
@FunctionalInterface
public interface FailureReport {
    /**
     * Protocol code, a link or the driver failed and the network is cut. Called once, by the thread it happened in,
     * after the stack was closed.
     */
    void stackFailed(Throwable cause);
}
