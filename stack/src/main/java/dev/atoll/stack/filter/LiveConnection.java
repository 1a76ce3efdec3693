package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.FullAddress;

/**
 * A connection of this host's own that lives while rules change: what {@link RuleChange} has to know of it and connection tracking
 * does not. Called under the stack's hold.
 */
public interface LiveConnection {
    /** Its own end, as the endpoint has it. */
    FullAddress local();

    /** Its peer, as the endpoint has it. */
    FullAddress remote();

    /** Whether the peer began it; only asked where connection tracking does not know. */
    boolean isAccepted();

    /** Whether its handshake is over. */
    boolean isEstablished();

    /**
     * Gives a made-up packet all that a packet which its endpoint sends has beside headers, its mark for one: what rules may ask of
     * who sends it.
     */
    void describe(PacketBuffer sent);

    /**
     * Ends it, for the endpoint with an error, for the peer with a reset.
     *
     * @param rule what decided
     */
    void end(StackError error, String rule);
}
