package dev.atoll.stack.env;

/**
 * What drives a stack: the stack's side of the seam to an event loop.
 *
 * <p>Both methods may be called by any thread and must neither block nor call into the stack.
 */
public interface Driver {
    /**
     * Whether the calling thread may run protocol code. A thread that may not (a virtual thread, one whose interrupt
     * would close the link, one about to run out of stack) hands its work to the driving thread and waits.
     */
    boolean mayHold();

    /** The driving thread has something to do: work was queued, or the next deadline became earlier. */
    void wake();

    /** For stacks that their caller drives by hand, as in virtual time: every thread may hold, nobody is woken. */
    Driver MANUAL = new Driver() {
        @Override
        public boolean mayHold() {
            return true;
        }

        @Override
        public void wake() {}
    };
}
