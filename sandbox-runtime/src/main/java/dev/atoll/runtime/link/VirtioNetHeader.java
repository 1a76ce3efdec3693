package dev.atoll.runtime.link;

import dev.atoll.stack.buffer.PacketBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header in front of each frame of a TAP with {@code IFF_VNET_HDR} or a packet socket with {@code PACKET_VNET_HDR}: what is left to do about checksum and
 * segmentation (Virtual I/O Device 1.2, section 5.1.6; the legacy form, in the host's byte order, without
 * {@code num_buffers}, which is what a TAP has unless told otherwise).
 *
 * <p>A flyweight: reads and writes in a buffer at an offset and keeps nothing.
 */
final class VirtioNetHeader {
    /** {@code TUNGETVNETHDRSZ} of a TAP nobody has told otherwise, and what {@code PACKET_VNET_HDR} puts there. */
    static final int LENGTH_BYTES = 10;

    /** Flag: the checksum from {@code csum_start} on is to be completed. */
    static final int F_NEEDS_CSUM = 1;
    /** Flag: whoever had the frame before has checked its checksum. */
    static final int F_DATA_VALID = 2;

    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    /** Datagrams of one size one after the other, and the rest. */
    static final int GSO_UDP_L4 = 5;

    /** Set beside a type: the segment had CWR (RFC 3168), which only its first part is to keep. */
    static final int GSO_ECN = 0x80;

    private static final int FLAGS = 0;
    private static final int GSO_TYPE = 1;
    private static final int HDR_LEN = 2;
    private static final int GSO_SIZE = 4;
    private static final int CSUM_START = 6;
    private static final int CSUM_OFFSET = 8;

    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private static final int ETHERNET_BYTES = 14;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_CWR = 0x80;

    private VirtioNetHeader() {}

    /** Writes what a packet leaves to the host. */
    static void write(ByteBuffer buffer, int at, PacketBuffer frame) {
        buffer.putLong(at, 0);
        buffer.putShort(at + CSUM_OFFSET, (short) 0);
        if (!frame.checksumPartial) {
            return;
        }
        int transport = frame.checksumStart - frame.start();
        buffer.put(at + FLAGS, (byte) F_NEEDS_CSUM);
        putShort(buffer, at + CSUM_START, transport);
        putShort(buffer, at + CSUM_OFFSET, frame.checksumOffset);
        if (frame.gsoType == PacketBuffer.GSO_NONE) {
            return;
        }
        ByteBuffer data = frame.data();
        int tcpBytes = (data.get(frame.checksumStart + TCP_DATA_OFFSET) >> 4 & 0xf) * 4;
        boolean cwr = (data.get(frame.checksumStart + TCP_FLAGS) & TCP_CWR) != 0;
        buffer.put(at + GSO_TYPE, (byte) (frame.gsoType | (cwr ? GSO_ECN : 0)));
        putShort(buffer, at + HDR_LEN, transport + tcpBytes);
        putShort(buffer, at + GSO_SIZE, frame.gsoSize);
    }

    /**
     * Whether a received header can be believed for a frame of that length: the checksum field lies inside, and a
     * super-segment is of a kind we take and says how it is to be cut.
     */
    static boolean isSound(ByteBuffer buffer, int at, int frameBytes) {
        boolean partial = (flags(buffer, at) & F_NEEDS_CSUM) != 0;
        if (partial
                && (csumStart(buffer, at) < ETHERNET_BYTES
                        || csumStart(buffer, at) + csumOffset(buffer, at) + Short.BYTES > frameBytes)) {
            return false;
        }
        int type = gsoType(buffer, at);
        if (type == GSO_NONE) {
            return true;
        }
        return (type == GSO_TCPV4 || type == GSO_TCPV6) && partial && gsoSize(buffer, at) > 0;
    }

    /** Carries a sound header's content over to the packet it stood in front of. */
    static void read(ByteBuffer buffer, int at, PacketBuffer frame) {
        int flags = flags(buffer, at);
        if ((flags & F_NEEDS_CSUM) != 0) {
            // The sender is on this host and nothing was between: no error can have crept in. What is still partial
            // matters to whoever records or forwards the packet.
            frame.checksumPartial = true;
            frame.checksumStart = frame.start() + csumStart(buffer, at);
            frame.checksumOffset = csumOffset(buffer, at);
            frame.checksumValidated = true;
        } else if ((flags & F_DATA_VALID) != 0) {
            frame.checksumValidated = true;
        }
        int type = gsoType(buffer, at);
        if (type != GSO_NONE) {
            frame.gsoType = type;
            frame.gsoSize = gsoSize(buffer, at);
        }
    }

    static int flags(ByteBuffer buffer, int at) {
        return buffer.get(at + FLAGS) & 0xff;
    }

    /** The type without {@link #GSO_ECN}. */
    static int gsoType(ByteBuffer buffer, int at) {
        return buffer.get(at + GSO_TYPE) & 0xff & ~GSO_ECN;
    }

    static boolean hasEcn(ByteBuffer buffer, int at) {
        return (buffer.get(at + GSO_TYPE) & GSO_ECN) != 0;
    }

    static int headerBytes(ByteBuffer buffer, int at) {
        return getShort(buffer, at + HDR_LEN);
    }

    static int gsoSize(ByteBuffer buffer, int at) {
        return getShort(buffer, at + GSO_SIZE);
    }

    static int csumStart(ByteBuffer buffer, int at) {
        return getShort(buffer, at + CSUM_START);
    }

    static int csumOffset(ByteBuffer buffer, int at) {
        return getShort(buffer, at + CSUM_OFFSET);
    }

    /** The buffer is big-endian as all of ours are; the field has the host's order. */
    private static int getShort(ByteBuffer buffer, int at) {
        short value = buffer.getShort(at);
        return (SWAP ? Short.reverseBytes(value) : value) & 0xffff;
    }

    private static void putShort(ByteBuffer buffer, int at, int value) {
        buffer.putShort(at, SWAP ? Short.reverseBytes((short) value) : (short) value);
    }
}
