package dev.atoll.stack.buffer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packets: headers in front, payload behind or elsewhere, copies, and what becomes of the memory. */
class PacketBufferTest {
    private final BufferPool pool = new BufferPool();

    @AfterEach
    void nothingLeaks() {
        assertEquals(0, pool.outstanding());
    }

    private PacketBuffer payload(int... bytes) {
        PacketBuffer packet = pool.allocate(bytes.length);
        int at = packet.append(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            packet.data().put(at + i, (byte) bytes[i]);
        }
        return packet;
    }

    @Test
    @Requirement("features F1")
    void outgoing_isBuiltBackToFront() {
        PacketBuffer packet = payload(7, 8, 9);
        assertEquals(BufferPool.HEADROOM, packet.headroom());
        packet.transportOffset = packet.push(2);
        packet.data().putShort(packet.transportOffset, (short) 0x0506);
        packet.networkOffset = packet.push(4);
        packet.data().putInt(packet.networkOffset, 0x01020304);
        assertEquals(packet.start(), packet.networkOffset);
        assertEquals(BufferPool.HEADROOM - 6, packet.headroom());
        assertEquals(9, packet.length());
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, packet.toArray());
        packet.release();
    }

    @Test
    @Requirement("features F1")
    void incoming_isConsumedFrontToBack_andPaddingIsTrimmed() {
        PacketBuffer packet = payload(1, 2, 3, 4, 0, 0);
        packet.networkOffset = packet.start();
        packet.consume(2);
        packet.trimTo(2);
        assertArrayEquals(new byte[] {3, 4}, packet.toArray());
        // What was consumed can still be read by its position.
        assertEquals(1, packet.data().get(packet.networkOffset));
        assertThrows(IllegalStateException.class, () -> packet.consume(3));
        assertThrows(IllegalStateException.class, () -> packet.trimTo(3));
        packet.release();
    }

    @Test
    void headersThatDoNotFit_areABug() {
        PacketBuffer packet = payload(1);
        packet.push(BufferPool.HEADROOM);
        assertThrows(IllegalStateException.class, () -> packet.push(1));
        assertThrows(IllegalStateException.class, () -> packet.append(packet.tailroom() + 1));
        packet.release();
    }

    @Test
    void fragments_areSentWithoutBeingCopied() {
        PacketBuffer packet = payload(1, 2);
        PacketBuffer other = payload(3, 4, 5, 6);
        ByteBuffer window = other.window(other.start() + 1, 2);
        packet.addFragment(window);
        assertEquals(2, packet.linearLength());
        assertEquals(4, packet.length());
        assertEquals(1, packet.fragmentCount());
        assertSame(window, packet.fragment(0));
        assertArrayEquals(new byte[] {1, 2, 4, 5}, packet.toArray());
        other.data().put(other.start() + 1, (byte) 44);
        assertEquals(44, packet.toArray()[2]);
        packet.release();
        other.release();
    }

    @Test
    @Requirement("features F1")
    @Requirement("features M10")
    void copy_hasWhatIsKnownOfThePacket_andMemoryOfItsOwn() {
        PacketBuffer packet = payload(1, 2, 3, 4);
        packet.networkOffset = packet.start();
        packet.transportOffset = packet.start() + 1;
        packet.ipVersion = 4;
        packet.type = PacketType.BROADCAST;
        packet.nicId = 3;
        packet.arrivalNs = 99;
        packet.mark = 5;
        packet.checksumValidated = true;
        packet.gsoType = PacketBuffer.GSO_TCPV4;
        packet.gsoSize = 1448;
        packet.consume(2);
        PacketBuffer copy = pool.copy(packet);
        packet.data().put(packet.start(), (byte) 33);

        assertArrayEquals(new byte[] {3, 4}, copy.toArray());
        assertEquals(1, copy.data().get(copy.networkOffset));
        assertEquals(2, copy.data().get(copy.transportOffset));
        assertEquals(4, copy.ipVersion);
        assertEquals(PacketType.BROADCAST, copy.type);
        assertEquals(3, copy.nicId);
        assertEquals(99, copy.arrivalNs);
        assertEquals(5, copy.mark);
        assertTrue(copy.checksumValidated);
        assertEquals(PacketBuffer.GSO_TCPV4, copy.gsoType);
        assertEquals(1448, copy.gsoSize);
        packet.release();
        copy.release();
    }

    @Test
    @Requirement("features F1")
    void memory_isUsedAgain_asNew_andGivenBackOnce() {
        PacketBuffer packet = payload(1, 2, 3);
        packet.networkOffset = packet.start();
        packet.checksumValidated = true;
        packet.gsoType = PacketBuffer.GSO_TCPV6;
        packet.release();
        assertThrows(IllegalStateException.class, packet::release);

        PacketBuffer again = pool.allocate(3);
        assertSame(packet, again);
        assertEquals(0, again.length());
        assertEquals(PacketBuffer.UNKNOWN, again.networkOffset);
        assertFalse(again.checksumValidated);
        assertEquals(PacketBuffer.GSO_NONE, again.gsoType);
        again.release();
    }
}
