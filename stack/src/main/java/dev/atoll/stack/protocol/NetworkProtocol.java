package dev.atoll.stack.protocol;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;

/**
 * A protocol beside IP. An instance belongs to one stack. The policy, which is one for IP, does not see its packets.
 *
 * <p>Called under the stack's hold, by whichever thread has it: must not block; may send. What it does depends on the calls
 * alone, on the time, the timers and the random source of its {@link NetworkContext}, so that a run can be repeated; what it
 * keeps has a limit. {@code NetworkProtocolContract} tests all that.
 */
public interface NetworkProtocol extends Archivable {
    /** Number in the Ethernet header; always the same, as is {@link #minimumPacketBytes}. */
    int etherType();

    /** Packets shorter than this are dropped before they come here, bytes. */
    default int minimumPacketBytes() {
        return 0;
    }

    /** Called once, when the stack is built; there is no NIC yet but {@code lo}. */
    default void attach(NetworkContext context) {}

    /**
     * A packet that came in by a NIC, its header at {@code start()}; {@code linkSource}, {@code type} and {@code nicId}
     * tell where from. Anything may be in it, and nothing of that is a reason to throw. Looks at the packet, neither changes
     * nor keeps it: {@code pool().copy(packet)} does.
     *
     * @return false if it contradicts the protocol
     */
    boolean receive(PacketBuffer packet);

    /** Its state when the stack is saved and restored; by default it has none. */
    @Override
    default void archive(Archive archive) {}
}
