package dev.atoll.runtime.pcap;

import dev.atoll.stack.buffer.PacketBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The blocks of a pcapng file (draft-ietf-opsawg-pcapng), written at a buffer's position, big-endian.
 *
 * <p>Each method writes one whole block; {@link #packetBytes} says beforehand how long a packet's is.
 */
final class PcapngBlocks {
    /** Largest packet recorded whole, bytes: more than any frame of a stack. */
    static final int SNAP_LENGTH = 262_144;

    /** Direction of a packet, the low bits of {@code epb_flags}. */
    static final int INBOUND = 1;

    static final int OUTBOUND = 2;

    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int LINKTYPE_ETHERNET = 1;

    private static final int OPT_END = 0;
    private static final int OPT_COMMENT = 1;
    private static final int SHB_USERAPPL = 4;
    private static final int IF_NAME = 2;
    private static final int IF_TSRESOL = 9;
    private static final int EPB_FLAGS = 2;
    private static final int ISB_IFRECV = 4;
    private static final int ISB_IFDROP = 5;

    /** {@code if_tsresol}: timestamps count units of 10^-9 seconds. */
    private static final byte NANOSECONDS = 9;

    /** Type, total length, interface, timestamp, two lengths, and the total length again. */
    private static final int PACKET_OVERHEAD_BYTES = 32;

    private static final int FLAGS_OPTION_BYTES = 8;
    private static final int OPTION_HEADER_BYTES = 4;

    private PcapngBlocks() {}

    /** The file's beginning: a section, and its one interface, number 0. */
    static void header(ByteBuffer to, String application, String interfaceName) {
        int section = begin(to, SECTION_HEADER);
        to.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
        option(to, SHB_USERAPPL, application.getBytes(StandardCharsets.UTF_8));
        endOptions(to);
        finish(to, section);

        int description = begin(to, INTERFACE_DESCRIPTION);
        to.putShort((short) LINKTYPE_ETHERNET).putShort((short) 0).putInt(SNAP_LENGTH);
        option(to, IF_NAME, interfaceName.getBytes(StandardCharsets.UTF_8));
        option(to, IF_TSRESOL, new byte[] {NANOSECONDS});
        endOptions(to);
        finish(to, description);
    }

    /** Bytes that {@link #packet} will write. */
    static int packetBytes(int capturedBytes, int commentBytes) {
        int options = FLAGS_OPTION_BYTES + OPTION_HEADER_BYTES;
        if (commentBytes > 0) {
            options += OPTION_HEADER_BYTES + padded(commentBytes);
        }
        return PACKET_OVERHEAD_BYTES + padded(capturedBytes) + options;
    }

    /**
     * One frame.
     *
     * @param direction {@link #INBOUND} or {@link #OUTBOUND}
     * @param comment UTF-8, empty for none
     */
    static void packet(ByteBuffer to, PacketBuffer frame, long epochNs, int direction, byte[] comment) {
        int length = frame.length();
        int block = begin(to, ENHANCED_PACKET);
        to.putInt(0).putInt((int) (epochNs >>> 32)).putInt((int) epochNs);
        to.putInt(length).putInt(length);
        int at = to.position();
        frame.copyTo(to, at);
        PartialChecksum.complete(frame, to, at);
        to.position(at + length);
        pad(to, length);
        if (comment.length > 0) {
            option(to, OPT_COMMENT, comment);
        }
        to.putShort((short) EPB_FLAGS).putShort((short) Integer.BYTES).putInt(direction);
        endOptions(to);
        finish(to, block);
    }

    /** What the interface saw in all, for the file's end. */
    static void statistics(ByteBuffer to, long epochNs, long received, long dropped) {
        int block = begin(to, INTERFACE_STATISTICS);
        to.putInt(0).putInt((int) (epochNs >>> 32)).putInt((int) epochNs);
        to.putShort((short) ISB_IFRECV).putShort((short) Long.BYTES).putLong(received);
        to.putShort((short) ISB_IFDROP).putShort((short) Long.BYTES).putLong(dropped);
        endOptions(to);
        finish(to, block);
    }

    private static int begin(ByteBuffer to, int type) {
        int at = to.position();
        to.putInt(type).putInt(0);
        return at;
    }

    private static void finish(ByteBuffer to, int at) {
        int total = to.position() + Integer.BYTES - at;
        to.putInt(total);
        to.putInt(at + Integer.BYTES, total);
    }

    private static void option(ByteBuffer to, int code, byte[] value) {
        to.putShort((short) code).putShort((short) value.length).put(value);
        pad(to, value.length);
    }

    private static void endOptions(ByteBuffer to) {
        to.putShort((short) OPT_END).putShort((short) 0);
    }

    private static void pad(ByteBuffer to, int length) {
        for (int i = length; i < padded(length); i++) {
            to.put((byte) 0);
        }
    }

    /** Everything in a block begins at a multiple of 4. */
    private static int padded(int length) {
        return (length + 3) & ~3;
    }
}
