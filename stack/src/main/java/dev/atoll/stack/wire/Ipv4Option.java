package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** One option of an IPv4 header (RFC 791 section 3.1). */
public final class Ipv4Option {
    public static final int END = 0;
    public static final int NO_OPERATION = 1;
    public static final int RECORD_ROUTE = 7;
    public static final int TIMESTAMP = 68;
    public static final int LOOSE_SOURCE_ROUTE = 131;
    public static final int STRICT_SOURCE_ROUTE = 137;
    /** RFC 2113. */
    public static final int ROUTER_ALERT = 148;

    /** Bytes that all options of a header may take. */
    public static final int MAX_BYTES = 40;

    /** Bytes of a router alert. */
    public static final int ROUTER_ALERT_BYTES = 4;

    /** Distances from an option's type to its other fields. */
    public static final int LENGTH = 1;

    public static final int POINTER = 2;
    /** Of a timestamp option: overflow in the high four bits, {@link #timestampKind} in the low ones. */
    public static final int TIMESTAMP_FLAGS = 3;

    /** Least pointers: that of a route, counted from 1, and that of a timestamp. */
    public static final int FIRST_ROUTE_POINTER = 4;

    public static final int FIRST_TIMESTAMP_POINTER = 5;

    /** Kinds of timestamp options: times alone, times behind addresses, times for the addresses that are there. */
    public static final int TIMES = 0;

    public static final int TIMES_AND_ADDRESSES = 1;
    public static final int TIMES_FOR_ADDRESSES = 3;

    private Ipv4Option() {}

    public static int type(ByteBuffer data, int at) {
        return data.get(at) & 0xff;
    }

    /** Whether there is an option of a type between two positions, where all options are well-formed. */
    public static boolean contains(ByteBuffer data, int from, int end, int type) {
        int at = from;
        while (at < end && type(data, at) != END) {
            if (type(data, at) == type) {
                return true;
            }
            at += type(data, at) == NO_OPERATION ? 1 : lengthBytes(data, at);
        }
        return false;
    }

    /** Bytes of an option that has a length: neither {@link #END} nor {@link #NO_OPERATION}. */
    public static int lengthBytes(ByteBuffer data, int at) {
        return data.get(at + LENGTH) & 0xff;
    }

    /** Where the next entry goes, counted from 1 at the type; beyond the length if there is no room. */
    public static int pointer(ByteBuffer data, int at) {
        return data.get(at + POINTER) & 0xff;
    }

    public static void setPointer(ByteBuffer data, int at, int pointer) {
        data.put(at + POINTER, (byte) pointer);
    }

    public static int timestampKind(ByteBuffer data, int at) {
        return data.get(at + TIMESTAMP_FLAGS) & 0xf;
    }

    /** Hosts that found no room for their time, at most 15. */
    public static int overflow(ByteBuffer data, int at) {
        return data.get(at + TIMESTAMP_FLAGS) >>> 4 & 0xf;
    }

    public static void setOverflow(ByteBuffer data, int at, int hosts) {
        data.put(at + TIMESTAMP_FLAGS, (byte) (hosts << 4 | timestampKind(data, at)));
    }

    /** Whether an option of that type is in each fragment of a datagram, and not in the first alone. */
    public static boolean isCopied(int type) {
        return (type & 0x80) != 0;
    }
}
