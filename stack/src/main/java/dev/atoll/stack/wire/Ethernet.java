package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** The Ethernet II header: destination, source, type. */
public final class Ethernet {
    /** Bytes of the header. */
    public static final int HEADER_BYTES = 14;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86dd;

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

    public static void write(ByteBuffer data, int at, long destination, long source, int type) {
        data.putShort(at, (short) (destination >>> 32));
        data.putInt(at + 2, (int) destination);
        data.putShort(at + SOURCE, (short) (source >>> 32));
        data.putInt(at + SOURCE + 2, (int) source);
        data.putShort(at + TYPE, (short) type);
    }
}
