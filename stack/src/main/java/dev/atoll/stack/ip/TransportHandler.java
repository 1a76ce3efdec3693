package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.nic.Device;

/** A protocol above IP. Called under the stack's hold. */
public interface TransportHandler {
    /** Number in the IP header (IANA protocol numbers). */
    int protocolNumber();

    /**
     * Whether the header at {@code start()} is there, and the lengths that it states fit; checksums are not looked at.
     * From any thread: only the packet is touched.
     */
    boolean isHeaderWhole(PacketBuffer packet);

    /** Takes a packet addressed to this host; its transport header is at {@code start()}. */
    void receive(Device device, PacketBuffer packet);

    /**
     * Something said that a packet of ours did not arrive.
     *
     * @param quoted the packet as far as it is known: addresses set, our address as source, at least 8 bytes of
     *     transport header at {@code transportOffset}; only for this call
     * @param error what to tell the endpoint
     * @param hard the destination itself said so, or retrying is pointless; else the network may recover (RFC 1122
     *     section 4.2.3.9)
     * @param nextHopMtu for a packet too large, the MTU it should fit, bytes, or 0 if not known; else -1
     */
    void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu);
}
