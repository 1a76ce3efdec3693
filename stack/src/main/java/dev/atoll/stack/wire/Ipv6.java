package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** The IPv6 header (RFC 8200 section 3). */
public final class Ipv6 {
    /** Bytes of the header; extension headers come after it. */
    public static final int HEADER_BYTES = 40;

    /** The least MTU a link may have, bytes (RFC 8200 section 5). */
    public static final int MIN_MTU_BYTES = 1280;

    /** Distance from the header to its next header field. */
    public static final int NEXT_HEADER = 6;

    /** Distance from the header to its payload length field. */
    public static final int PAYLOAD_LENGTH = 4;

    /** Distance from the header to the source address. */
    public static final int SOURCE = 8;

    /** Distance from the header to the destination address. */
    public static final int DESTINATION = 24;

    /** Bytes of source and destination. */
    public static final int ADDRESSES_BYTES = 32;

    private static final int HOP_LIMIT = 7;

    private Ipv6() {}

    public static int version(ByteBuffer data, int at) {
        return data.get(at) >>> 4 & 0xf;
    }

    public static int trafficClass(ByteBuffer data, int at) {
        return data.getInt(at) >>> 20 & 0xff;
    }

    public static int flowLabel(ByteBuffer data, int at) {
        return data.getInt(at) & 0xf_ffff;
    }

    /** Bytes behind this header, extension headers included. */
    public static int payloadLength(ByteBuffer data, int at) {
        return data.getShort(at + PAYLOAD_LENGTH) & 0xffff;
    }

    public static int nextHeader(ByteBuffer data, int at) {
        return data.get(at + NEXT_HEADER) & 0xff;
    }

    public static int hopLimit(ByteBuffer data, int at) {
        return data.get(at + HOP_LIMIT) & 0xff;
    }

    public static long sourceHigh(ByteBuffer data, int at) {
        return data.getLong(at + SOURCE);
    }

    public static long sourceLow(ByteBuffer data, int at) {
        return data.getLong(at + SOURCE + 8);
    }

    public static long destinationHigh(ByteBuffer data, int at) {
        return data.getLong(at + DESTINATION);
    }

    public static long destinationLow(ByteBuffer data, int at) {
        return data.getLong(at + DESTINATION + 8);
    }

    public static void setTrafficClass(ByteBuffer data, int at, int trafficClass) {
        data.putInt(at, data.getInt(at) & ~(0xff << 20) | trafficClass << 20);
    }

    public static void setHopLimit(ByteBuffer data, int at, int hopLimit) {
        data.put(at + HOP_LIMIT, (byte) hopLimit);
    }

    public static void setNextHeader(ByteBuffer data, int at, int nextHeader) {
        data.put(at + NEXT_HEADER, (byte) nextHeader);
    }

    public static void setPayloadLength(ByteBuffer data, int at, int lengthBytes) {
        data.putShort(at + PAYLOAD_LENGTH, (short) lengthBytes);
    }

    public static void write(
            ByteBuffer data,
            int at,
            int trafficClass,
            int flowLabel,
            int payloadLength,
            int nextHeader,
            int hopLimit,
            IpAddress source,
            IpAddress destination) {
        data.putInt(at, 6 << 28 | trafficClass << 20 | flowLabel);
        data.putShort(at + PAYLOAD_LENGTH, (short) payloadLength);
        data.putShort(at + NEXT_HEADER, (short) (nextHeader << 8 | hopLimit));
        data.putLong(at + SOURCE, source.high());
        data.putLong(at + SOURCE + 8, source.low());
        data.putLong(at + DESTINATION, destination.high());
        data.putLong(at + DESTINATION + 8, destination.low());
    }
}
