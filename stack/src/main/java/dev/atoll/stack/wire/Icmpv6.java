package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** ICMPv6 messages (RFC 4443). */
public final class Icmpv6 {
    /** Bytes before the data. */
    public static final int HEADER_BYTES = 8;

    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int MLD_QUERY = 130;
    public static final int MLD_REPORT = 131;
    public static final int MLD_DONE = 132;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOR_SOLICITATION = 135;
    public static final int NEIGHBOR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;
    public static final int MLD2_REPORT = 143;

    /** Codes of {@link #DESTINATION_UNREACHABLE} (RFC 4443 section 3.1). */
    public static final int NO_ROUTE = 0;

    public static final int ADMIN_PROHIBITED = 1;
    public static final int BEYOND_SCOPE = 2;
    public static final int ADDRESS_UNREACHABLE = 3;
    public static final int PORT_UNREACHABLE = 4;
    public static final int POLICY_FAIL = 5;
    public static final int REJECT_ROUTE = 6;

    /** Codes of {@link #TIME_EXCEEDED} (section 3.3). */
    public static final int HOP_LIMIT_EXCEEDED = 0;

    public static final int REASSEMBLY_EXCEEDED = 1;

    /** Codes of {@link #PARAMETER_PROBLEM} (section 3.4). */
    public static final int ERRONEOUS_FIELD = 0;

    public static final int UNKNOWN_NEXT_HEADER = 1;
    public static final int UNKNOWN_OPTION = 2;
    /** RFC 7112 section 5: the first fragment does not hold all headers. */
    public static final int INCOMPLETE_HEADER_CHAIN = 3;

    /** Distance from the message to its checksum field. */
    public static final int CHECKSUM_OFFSET = 2;

    private static final int CODE = 1;
    private static final int REST = 4;

    private Icmpv6() {}

    public static int type(ByteBuffer data, int at) {
        return data.get(at) & 0xff;
    }

    public static int code(ByteBuffer data, int at) {
        return data.get(at + CODE) & 0xff;
    }

    /** Echo: identifier and sequence number; packet too big: the MTU; parameter problem: the pointer. */
    public static int rest(ByteBuffer data, int at) {
        return data.getInt(at + REST);
    }

    /** Whether a message reports an error about another packet (RFC 4443 section 2.1). */
    public static boolean isError(int type) {
        return type < 128;
    }

    /** Writes the header with a checksum field of 0, to be filled by {@link #fillChecksum}. */
    public static void write(ByteBuffer data, int at, int type, int code, int rest) {
        data.putShort(at, (short) (type << 8 | code));
        data.putShort(at + CHECKSUM_OFFSET, (short) 0);
        data.putInt(at + REST, rest);
    }

    /** Sums the message with the pseudo-header of RFC 8200 section 8.1 and stores the checksum. */
    public static void fillChecksum(ByteBuffer data, int at, int lengthBytes, IpAddress source, IpAddress destination) {
        data.putShort(at + CHECKSUM_OFFSET, (short) 0);
        long pseudo = Checksum.pseudoHeader(
                source.high(), source.low(), destination.high(), destination.low(), IpProtocol.ICMPV6, lengthBytes);
        data.putShort(at + CHECKSUM_OFFSET, (short) Checksum.finish(Checksum.add(pseudo, data, at, lengthBytes)));
    }
}
