package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** DHCPv4 messages (RFC 2131 section 2) and their options (RFC 2132). */
public final class Dhcp {
    public static final int SERVER_PORT = 67;
    public static final int CLIENT_PORT = 68;

    /** Bytes before the options. */
    public static final int HEADER_BYTES = 240;

    /** The least message of BOOTP, which some relays and servers insist on (RFC 1542 section 2.1). */
    public static final int MIN_BYTES = 300;

    /** Kinds of message (RFC 2132 section 9.6). */
    public static final int DISCOVER = 1;

    public static final int OFFER = 2;
    public static final int REQUEST = 3;
    public static final int DECLINE = 4;
    public static final int ACK = 5;
    public static final int NAK = 6;
    public static final int RELEASE = 7;

    public static final int OPTION_PAD = 0;
    public static final int OPTION_SUBNET_MASK = 1;
    public static final int OPTION_ROUTERS = 3;
    public static final int OPTION_DNS_SERVERS = 6;
    public static final int OPTION_HOST_NAME = 12;
    public static final int OPTION_DOMAIN = 15;
    public static final int OPTION_MTU = 26;
    public static final int OPTION_REQUESTED_ADDRESS = 50;
    public static final int OPTION_LEASE_SECONDS = 51;
    public static final int OPTION_OVERLOAD = 52;
    public static final int OPTION_MESSAGE_TYPE = 53;
    public static final int OPTION_SERVER = 54;
    public static final int OPTION_PARAMETERS = 55;
    public static final int OPTION_MAX_MESSAGE_BYTES = 57;
    public static final int OPTION_RENEW_SECONDS = 58;
    public static final int OPTION_REBIND_SECONDS = 59;
    public static final int OPTION_CLIENT_ID = 61;
    /** RFC 3397. */
    public static final int OPTION_SEARCH = 119;
    /** RFC 3442. */
    public static final int OPTION_CLASSLESS_ROUTES = 121;

    public static final int OPTION_END = 255;

    /** A lease without an end, seconds. */
    public static final long INFINITE_SECONDS = 0xffff_ffffL;

    private static final int BOOT_REQUEST = 1;
    private static final int BOOT_REPLY = 2;
    private static final int ETHERNET = 1;
    private static final int LINK_ADDRESS_BYTES = 6;
    private static final int COOKIE = 0x6382_5363;

    private static final int TRANSACTION = 4;
    private static final int SECONDS = 8;
    private static final int CLIENT_ADDRESS = 12;
    private static final int YOUR_ADDRESS = 16;
    private static final int LINK_ADDRESS = 28;
    private static final int SERVER_NAME = 44;
    private static final int FILE = 108;
    private static final int COOKIE_AT = 236;

    private Dhcp() {}

    /** Whether the message is a reply with options for an Ethernet host. */
    public static boolean isReply(ByteBuffer data, int at) {
        return data.getShort(at) == (BOOT_REPLY << 8 | ETHERNET)
                && data.get(at + 2) == LINK_ADDRESS_BYTES
                && data.getInt(at + COOKIE_AT) == COOKIE;
    }

    /** The number that tells which question a message answers. */
    public static int transaction(ByteBuffer data, int at) {
        return data.getInt(at + TRANSACTION);
    }

    /** The address the server gives. */
    public static int yourAddress(ByteBuffer data, int at) {
        return data.getInt(at + YOUR_ADDRESS);
    }

    /** The link address of the client, 48 bits. */
    public static long linkAddress(ByteBuffer data, int at) {
        return data.getLong(at + LINK_ADDRESS) >>> 16;
    }

    /** Position of the field for a file name, and of that for a server's name, which may hold options instead. */
    public static int fileAt(int at) {
        return at + FILE;
    }

    public static int serverNameAt(int at) {
        return at + SERVER_NAME;
    }

    /** Bytes of those fields. */
    public static final int FILE_BYTES = 128;

    public static final int SERVER_NAME_BYTES = 64;

    /** Writes a request's header, all zero before. */
    public static void write(
            ByteBuffer data, int at, int transaction, int seconds, int clientAddress, long linkAddress) {
        data.putInt(at, BOOT_REQUEST << 24 | ETHERNET << 16 | LINK_ADDRESS_BYTES << 8);
        data.putInt(at + TRANSACTION, transaction);
        data.putShort(at + SECONDS, (short) seconds);
        data.putInt(at + CLIENT_ADDRESS, clientAddress);
        data.putLong(at + LINK_ADDRESS, linkAddress << 16);
        data.putInt(at + COOKIE_AT, COOKIE);
    }
}
