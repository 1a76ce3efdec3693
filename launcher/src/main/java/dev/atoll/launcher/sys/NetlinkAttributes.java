package dev.atoll.launcher.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attributes of a netlink message, or those in one of its attributes. Read-only. */
public final class NetlinkAttributes {
    private static final int HEADER_BYTES = 4;

    /** Without the two flags that say how its content is written. */
    private static final int TYPE_MASK = 0x3fff;

    private final ByteBuffer bytes;
    private final int from;
    private final int to;

    /**
     * @param bytes in the machine's order
     * @param from where the first attribute begins
     */
    public NetlinkAttributes(ByteBuffer bytes, int from) {
        this(bytes, from, bytes.limit());
    }

    private NetlinkAttributes(ByteBuffer bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /** The types there are, in order. */
    public List<Integer> types() {
        List<Integer> types = new ArrayList<>();
        for (int at = from; at >= 0; at = next(at)) {
            if (at + HEADER_BYTES > to) {
                break;
            }
            types.add(type(at));
        }
        return types;
    }

    public boolean has(int type) {
        return find(type) >= 0;
    }

    /** A number of 32 bits, or {@code otherwise} if there is no such attribute. */
    public int number(int type, int otherwise) {
        int at = find(type);
        return at < 0 ? otherwise : bytes.getInt(at + HEADER_BYTES);
    }

    /** The octets, or null if there is no such attribute. */
    public byte @Nullable [] octets(int type) {
        int at = find(type);
        if (at < 0) {
            return null;
        }
        byte[] octets = new byte[valueBytes(at)];
        bytes.get(at + HEADER_BYTES, octets);
        return octets;
    }

    /** A text, without its closing null; empty if there is no such attribute. */
    public String text(int type) {
        byte[] octets = octets(type);
        if (octets == null) {
            return "";
        }
        int length = 0;
        while (length < octets.length && octets[length] != 0) {
            length++;
        }
        return new String(octets, 0, length, StandardCharsets.UTF_8);
    }

    /** The attributes in an attribute; none if there is no such one. */
    public NetlinkAttributes in(int type) {
        int at = find(type);
        return at < 0
                ? new NetlinkAttributes(bytes, to, to)
                : new NetlinkAttributes(bytes, at + HEADER_BYTES, at + HEADER_BYTES + valueBytes(at));
    }

    /** The content of an attribute that is no list of attributes, in the machine's order; empty if there is none. */
    public ByteBuffer content(int type) {
        byte[] octets = octets(type);
        return ByteBuffer.wrap(octets == null ? new byte[0] : octets).order(ByteOrder.nativeOrder());
    }

    private int find(int type) {
        for (int at = from; at >= 0 && at + HEADER_BYTES <= to; at = next(at)) {
            if (type(at) == type) {
                return at;
            }
        }
        return -1;
    }

    private int type(int at) {
        return bytes.getShort(at + 2) & TYPE_MASK;
    }

    private int valueBytes(int at) {
        return Math.min(bytes.getShort(at) & 0xffff, to - at) - HEADER_BYTES;
    }

    /** Where the next one begins; negative if this one's length makes no sense. */
    private int next(int at) {
        int length = bytes.getShort(at) & 0xffff;
        return length < HEADER_BYTES ? -1 : at + NetlinkRequest.aligned(length);
    }
}
