package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a recording of Atoll's: pcapng in network byte order with one interface. */
final class CapturedFrames {
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    private static final int COMMENT = 1;
    private static final int FLAGS = 2;
    private static final int INBOUND = 1;
    private static final int ETHERNET_BYTES = 14;
    private static final int TCP = 6;

    private CapturedFrames() {}

    /** A word for each frame of a recording that is whole: {@code out arp}, {@code in rst}, with a remark behind it if there is one. */
    static List<String> of(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        List<Integer> types = new ArrayList<>();
        List<String> frames = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int at = bytes.position();
            int length = bytes.getInt(at + Integer.BYTES);
            assertEquals(length, bytes.getInt(at + length - Integer.BYTES), "both lengths of a block");
            types.add(bytes.getInt(at));
            if (bytes.getInt(at) == ENHANCED_PACKET) {
                frames.add(frame(bytes.slice(at, length)));
            }
            bytes.position(at + length);
        }
        assertEquals(List.of(SECTION_HEADER, INTERFACE_DESCRIPTION), types.subList(0, 2));
        assertEquals(INTERFACE_STATISTICS, types.get(types.size() - 1), "it has its end");
        return frames;
    }

    private static String frame(ByteBuffer block) {
        int captured = block.getInt(20);
        String kind = kind(block.slice(28, captured));
        String direction = "";
        String remark = "";
        int option = 28 + (captured + 3) / 4 * 4;
        for (int code = block.getShort(option); code != 0; code = block.getShort(option)) {
            int length = block.getShort(option + 2);
            if (code == FLAGS) {
                direction = block.getInt(option + 4) == INBOUND ? "in " : "out ";
            } else if (code == COMMENT) {
                byte[] text = new byte[length];
                block.get(option + 4, text);
                remark = " " + new String(text, StandardCharsets.UTF_8);
            }
            option += 4 + (length + 3) / 4 * 4;
        }
        return direction + kind + remark;
    }

    private static String kind(ByteBuffer frame) {
        int type = frame.getShort(12) & 0xffff;
        if (type == Stranger.ARP) {
            return "arp";
        }
        if (type != Stranger.IPV4 || frame.get(ETHERNET_BYTES + 9) != TCP) {
            return "other";
        }
        int flags = frame.get(ETHERNET_BYTES + 20 + 13);
        return (flags & 4) != 0 ? "rst" : (flags & 2) != 0 ? "syn" : "tcp";
    }
}
