package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** The Ethernet II header: destination, source, type. */
public final class Ethernet {
    /** Bytes of the header. */
    public static final int HEADER_BYTES = 14;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86dd;

    /** Bytes of what follows an IEEE 802.3 header when an EtherType comes after all (RFC 1042): LLC and SNAP. */
    public static final int SNAP_BYTES = 8;

    /** The field that holds a type here is a length up to this (IEEE 802.3 section 3.2.6). */
    private static final int MAX_LENGTH = 1500;

    /** LLC: both service access points that of SNAP, unnumbered information. */
    private static final int LLC_SNAP = 0xaaaa03;

    private static final int SOURCE = 6;
    private static final int TYPE = 12;

    private Ethernet() {}

    public static long destination(ByteBuffer data, int at) {
        return data.getLong(at) >>> 16;
    }

    public static long source(ByteBuffer data, int at) {
        return data.getLong(at + SOURCE - 2) & 0xffff_ffff_ffffL;
    }

    public static int type(ByteBuffer data, int at) {
        return data.getShort(at + TYPE) & 0xffff;
    }

    /**
     * The EtherType of a frame of IEEE 802 (RFC 1042), which is behind its LLC and SNAP headers; -1 if it is none such.
     *
     * @param end of the frame
     */
    public static int snapType(ByteBuffer data, int at, int end) {
        int llc = at + HEADER_BYTES;
        if (type(data, at) > MAX_LENGTH || end - llc < SNAP_BYTES) {
            return -1;
        }
        long header = data.getLong(llc);
        // The organization of EtherTypes is 0.
        return header >>> 16 == (long) LLC_SNAP << 24 ? (int) header & 0xffff : -1;
    }

    public static void write(ByteBuffer data, int at, long destination, long source, int type) {
        data.putShort(at, (short) (destination >>> 32));
        data.putInt(at + 2, (int) destination);
        data.putShort(at + SOURCE, (short) (source >>> 32));
        data.putInt(at + SOURCE + 2, (int) source);
        data.putShort(at + TYPE, (short) type);
    }
}
