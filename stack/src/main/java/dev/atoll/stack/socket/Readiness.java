package dev.atoll.stack.socket;

/** What an endpoint is ready for, as bits, with the meaning the same words have in poll(2). */
public final class Readiness {
    /** Reading gives bytes, a datagram, an end of stream, or an error; a listener has a connection to accept. */
    public static final int IN = 1;
    /** Writing takes at least some bytes, or gives an error; a connect is finished. */
    public static final int OUT = 2;
    /** An error waits to be taken. */
    public static final int ERR = 4;
    /** Both directions are over. */
    public static final int HUP = 8;
    /** The peer sends no more. */
    public static final int RDHUP = 16;

    /** An urgent byte waits to be taken apart from the stream. */
    public static final int PRI = 32;

    private Readiness() {}
}
