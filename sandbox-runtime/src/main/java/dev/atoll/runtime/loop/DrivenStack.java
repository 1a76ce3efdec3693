package dev.atoll.runtime.loop;

/** A stack as its driver sees it. */
public interface DrivenStack {
    /**
     * Takes the stack's hold, runs {@code work} (polling the links), then what is due, gives the hold back and calls
     * listeners.
     *
     * @return the next deadline in the clock's monotonic time, or {@link dev.atoll.stack.env.TimerQueue#NEVER}
     */
    long run(Runnable work);

    /** Ends the stack: links are closed and whoever waits for one of its endpoints is told. */
    void close();
}
