package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** ICMPv4 messages (RFC 792). */
public final class Icmpv4 {
    /** Bytes before the data. */
    public static final int HEADER_BYTES = 8;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    public static final int TIMESTAMP = 13;
    public static final int TIMESTAMP_REPLY = 14;

    /** Bytes of the two timestamp messages. */
    public static final int TIMESTAMP_BYTES = 20;

    /** Codes of {@link #DESTINATION_UNREACHABLE} (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
    public static final int NET_UNREACHABLE = 0;

    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;
    public static final int FRAGMENTATION_NEEDED = 4;

    /** Codes of {@link #TIME_EXCEEDED}. */
    public static final int TTL_EXCEEDED = 0;

    public static final int REASSEMBLY_EXCEEDED = 1;

    /** Code of {@link #REDIRECT}: for the destination alone. */
    public static final int REDIRECT_FOR_HOST = 1;

    /** Distance from the header to its checksum field, in ICMPv6 too. */
    public static final int CHECKSUM = 2;

    /** Distance from the header of an echo message to its identifier, in ICMPv6 too. */
    public static final int IDENTIFIER = 4;

    private static final int CODE = 1;
    private static final int REST = 4;
    private static final int RECEIVE_TIME = 12;
    private static final int TRANSMIT_TIME = 16;

    private Icmpv4() {}

    public static int type(ByteBuffer data, int at) {
        return data.get(at) & 0xff;
    }

    public static int code(ByteBuffer data, int at) {
        return data.get(at + CODE) & 0xff;
    }

    /** Echo messages: the identifier. */
    public static int identifier(ByteBuffer data, int at) {
        return data.getShort(at + REST) & 0xffff;
    }

    /** Echo messages: sets the identifier. */
    public static void setIdentifier(ByteBuffer data, int at, int identifier) {
        data.putShort(at + REST, (short) identifier);
    }

    /** Echo messages: the sequence number. */
    public static int sequence(ByteBuffer data, int at) {
        return data.getShort(at + REST + 2) & 0xffff;
    }

    /** Fragmentation needed: MTU of the next hop (RFC 1191 section 4), 0 from old routers. */
    public static int nextHopMtu(ByteBuffer data, int at) {
        return data.getShort(at + REST + 2) & 0xffff;
    }

    /** A redirect's better first hop. */
    public static int gateway(ByteBuffer data, int at) {
        return data.getInt(at + REST);
    }

    /** Timestamp reply: when the request came and the answer left, milliseconds since midnight UT. */
    public static void setTimes(ByteBuffer data, int at, int receivedMs, int sentMs) {
        data.putInt(at + RECEIVE_TIME, receivedMs);
        data.putInt(at + TRANSMIT_TIME, sentMs);
    }

    /** A parameter problem's pointer, where the header has it. */
    public static int pointerBits(int pointer) {
        return pointer << 24;
    }

    /** Whether a message reports an error about another packet (RFC 1122 section 3.2.2). */
    public static boolean isError(int type) {
        return type == DESTINATION_UNREACHABLE
                || type == SOURCE_QUENCH
                || type == REDIRECT
                || type == TIME_EXCEEDED
                || type == PARAMETER_PROBLEM;
    }

    /** Writes the header with a checksum field of 0, to be filled by {@link #fillChecksum}. */
    public static void write(ByteBuffer data, int at, int type, int code, int rest) {
        data.putShort(at, (short) (type << 8 | code));
        data.putShort(at + CHECKSUM, (short) 0);
        data.putInt(at + REST, rest);
    }

    /** Sums the message and stores the checksum. */
    public static void fillChecksum(ByteBuffer data, int at, int lengthBytes) {
        data.putShort(at + CHECKSUM, (short) 0);
        data.putShort(at + CHECKSUM, (short) Checksum.finish(Checksum.add(0, data, at, lengthBytes)));
    }
}
