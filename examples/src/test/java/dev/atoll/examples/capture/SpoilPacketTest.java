package dev.atoll.examples.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoilPacketTest {
    private static final int HEADER_BYTES = 28;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void secondPacket_spoiled_differsInItsLastByteOnly(boolean bigEndian) throws IOException {
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer before = file(order, 4, 7);
        ByteBuffer after = file(order, 4, 7);
        SpoilPacket.spoil(after, 2);
        int place = HEADER_BYTES + packetBlockBytes(4) + 28 + 7 - 1;
        for (int i = 0; i < before.limit(); i++) {
            assertEquals(before.get(i) ^ (i == place ? 1 : 0), after.get(i), "byte " + i);
        }
    }

    @Test
    void packetThatIsNotThere_isRefused() {
        assertThrows(IOException.class, () -> SpoilPacket.spoil(file(ByteOrder.BIG_ENDIAN, 4), 2));
    }

    @Test
    void file_cutShort_isRefused() {
        ByteBuffer file = file(ByteOrder.BIG_ENDIAN, 4, 7);
        file.limit(file.limit() - 4);
        assertThrows(IOException.class, () -> SpoilPacket.spoil(file, 2));
    }

    private static ByteBuffer file(ByteOrder order, int... lengths) {
        ByteBuffer file = ByteBuffer.allocate(1000).order(order);
        file.putInt(0x0a0d0d0a).putInt(HEADER_BYTES).putInt(0x1a2b3c4d);
        file.putShort((short) 1).putShort((short) 0).putLong(-1).putInt(HEADER_BYTES);
        for (int length : lengths) {
            int end = file.position() + packetBlockBytes(length);
            file.putInt(6)
                    .putInt(packetBlockBytes(length))
                    .putInt(0)
                    .putLong(0)
                    .putInt(length)
                    .putInt(length);
            file.putInt(end - 4, packetBlockBytes(length)).position(end);
        }
        // The reader finds the byte order by itself.
        return file.flip().order(ByteOrder.BIG_ENDIAN);
    }

    private static int packetBlockBytes(int length) {
        return 32 + (length + 3 & ~3);
    }
}
