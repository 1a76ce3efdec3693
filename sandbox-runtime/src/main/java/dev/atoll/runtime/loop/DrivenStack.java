package dev.atoll.runtime.loop;

import dev.atoll.stack.Stack;

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

    /** The stack that everything is about. */
    static DrivenStack of(Stack stack) {
        return new DrivenStack() {
            @Override
            public long run(Runnable work) {
                return stack.run(work);
            }

            @Override
            public void close() {
                stack.close();
            }
        };
    }
}
