package dev.atoll.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.Ended;
import dev.atoll.runtime.control.ControlRecord.Ready;
import dev.atoll.runtime.control.ControlRecord.Stop;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlDecoderTest {
    private static final List<ToLauncher> RECORDS =
            List.of(new Ready(), new Denial("a.rules:1: -j DROP", "udp", "x".repeat(700)), new Ended());

    private static byte[] stream() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ToLauncher value : RECORDS) {
            all.writeBytes(ControlCodec.encode(value));
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 100_000})
    void piecesOfAnySize_giveTheSameRecords(int piece) throws ControlFault {
        byte[] bytes = stream();
        ControlDecoder decoder = new ControlDecoder();
        List<ToLauncher> got = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += piece) {
            got.addAll(decoder.feed(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at))));
        }
        assertEquals(RECORDS, got);
        assertFalse(decoder.isInsideRecord());
    }

    @Test
    void endInsideRecord_isSeen() throws ControlFault {
        ControlDecoder decoder = new ControlDecoder();
        byte[] bytes = stream();
        decoder.feed(ByteBuffer.wrap(bytes, 0, bytes.length - 1));
        assertTrue(decoder.isInsideRecord());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, ControlCodec.MAX_TO_LAUNCHER_BYTES + 1, Integer.MAX_VALUE})
    void lengthOutOfBounds_isAFaultBeforeAnythingIsAllocated(int length) {
        ControlDecoder decoder = new ControlDecoder();
        ByteBuffer bytes = ByteBuffer.allocate(4).putInt(0, length);
        assertThrows(ControlFault.class, () -> decoder.feed(bytes));
    }

    @Test
    void afterAFault_everythingIsRefused() {
        ControlDecoder decoder = new ControlDecoder();
        assertThrows(ControlFault.class, () -> decoder.feed(ByteBuffer.wrap(new byte[] {0, 0, 0, 2, 1, 99})));
        assertThrows(ControlFault.class, () -> decoder.feed(ByteBuffer.wrap(ControlCodec.encode(new Ready()))));
    }

    @Test
    void programsEnd_readsRecordsThenTheEnd() throws IOException {
        byte[] stop = ControlCodec.encode(new Stop("bye"));
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        try (ControlStream control = new ControlStream(new ByteArrayInputStream(stop), sent)) {
            assertEquals(new Stop("bye"), control.read());
            assertNull(control.read());
            control.write(new Ready());
        }
        assertEquals(List.of(new Ready()), new ControlDecoder().feed(ByteBuffer.wrap(sent.toByteArray())));
    }

    @Test
    void programsEnd_cutInsideARecord_isAFault() throws IOException {
        byte[] stop = ControlCodec.encode(new Stop("bye"));
        for (int length : new int[] {1, 3, 4, stop.length - 1}) {
            ByteArrayInputStream in = new ByteArrayInputStream(Arrays.copyOf(stop, length));
            try (ControlStream control = new ControlStream(in, new ByteArrayOutputStream())) {
                assertThrows(ControlFault.class, control::read, "cut to " + length);
            }
        }
    }
}
