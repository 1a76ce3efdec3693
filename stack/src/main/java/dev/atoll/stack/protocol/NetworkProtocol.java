package dev.atoll.stack.protocol;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;

/** A protocol beside IP. An instance belongs to one stack. The policy, which is one for IP, does not see its packets. */
public interface NetworkProtocol extends Archivable {
    /** Number in the Ethernet header. */
    int etherType();

    /** Packets shorter than this are dropped before they come here, bytes. */
    default int minimumPacketBytes() {
        return 0;
    }

    /** Called once, when the stack is built; there is no NIC yet but {@code lo}. */
    default void attach(NetworkContext context) {}

    /**
     * A packet that came in by a NIC, its header at {@code start()}; {@code linkSource}, {@code type} and {@code nicId}
     * tell where from. Looks at the packet, does not keep it: {@code pool().copy(packet)} does.
     *
     * @return false if it contradicts the protocol
     */
    boolean receive(PacketBuffer packet);

    /** Its state when the stack is saved and restored; by default it has none. */
    @Override
    default void archive(Archive archive) {}
}
