package dev.atoll.runtime.loop;

import dev.atoll.runtime.link.PolledLink;
import dev.atoll.stack.env.Driver;
import java.io.IOException;
import java.util.List;

/**
 * The seam between a stack and the event loop that drives it.
 *
 * <p>Made first and given to the stack as its {@link Driver}; started once the stack has its links; closed after the
 * stack. An error in protocol code ends what is driven: the stack is closed, which unblocks every waiter, and the
 * {@link FailureReport} hears of it once.
 */
public interface StackDriver extends Driver, AutoCloseable {
    /**
     * Begins to drive. Called once.
     *
     * @param stack what to run
     * @param links the stack's links that have a descriptor to watch; none is fine
     * @throws IOException if a link's descriptor cannot be watched
     */
    void start(DrivenStack stack, List<? extends PolledLink> links) throws IOException;

    /**
     * Stops driving and returns when nothing of it runs any more, unless called by the driving thread itself. The
     * links stay as they are. Doing it again does nothing. From here on, as before the start, every thread may hold
     * the stack: nobody else would do its work.
     */
    @Override
    void close();
}
