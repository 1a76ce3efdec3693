package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;

/**
 * Gives a NIC its IPv4 address, and so must hear what comes before there is one. Under the stack's hold.
 */
public interface HostConfiguration {
    /** Whether a whole IPv4 packet, its headers located, is for this, to whatever address it goes. */
    boolean takes(PacketBuffer packet);

    /** A packet that {@link #takes}, let in by the policy; does not take it. */
    void receive(PacketBuffer packet);

    /** An ARP packet came in. */
    void arpSeen(IpAddress sender, long senderLink, IpAddress target);

    /** The NIC was switched on again. */
    void restarted();

    /** The NIC is going away. */
    void closed();
}
