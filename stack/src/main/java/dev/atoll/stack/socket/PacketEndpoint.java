package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.LinkTarget;
import dev.atoll.stack.options.ReceivedFrame;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint for whole frames, those that go out included, below the packet filter (packet(7)).
 *
 * <p>Frames begin with their link header, or, if the endpoint is cooked, without. As on Linux, TCP super-segments are
 * seen whole, and checksums that the link completes are seen incomplete.
 */
public interface PacketEndpoint extends Endpoint {
    /** EtherType of {@link #bind(int, int)}: frames of every type. */
    int ALL_TYPES = 3;

    /**
     * Says which frames are received: before this, none. What waits is dropped. {@link #bind(FullAddress)} does the
     * same with the EtherType as port.
     *
     * @param nicId 0 for those of every NIC
     * @param etherType {@link #ALL_TYPES} for every type
     * @throws StackException UNKNOWN_NIC, CLOSED
     */
    void bind(int nicId, int etherType) throws StackException;

    @Override
    void bind(FullAddress local) throws StackException;

    /**
     * Takes the next frame into {@code target}; what does not fit is lost.
     *
     * @return what is known of it, or null if none waits
     * @throws StackException CLOSED
     */
    @Nullable ReceivedFrame receive(ByteBuffer target) throws StackException;

    /** Bytes of the next frame, or -1 if none waits. */
    int nextLength();

    /**
     * Sends one frame.
     *
     * @param frame the bytes from position to limit, consumed if sent
     * @param target where to; may be null if the endpoint is not cooked and bound to a NIC
     * @return bytes sent, or {@link #WOULD_BLOCK}
     * @throws StackException UNKNOWN_NIC, DESTINATION_REQUIRED, MESSAGE_TOO_LONG, NETWORK_DOWN, INVALID (shorter than a
     *     link header), CLOSED
     */
    int send(ByteBuffer frame, @Nullable LinkTarget target) throws StackException;
}
