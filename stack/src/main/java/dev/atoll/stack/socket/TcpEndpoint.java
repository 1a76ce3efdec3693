package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpInfo;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.TcpState;
import java.nio.ByteBuffer;

/** One end of a TCP connection (RFC 9293), or what is to become one. */
public interface TcpEndpoint extends Endpoint {
    /**
     * Begins to connect. When the handshake is over, well or badly, the endpoint becomes ready for {@link
     * Readiness#OUT}; {@link #takeError} then says which.
     *
     * @return true if the connection is there already, as it can be on loopback
     * @throws StackException NETWORK_UNREACHABLE, BAD_LOCAL_ADDRESS (no ephemeral port left), ALREADY_CONNECTED,
     *     ALREADY_CONNECTING, NOT_SUPPORTED, CLOSED; REFUSED and its kin, with the rule as detail, if the policy
     *     rejects it
     */
    boolean connect(FullAddress remote) throws StackException;

    /**
     * Moves received bytes to {@code target}.
     *
     * @return how many, or {@link #WOULD_BLOCK}, or {@link #END_OF_STREAM}; 0 only if {@code target} is full
     * @throws StackException RESET, TIMED_OUT and whatever else ended the connection, each time; NOT_CONNECTED, CLOSED
     */
    int read(ByteBuffer target) throws StackException;

    /**
     * Takes bytes to send from {@code source}, as many as the send buffer has room for.
     *
     * @return how many, at least 1 unless {@code source} is empty, or {@link #WOULD_BLOCK}
     * @throws StackException BROKEN_PIPE after {@link #shutdownWrite} or a reset, what ended the connection the first
     *     time, NOT_CONNECTED, CLOSED
     */
    int write(ByteBuffer source) throws StackException;

    /**
     * The same, saying that more follows at once (MSG_MORE): what does not fill a segment waits for it, though no
     * longer than a retransmission timeout.
     *
     * @throws StackException as {@link #write}
     */
    default int writeMore(ByteBuffer source) throws StackException {
        return write(source);
    }

    /**
     * The same as {@link #write}, ending a record (MSG_EOR): what is written later shares no segment with it. Only if
     * all of {@code source} is taken does the record end.
     *
     * @throws StackException as {@link #write}
     */
    default int writeRecord(ByteBuffer source) throws StackException {
        return write(source);
    }

    /**
     * Takes back what was written and has not been sent at all (RFC 9293 section 3.9.1.7, FLUSH): the peer never sees it.
     * What was sent once, and FIN after {@link #shutdownWrite}, still go.
     *
     * @return how many bytes
     * @throws StackException as {@link #write}, though not after {@link #shutdownWrite} alone
     */
    default int discardUnsent() throws StackException {
        throw new StackException(StackError.NOT_SUPPORTED);
    }

    /** What is known of the connection (TCP_INFO). */
    TcpInfo info();

    /**
     * Type of service or traffic class of the last segment that was taken, the octet in its header; 0 before one was. What
     * Linux tells of a stream by IP_RECVTOS and IPV6_RECVTCLASS with IP_PKTOPTIONS.
     */
    default int receivedTos() {
        return 0;
    }

    /**
     * Sends one byte of urgent data (RFC 6093: better not).
     *
     * @return false if the send buffer is full
     * @throws StackException as {@link #write}
     */
    boolean sendUrgent(byte value) throws StackException;

    /**
     * Takes the urgent byte apart from the stream (MSG_OOB); {@link Readiness#PRI} says that there is one. With {@link
     * EndpointOption#SO_OOBINLINE} it is read with the rest instead.
     *
     * @return 0 to 255, or {@link #WOULD_BLOCK} if the peer announced one that has not come
     * @throws StackException INVALID if there is none, or it was taken, or it is inline; CLOSED
     */
    default int readUrgent() throws StackException {
        throw new StackException(StackError.INVALID);
    }

    /**
     * Whether all that was sent before the urgent byte has been read, and nothing behind it (sockatmark). A read never
     * crosses that place.
     */
    default boolean isAtMark() {
        return false;
    }

    /** Bytes that can be read now. */
    int available();

    /**
     * Reads no more: what arrived and what still arrives is thrown away, and reads give an end of stream.
     *
     * @throws StackException NOT_CONNECTED, CLOSED
     */
    void shutdownRead() throws StackException;

    /**
     * Sends what was written, then FIN; later writes give BROKEN_PIPE.
     *
     * @throws StackException NOT_CONNECTED, CLOSED
     */
    void shutdownWrite() throws StackException;

    /** Ends the connection at once with RST and closes the endpoint. */
    void abort();

    /**
     * Where the connection was going when it began, before a rule translated its destination (SO_ORIGINAL_DST): for a
     * proxy that DNAT or REDIRECT leads connections to.
     *
     * @throws StackException NOT_CONNECTED without a connection, or if connection tracking does not know it; CLOSED
     */
    default FullAddress originalDestination() throws StackException {
        throw new StackException(StackError.NOT_CONNECTED);
    }

    /** Where the connection is in its life. */
    TcpState state();

    /** Bytes written that the peer has not acknowledged yet; for close with linger. */
    int unacknowledgedBytes();
}
