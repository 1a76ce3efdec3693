package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** The UDP header (RFC 768). */
public final class Udp {
    /** Bytes of the header. */
    public static final int HEADER_BYTES = 8;

    /** Distance from the header to its checksum field. */
    public static final int CHECKSUM_OFFSET = 6;

    private static final int DESTINATION = 2;
    private static final int LENGTH = 4;

    private Udp() {}

    public static int sourcePort(ByteBuffer data, int at) {
        return data.getShort(at) & 0xffff;
    }

    public static int destinationPort(ByteBuffer data, int at) {
        return data.getShort(at + DESTINATION) & 0xffff;
    }

    /** Bytes of header and payload. */
    public static int length(ByteBuffer data, int at) {
        return data.getShort(at + LENGTH) & 0xffff;
    }

    /** The checksum field; 0 means the sender computed none. */
    public static int checksum(ByteBuffer data, int at) {
        return data.getShort(at + CHECKSUM_OFFSET) & 0xffff;
    }

    /** Writes the header with the given checksum field. */
    public static void write(
            ByteBuffer data, int at, int sourcePort, int destinationPort, int lengthBytes, int checksum) {
        data.putShort(at, (short) sourcePort);
        data.putShort(at + DESTINATION, (short) destinationPort);
        data.putShort(at + LENGTH, (short) lengthBytes);
        data.putShort(at + CHECKSUM_OFFSET, (short) checksum);
    }
}
