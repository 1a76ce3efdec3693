package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** The IPv4 header (RFC 791 section 3.1). */
public final class Ipv4 {
    /** Bytes of a header without options. */
    public static final int HEADER_BYTES = 20;

    /** The least maximum packet a host must take in one piece (RFC 791 section 3.2). */
    public static final int MIN_MTU_BYTES = 68;

    /** Don't fragment, in the flags and fragment offset field. */
    public static final int DONT_FRAGMENT = 0x4000;
    /** More fragments, in the flags and fragment offset field. */
    public static final int MORE_FRAGMENTS = 0x2000;

    /** Bytes of source and destination. */
    public static final int ADDRESSES_BYTES = 8;

    private static final int OFFSET_MASK = 0x1fff;

    private static final int TOS = 1;
    private static final int TOTAL_LENGTH = 2;
    private static final int IDENTIFICATION = 4;
    private static final int FRAGMENT = 6;

    /** Distance from the header to the time to live. */
    public static final int TTL = 8;

    private static final int PROTOCOL = 9;

    /** Distance from the header to its checksum field. */
    public static final int CHECKSUM = 10;

    /** Distance from the header to the source address. */
    public static final int SOURCE = 12;

    /** Distance from the header to the destination address. */
    public static final int DESTINATION = 16;

    private Ipv4() {}

    public static int version(ByteBuffer data, int at) {
        return data.get(at) >>> 4 & 0xf;
    }

    /** Bytes of the header, options included; below 20 if it is malformed. */
    public static int headerBytes(ByteBuffer data, int at) {
        return (data.get(at) & 0xf) * 4;
    }

    public static int tos(ByteBuffer data, int at) {
        return data.get(at + TOS) & 0xff;
    }

    /** Bytes of header and payload. */
    public static int totalLength(ByteBuffer data, int at) {
        return data.getShort(at + TOTAL_LENGTH) & 0xffff;
    }

    public static int identification(ByteBuffer data, int at) {
        return data.getShort(at + IDENTIFICATION) & 0xffff;
    }

    /** Whether the packet is one fragment of several. */
    public static boolean isFragment(ByteBuffer data, int at) {
        return (data.getShort(at + FRAGMENT) & (MORE_FRAGMENTS | OFFSET_MASK)) != 0;
    }

    /** Where in the original payload a fragment belongs, bytes. */
    public static int fragmentOffset(ByteBuffer data, int at) {
        return (data.getShort(at + FRAGMENT) & OFFSET_MASK) * 8;
    }

    public static boolean moreFragments(ByteBuffer data, int at) {
        return (data.getShort(at + FRAGMENT) & MORE_FRAGMENTS) != 0;
    }

    public static boolean dontFragment(ByteBuffer data, int at) {
        return (data.getShort(at + FRAGMENT) & DONT_FRAGMENT) != 0;
    }

    public static int ttl(ByteBuffer data, int at) {
        return data.get(at + TTL) & 0xff;
    }

    public static int protocol(ByteBuffer data, int at) {
        return data.get(at + PROTOCOL) & 0xff;
    }

    public static int source(ByteBuffer data, int at) {
        return data.getInt(at + SOURCE);
    }

    public static int destination(ByteBuffer data, int at) {
        return data.getInt(at + DESTINATION);
    }

    /** Whether the header sums to zero (RFC 1071). */
    public static boolean checksumValid(ByteBuffer data, int at) {
        return Checksum.fold(Checksum.add(0, data, at, headerBytes(data, at))) == 0xffff;
    }

    public static void setTotalLength(ByteBuffer data, int at, int lengthBytes) {
        data.putShort(at + TOTAL_LENGTH, (short) lengthBytes);
    }

    public static void setIdentification(ByteBuffer data, int at, int identification) {
        data.putShort(at + IDENTIFICATION, (short) identification);
    }

    public static void setSource(ByteBuffer data, int at, int source) {
        data.putInt(at + SOURCE, source);
    }

    public static void setTos(ByteBuffer data, int at, int tos) {
        data.put(at + TOS, (byte) tos);
    }

    public static void setTtl(ByteBuffer data, int at, int ttl) {
        data.put(at + TTL, (byte) ttl);
    }

    /** Sets flags and fragment offset, the latter in units of 8 bytes. */
    public static void setFragment(ByteBuffer data, int at, int flagsAndOffset) {
        data.putShort(at + FRAGMENT, (short) flagsAndOffset);
    }

    /** Sums the header anew and stores the checksum. */
    public static void fillChecksum(ByteBuffer data, int at) {
        data.putShort(at + CHECKSUM, (short) 0);
        data.putShort(at + CHECKSUM, (short) Checksum.finish(Checksum.add(0, data, at, headerBytes(data, at))));
    }

    /** Writes a header, its checksum included; options, if any, are in their place already. */
    public static void write(
            ByteBuffer data,
            int at,
            int headerBytes,
            int tos,
            int totalLength,
            int identification,
            int flags,
            int ttl,
            int protocol,
            int source,
            int destination) {
        data.putShort(at, (short) (0x4000 | headerBytes << 6 | tos));
        data.putShort(at + TOTAL_LENGTH, (short) totalLength);
        data.putShort(at + IDENTIFICATION, (short) identification);
        data.putShort(at + FRAGMENT, (short) flags);
        data.putShort(at + TTL, (short) (ttl << 8 | protocol));
        data.putShort(at + CHECKSUM, (short) 0);
        data.putInt(at + SOURCE, source);
        data.putInt(at + DESTINATION, destination);
        data.putShort(at + CHECKSUM, (short) Checksum.finish(Checksum.add(0, data, at, headerBytes)));
    }
}
