package dev.atoll.examples.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Copies a pcapng file and turns over one bit of the last byte of one packet, so that its checksum is wrong. Packets are
 * counted from 1, as Wireshark does.
 *
 * <pre>{@code
 * SpoilPacket FILE COPY NUMBER
 * }</pre>
 */
public final class SpoilPacket {
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int MIN_BLOCK_BYTES = 12;
    /** Of an Enhanced Packet Block: where the captured length stands, and where the packet begins. */
    private static final int CAPTURED_LENGTH = 20;

    private static final int PACKET_DATA = 28;

    private SpoilPacket() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("usage: SpoilPacket FILE COPY NUMBER");
        }
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0])));
        spoil(file, Integer.parseInt(arguments[2]));
        Files.write(Path.of(arguments[1]), file.array());
    }

    /**
     * Spoils one packet in place.
     *
     * @param number from 1
     * @throws IOException if there is no such packet, or this is no pcapng file
     */
    static void spoil(ByteBuffer file, int number) throws IOException {
        int packets = 0;
        int blockBytes;
        for (int at = 0; at + MIN_BLOCK_BYTES <= file.limit(); at += blockBytes) {
            int type = file.getInt(at);
            if (type == SECTION_HEADER) {
                file.order(ByteOrder.BIG_ENDIAN);
                file.order(file.getInt(at + 8) == BYTE_ORDER_MAGIC ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            }
            blockBytes = file.getInt(at + 4);
            if (blockBytes < MIN_BLOCK_BYTES || blockBytes > file.limit() - at) {
                throw new IOException("no pcapng file: a block of " + blockBytes + " bytes at " + at);
            }
            if (type == ENHANCED_PACKET && ++packets == number) {
                int last = at + PACKET_DATA + file.getInt(at + CAPTURED_LENGTH) - 1;
                file.put(last, (byte) (file.get(last) ^ 1));
                return;
            }
        }
        throw new IOException("there is no packet " + number + " among " + packets);
    }
}
