package dev.atoll.stack.tcp;

/** How much may be in flight. Windows in bytes. Under the stack's hold. */
interface CongestionControl {
    /** The congestion window. */
    int cwndBytes();

    /** The slow start threshold. */
    int ssthreshBytes();

    /** The path's segment size is known, or changed; at the beginning it fixes the initial window. */
    void mss(int mssBytes);

    /** New data was acknowledged outside of recovery, while the window was what held the sender back. */
    void acknowledged(int bytes);

    /** A segment is lost, and recovery begins: half of what is in flight. */
    void enterRecovery(int flightBytes);

    /** A further duplicate ACK in recovery: a segment has left the network (RFC 5681 section 3.2, step 4). */
    void duplicateAck();

    /** A partial acknowledgment in recovery (RFC 6582 section 3.2, step 3). */
    void partialAck(int bytes);

    /** Recovery is over (RFC 6582 section 3.2, step 2). */
    void exitRecovery(int flightBytes);

    /** The retransmission timer fired, for the first time since progress if {@code first} (RFC 5681 section 3.1). */
    void timeout(int flightBytes, boolean first);

    /** Nothing was sent for longer than the retransmission timeout (RFC 5681 section 4.1). */
    void idle();
}
