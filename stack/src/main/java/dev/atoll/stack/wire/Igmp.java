package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** IGMP messages (RFC 3376, RFC 2236, RFC 1112). */
public final class Igmp {
    /** Bytes of a message of the versions before 3, and before the records of a report of version 3. */
    public static final int HEADER_BYTES = 8;

    public static final int QUERY = 0x11;
    public static final int V1_REPORT = 0x12;
    public static final int V2_REPORT = 0x16;
    public static final int LEAVE = 0x17;
    public static final int V3_REPORT = 0x22;

    private static final int CODE = 1;
    private static final int CHECKSUM = 2;
    private static final int REST = 4;

    private Igmp() {}

    public static int type(ByteBuffer data, int at) {
        return data.get(at) & 0xff;
    }

    /** Maximum response code of a query. */
    public static int code(ByteBuffer data, int at) {
        return data.get(at + CODE) & 0xff;
    }

    /** The group of a query or of a report before version 3. */
    public static int group(ByteBuffer data, int at) {
        return data.getInt(at + REST);
    }

    // --- What a query of IGMPv3 or MLDv2 has behind the group, at {@code at} (RFC 3376 section 4.1, RFC 3810 section
    // 5.1)

    /** Bytes of it before the sources. */
    public static final int QUERY_TAIL_BYTES = 4;

    /** The querier's robustness variable, 0 if it is above 7. */
    public static int robustness(ByteBuffer data, int at) {
        return data.get(at) & 7;
    }

    /** The querier's query interval as a code of 8 bits. */
    public static int queryIntervalCode(ByteBuffer data, int at) {
        return data.get(at + 1) & 0xff;
    }

    public static int sourceCount(ByteBuffer data, int at) {
        return data.getShort(at + 2) & 0xffff;
    }

    /** Writes the header with a checksum field of 0, to be filled by {@link #fillChecksum}. */
    public static void write(ByteBuffer data, int at, int type, int rest) {
        data.putInt(at, type << 24);
        data.putInt(at + REST, rest);
    }

    /** Sums the message and stores the checksum. */
    public static void fillChecksum(ByteBuffer data, int at, int lengthBytes) {
        data.putShort(at + CHECKSUM, (short) Checksum.finish(Checksum.add(0, data, at, lengthBytes)));
    }
}
