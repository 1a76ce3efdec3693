package dev.atoll.stack.congestion;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;

/**
 * How the congestion window of one connection grows, and how far it falls. Windows are in segments, times in
 * nanoseconds of the stack's monotonic clock.
 *
 * <p>When to fall, and how to get there, is not its business: loss recovery decides that (RFC 6675, RFC 8985) and
 * proportional rate reduction carries it out (RFC 9937).
 *
 * <p>Called under the stack's hold, some methods for each acknowledgment, so it neither blocks, throws nor allocates. It
 * has no clock: of the same calls it makes the same window. What it keeps counts for each connection, idle ones too.
 */
public interface CongestionControl extends Archivable {
    /** Makes the congestion control of one connection. */
    @FunctionalInterface
    interface Factory {
        /**
         * Called under the stack's hold for each connection, and again for one that is given another congestion control.
         *
         * @param window what it moves, and nobody else's; it may be past its initial size
         */
        CongestionControl create(CongestionWindow window);
    }

    /** Its name, as TCP_CONGESTION has it: that under which its factory is known, always the same. */
    String name();

    /**
     * Segments were acknowledged outside of recovery while the window held the sender back: lets the window grow.
     *
     * @param acked how many, at least 1
     */
    void acknowledged(int acked, long nowNs);

    /**
     * Segments were acknowledged outside of recovery while the sender had less to send than the window allows, or the peer
     * less room: the window stays as it is.
     */
    default void notLimiting(long nowNs) {}

    /**
     * A round trip was measured without ambiguity.
     *
     * @param rttNs to the moment the acknowledgment arrived
     * @param sndUna first sequence number not acknowledged, this acknowledgment considered
     * @param sndNxt next sequence number to send
     */
    default void measured(long rttNs, int sndUna, int sndNxt, long nowNs) {}

    /** From now on what is sent is spread over the round trip. */
    default void paced() {}

    /** A loss, or a mark that stands for one: the slow start threshold that follows; at least 2. */
    int thresholdAfterLoss();

    /**
     * The loss was none: the window to go back to.
     *
     * @param priorWindow the window before the loss was seen
     */
    int windowAfterUndo(int priorWindow);

    /** The retransmission timer fired: what was learned of the path no longer holds. */
    default void timedOut() {}

    /** Sending begins anew after {@code idleNs} without anything in flight. */
    default void restarted(long idleNs, long nowNs) {}

    /** Its own state; the window is not its own. */
    @Override
    default void archive(Archive archive) {}
}
