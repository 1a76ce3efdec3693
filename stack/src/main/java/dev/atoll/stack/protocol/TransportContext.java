package dev.atoll.stack.protocol;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** What a stack gives to a transport protocol: IP below it. */
public interface TransportContext extends ProtocolContext {
    /**
     * The address that packets to a destination carry as their source: for checksums that cover it.
     *
     * @param destination the port means nothing
     * @return null if there is no way
     */
    @Nullable IpAddress sourceFor(FullAddress destination);

    /**
     * Sends a packet, cut into fragments if it is larger than the path carries. Takes the packet.
     *
     * @param packet begins with the protocol's own header
     * @param source a local address, or null to have one chosen
     * @param destination the port means nothing
     * @param ttl time to live or hop limit, 1 to 255
     * @param tos type of service or traffic class: the octet in the header
     * @return null if it is on its way; NETWORK_UNREACHABLE, MESSAGE_TOO_LONG, or what the policy made of it
     */
    @Nullable StackError send(PacketBuffer packet, @Nullable IpAddress source, FullAddress destination, int ttl, int tos);

    /**
     * Says that a destination got what was sent to it: its next hop is there and need not be asked (RFC 4861 section
     * 7.3.1). Does nothing if there is no way.
     *
     * @param destination the port means nothing
     */
    void confirmReachable(FullAddress destination);
}
