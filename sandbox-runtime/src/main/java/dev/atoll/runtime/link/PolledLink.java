package dev.atoll.runtime.link;

import dev.atoll.stack.link.LinkEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A link over a descriptor: what the driver of a stack needs of it besides what the stack needs.
 *
 * <p>The driver watches the descriptor and calls {@link #poll} under the stack's hold; a link never waits by itself.
 */
public interface PolledLink extends LinkEndpoint {
    /** What to watch. */
    HostDescriptor descriptor();

    /**
     * Tells the link whom to wake when {@link #wantsWrite} became true in a thread other than the driver's. Called
     * once, before the first poll.
     */
    void onInterestChanged(Runnable wake);

    /** Whether the descriptor is to be watched for room to write, too. Any thread. */
    boolean wantsWrite();

    /**
     * Moves what is there, a bounded batch of it. Under the stack's hold.
     *
     * @param readable the descriptor may have something to read
     * @param writable the descriptor may have room
     * @return whether frames wait inside the link, so that the driver must come back without waiting
     */
    boolean poll(boolean readable, boolean writable);

    /** Why the link ended by itself, or null. Under the stack's hold. */
    @Nullable String failure();

    LinkCounters counters();
}
