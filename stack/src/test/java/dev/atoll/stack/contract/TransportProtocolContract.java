package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.protocol.TransportDisposition;
import dev.atoll.stack.protocol.TransportProtocol;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the stack relies on in a {@link TransportProtocol}, over both families. */
public abstract class TransportProtocolContract extends ProtocolContract<TransportProtocol> {
    /** What is known of a packet that did not arrive, bytes (RFC 792). */
    private static final int QUOTED_BYTES = 8;

    private static final StackError[] ERRORS = {
        StackError.REFUSED,
        StackError.PROTOCOL_UNREACHABLE,
        StackError.HOST_UNREACHABLE,
        StackError.NETWORK_UNREACHABLE,
        StackError.MESSAGE_TOO_LONG
    };

    protected TransportProtocolContract() {}

    @Override
    final int number(TransportProtocol protocol) {
        return protocol.protocolNumber();
    }

    @Override
    final int minimumPacketBytes(TransportProtocol protocol) {
        return protocol.minimumPacketBytes();
    }

    @Override
    final void attach(TransportProtocol protocol, Surroundings stack) {
        protocol.attach(stack);
    }

    @Override
    final PacketBuffer arrived(BufferPool pool, TransportProtocol protocol, boolean ipv4, byte[] bytes) {
        PacketBuffer packet = PacketSamples.packet(pool, ipv4, protocol.protocolNumber(), 0, bytes);
        packet.consume(packet.transportOffset - packet.start());
        return packet;
    }

    @Override
    final Object receive(TransportProtocol protocol, PacketBuffer packet) {
        return Objects.requireNonNull(protocol.receive(packet), "a disposition");
    }

    @Override
    final Object taken() {
        return TransportDisposition.HANDLED;
    }

    /** A packet that it may have sent did not arrive; what is quoted of it is what was sent, or anything. */
    @Override
    final void interrupt(TransportProtocol protocol, Surroundings stack, SplittableRandom random) {
        byte[] bytes = random.nextBoolean()
                ? PacketSamples.bytes(random, QUOTED_BYTES)
                : java.util.Arrays.copyOf(packet(0), Math.max(QUOTED_BYTES, packet(0).length));
        PacketBuffer quoted = arrived(stack.pool(), protocol, random.nextBoolean(), bytes);
        StackError error = ERRORS[random.nextInt(ERRORS.length)];
        int nextHopMtu = error != StackError.MESSAGE_TOO_LONG ? -1 : random.nextBoolean() ? 0 : 1280;
        protocol.unreachable(quoted, error, random.nextBoolean(), nextHopMtu);
        PacketSamples.overwrite(quoted);
        quoted.release();
    }

    @Test
    void number_isOneThatTheIpHeaderHolds() {
        int number = newProtocol().protocolNumber();
        assertTrue(number >= 0 && number <= 255, "protocol " + number);
    }
}
