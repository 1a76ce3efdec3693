package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.protocol.NetworkProtocol;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the stack relies on in a {@link NetworkProtocol}. */
public abstract class NetworkProtocolContract extends ProtocolContract<NetworkProtocol> {
    private static final long SENDER = 0x02_00_00_00_00_02L;

    protected NetworkProtocolContract() {}

    @Override
    final int number(NetworkProtocol protocol) {
        return protocol.etherType();
    }

    @Override
    final int minimumPacketBytes(NetworkProtocol protocol) {
        return protocol.minimumPacketBytes();
    }

    @Override
    final void attach(NetworkProtocol protocol, Surroundings stack) {
        protocol.attach(stack);
    }

    @Override
    final PacketBuffer arrived(BufferPool pool, NetworkProtocol protocol, boolean unicast, byte[] bytes) {
        PacketBuffer packet = pool.allocate(bytes.length);
        packet.data().put(packet.append(bytes.length), bytes);
        packet.networkOffset = packet.start();
        packet.etherType = protocol.etherType();
        packet.linkSource = SENDER;
        packet.type = unicast ? PacketType.HOST : PacketType.BROADCAST;
        packet.nicId = 2;
        return packet;
    }

    @Override
    final Object receive(NetworkProtocol protocol, PacketBuffer packet) {
        return protocol.receive(packet);
    }

    @Override
    final Object taken() {
        return true;
    }

    /** A stack tells such a protocol of packets alone: another one comes. */
    @Override
    final void interrupt(NetworkProtocol protocol, Surroundings stack, SplittableRandom random) {
        PacketBuffer packet = arrived(stack.pool(), protocol, /* unicast= */ true, packet(random.nextInt(10)));
        stack.note(protocol.receive(packet));
        PacketSamples.overwrite(packet);
        packet.release();
    }

    @Test
    void number_isOneThatTheEthernetHeaderHolds() {
        int number = newProtocol().etherType();
        assertTrue(number >= 0x600 && number <= 0xffff, "EtherType " + number);
    }
}
