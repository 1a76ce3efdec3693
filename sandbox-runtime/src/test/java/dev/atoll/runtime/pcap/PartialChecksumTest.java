package dev.atoll.runtime.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PartialChecksumTest {
    /** RFC 1071 section 3 has this example: 0001 f203 f4f5 f6f7 sum to ddf2. */
    @Test
    void sum_ofTheRfcsExample() {
        ByteBuffer bytes = ByteBuffer.allocate(8).putLong(0x0001f203f4f5f6f7L);
        assertEquals(0xddf2, PartialChecksum.sum(bytes, 0, 8));
    }

    @Test
    void sum_ofAnyLength_isTheSumOfItsHalves() {
        Rng rng = Rng.seeded(1);
        for (int length = 0; length < 200; length++) {
            ByteBuffer bytes = ByteBuffer.allocate(length + 1);
            for (int i = 0; i < length; i++) {
                bytes.put(i, (byte) rng.nextLong());
            }
            int expected = 0;
            for (int i = 0; i < length; i++) {
                expected += (bytes.get(i) & 0xff) << (i % 2 == 0 ? 8 : 0);
            }
            while (expected >>> 16 != 0) {
                expected = (expected & 0xffff) + (expected >>> 16);
            }
            assertEquals(expected, PartialChecksum.sum(bytes, 0, length), "length " + length);
        }
    }

    @Test
    void complete_udpThatSumsToZero_isWrittenAsOnes() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[42]);
        packet.checksumPartial = true;
        packet.checksumStart = packet.start() + 34;
        packet.checksumOffset = 6;
        // A field of ones and nothing else sums to ffff, whose complement is 0.
        packet.data().putShort(packet.checksumStart + 6, (short) 0xffff);
        ByteBuffer copy = ByteBuffer.allocate(42);
        packet.copyTo(copy, 0);
        PartialChecksum.complete(packet, copy, 0);
        assertEquals((short) 0xffff, copy.getShort(40));
    }

    @Test
    void complete_whatIsComplete_staysAsItIs() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[42]);
        ByteBuffer copy = ByteBuffer.allocate(42).putShort(40, (short) 0x1234);
        PartialChecksum.complete(packet, copy, 0);
        assertEquals(0x1234, copy.getShort(40));
    }
}
