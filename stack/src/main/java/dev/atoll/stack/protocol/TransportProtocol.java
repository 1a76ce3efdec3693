package dev.atoll.stack.protocol;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;

/**
 * A protocol above IP. An instance belongs to one stack. Its packets pass the policy's hooks like those of any other
 * protocol.
 *
 * <p>Called under the stack's hold, by whichever thread has it: must not block; may send. What it does depends on the calls
 * alone, on the time, the timers and the random source of its {@link TransportContext}, so that a run can be repeated; what
 * it keeps has a limit. {@code TransportProtocolContract} tests all that.
 */
public interface TransportProtocol extends Archivable {
    /** Number in the IP header (IANA protocol numbers); always the same, as is {@link #minimumPacketBytes}. */
    int protocolNumber();

    /** Packets with less behind the IP header are dropped before they come here, bytes. */
    default int minimumPacketBytes() {
        return 0;
    }

    /** Called once, when the stack is built; nothing can be sent yet. */
    default void attach(TransportContext context) {}

    /**
     * A packet addressed to this host, its transport header at {@code start()}; anything may be in it, and nothing of that
     * is a reason to throw. Looks at the packet, neither changes it, since its sender may be told of it, nor keeps it: {@code
     * pool().copy(packet)} does.
     */
    TransportDisposition receive(PacketBuffer packet);

    /**
     * Something said that a packet of this protocol did not arrive.
     *
     * @param quoted the packet as far as it is known: addresses set, our address as source, at least 8 bytes from {@code
     *     transportOffset} on; only for this call
     * @param error what to tell the endpoint
     * @param hard the destination itself said so, or retrying is pointless; else the network may recover (RFC 1122
     *     section 4.2.3.9)
     * @param nextHopMtu for a packet too large, the MTU it should fit, bytes, or 0 if not known; else -1
     */
    default void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {}

    /** Its state when the stack is saved and restored; by default it has none. */
    @Override
    default void archive(Archive archive) {}
}
