package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** RFC 2018 section 4, RFC 2883 section 4. */
class SackBlocksTest {
    private static final int WITHOUT_TIMESTAMPS = 40;
    private static final int WITH_TIMESTAMPS = 28;

    private final SackBlocks blocks = new SackBlocks();

    private String told(int room) {
        int bytes = blocks.bytes(room);
        if (bytes == 0) {
            return "";
        }
        ByteBuffer data = ByteBuffer.allocate(64);
        blocks.write(data, 0, room);
        StringBuilder text = new StringBuilder();
        for (int at = 4; at < bytes; at += 8) {
            text.append(data.getInt(at)).append('-').append(data.getInt(at + 4)).append(' ');
        }
        return text.toString().strip();
    }

    @Test
    void add_latestFirst_oldestForgotten() {
        for (int i = 1; i <= 5; i++) {
            blocks.add(i * 100, i * 100 + 10);
        }
        assertEquals("500-510 400-410 300-310 200-210", told(WITHOUT_TIMESTAMPS));
        assertEquals("500-510 400-410 300-310", told(WITH_TIMESTAMPS));
    }

    @Test
    void add_touchingTwo_joinsThem() {
        blocks.add(100, 200);
        blocks.add(300, 400);
        blocks.add(500, 600);
        blocks.add(200, 300);
        assertEquals("100-400 500-600", told(WITHOUT_TIMESTAMPS));
    }

    @Test
    void advance_blocksBehindTheEdge_areForgotten() {
        blocks.add(100, 200);
        blocks.add(300, 400);
        blocks.advance(250);
        assertEquals("300-400", told(WITHOUT_TIMESTAMPS));
    }

    @Test
    void duplicate_isToldFirstAndOnce() {
        blocks.add(300, 400);
        blocks.addDuplicate(100, 150);
        assertEquals("100-150 300-400", told(WITHOUT_TIMESTAMPS));
        assertEquals("300-400", told(WITHOUT_TIMESTAMPS));
    }

    @Test
    void bytes_noRoom_tellsNothing() {
        blocks.add(300, 400);
        assertEquals(0, blocks.bytes(11));
        assertEquals(12, blocks.bytes(12));
    }
}
