package dev.atoll.stack.options;

import dev.atoll.stack.wire.FullAddress;

/**
 * Told of every segment that arrives for a TCP connection and of what it did, and when none arrive: for tests, plots of a
 * congestion window, and the like. Costs the copies it is given, and only connections made while a probe is installed pay.
 *
 * <p>Called outside the stack's hold, by whichever thread just had it, in the order of the segments; may call the stack.
 * While it blocks, calls of other threads go on as ever and further events wait, but the calling thread does nothing else:
 * if it drives the stack, then frames and timers wait too. A thousand events wait; those beyond are lost and counted
 * ({@code eventsLost}). {@code TcpProbeContract} tests what the stack relies on.
 */
@FunctionalInterface
public interface TcpProbe {
    /** A segment was processed. */
    void onSegment(Event event);

    /**
     * Nothing has been acknowledged for as long as R1 (RFC 9293 section 3.8.3, Linux's tcp_retries1): the next hop is asked
     * whether it is there. Called at each timeout from then on.
     */
    default void onPathDoubted(Doubt doubt) {}

    /**
     * A connection whose peer does not answer.
     *
     * @param timeNs the clock's monotonic time, nanoseconds
     * @param local the connection's own address and port
     * @param remote the peer's
     */
    record Doubt(long timeNs, FullAddress local, FullAddress remote, State state) {}

    /**
     * One segment and the connection before and after it.
     *
     * @param timeNs the clock's monotonic time at which it was processed, nanoseconds
     * @param local the connection's own address and port
     * @param remote the peer's
     */
    record Event(long timeNs, FullAddress local, FullAddress remote, Segment segment, State before, State after) {}

    /**
     * The segment (RFC 9293 section 3.1).
     *
     * @param flags as in the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128
     * @param window the field as it came, not scaled
     * @param payloadBytes text without SYN and FIN; of a super-segment that a link coalesced, all of it
     */
    record Segment(int sequence, int acknowledgment, int flags, int window, int payloadBytes) {}

    /**
     * A connection at one moment; sequence numbers are those on the wire (RFC 9293 section 3.3.1).
     *
     * @param unsentBytes written and never sent
     * @param unreadBytes received in order and not read
     */
    record State(int sndUna, int sndNxt, int rcvNxt, int unsentBytes, int unreadBytes, TcpInfo info) {}
}
