package dev.atoll.launcher.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A netlink message that is being written: its header, the structure of its family, attributes in each other. */
public final class NetlinkRequest {
    private static final int MAX_BYTES = 1024;
    private static final int IFINFOMSG_BYTES = 16;
    private static final int IFADDRMSG_BYTES = 8;
    private static final int IFADDRMSG_INDEX = 4;
    private static final int RTMSG_BYTES = 12;
    private static final int IFINFOMSG_INDEX = 4;
    private static final int NFGENMSG_BYTES = 4;
    private static final int ATTRIBUTE_BYTES = 4;
    private static final byte AF_INET6 = 10;

    // linux/if_addr.h
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final byte IFA_F_NODAD = 2;

    // linux/netfilter.h, linux/netfilter/nfnetlink.h
    private static final byte NFPROTO_NETDEV = 5;
    private static final short NFNL_SUBSYS_NFTABLES = 10;
    private static final short NFNL_MSG_BATCH_BEGIN = 16;
    private static final short NFNL_MSG_BATCH_END = 17;
    private static final int NFGENMSG_RESOURCE = 2;

    private final short flags;
    private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES).order(ByteOrder.nativeOrder());

    private NetlinkRequest(short type, int flags, int structureBytes) {
        this.flags = (short) (Netlink.NLM_F_REQUEST | flags);
        bytes.putShort(4, type).position(Netlink.HEADER_BYTES + structureBytes);
    }

    /**
     * About a device.
     *
     * @param index its number, or 0
     */
    public static NetlinkRequest link(short type, int index) {
        NetlinkRequest request = new NetlinkRequest(type, 0, IFINFOMSG_BYTES);
        request.bytes.putInt(Netlink.HEADER_BYTES + IFINFOMSG_INDEX, index);
        return request;
    }

    /** To make a device, which may not be there yet. */
    public static NetlinkRequest newLink() {
        return new NetlinkRequest(Netlink.RTM_NEWLINK, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, IFINFOMSG_BYTES);
    }

    /** To give a device an IPv6 address that nobody else has: it is not checked for duplicates (RFC 4862 section 5.4). */
    public static NetlinkRequest newIpv6Address(int index, byte[] address, int prefixLength) {
        NetlinkRequest request =
                new NetlinkRequest(Netlink.RTM_NEWADDR, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, IFADDRMSG_BYTES);
        int at = Netlink.HEADER_BYTES;
        request.bytes.put(at, AF_INET6).put(at + 1, (byte) prefixLength).put(at + 2, IFA_F_NODAD);
        request.bytes.putInt(at + IFADDRMSG_INDEX, index);
        return request.octets(IFA_ADDRESS, address).octets(IFA_LOCAL, address);
    }

    /** To make something of nf_tables for a device: what is appended among its like. */
    static NetlinkRequest newOfNetfilter(short type) {
        int flags = Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL | Netlink.NLM_F_APPEND;
        NetlinkRequest request = new NetlinkRequest((short) (NFNL_SUBSYS_NFTABLES << 8 | type), flags, NFGENMSG_BYTES);
        request.bytes.put(Netlink.HEADER_BYTES, NFPROTO_NETDEV);
        return request;
    }

    /** What stands before changes of nf_tables that are made together, or after them. */
    static NetlinkRequest netfilterBatch(boolean begins) {
        NetlinkRequest request =
                new NetlinkRequest(begins ? NFNL_MSG_BATCH_BEGIN : NFNL_MSG_BATCH_END, 0, NFGENMSG_BYTES);
        int resource = Netlink.HEADER_BYTES + NFGENMSG_RESOURCE;
        request.bytes.put(resource, (byte) (NFNL_SUBSYS_NFTABLES >> 8)).put(resource + 1, (byte) NFNL_SUBSYS_NFTABLES);
        return request;
    }

    /** For all addresses, of all families. */
    public static NetlinkRequest addresses() {
        return new NetlinkRequest(Netlink.RTM_GETADDR, 0, IFADDRMSG_BYTES);
    }

    /** For all routes of all tables, of all families. */
    public static NetlinkRequest routes() {
        return new NetlinkRequest(Netlink.RTM_GETROUTE, 0, RTMSG_BYTES);
    }

    /** Adds a number. */
    public NetlinkRequest number(int type, int value) {
        attribute(type, Integer.BYTES);
        bytes.putInt(value);
        return this;
    }

    /** Adds a number in network byte order, as the packet filter wants them. */
    NetlinkRequest bigEndian(int type, int value) {
        return octets(type, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    /** Adds a text with its closing null. */
    public NetlinkRequest text(int type, String value) {
        return octets(type, (value + '\0').getBytes(StandardCharsets.US_ASCII));
    }

    /** Adds octets as they are. */
    public NetlinkRequest octets(int type, byte[] value) {
        attribute(type, value.length);
        bytes.put(value).position(aligned(bytes.position()));
        return this;
    }

    /** Begins an attribute that has others in it; {@link #end} ends it. */
    public int begin(int type) {
        int at = bytes.position();
        attribute(type, 0);
        return at;
    }

    /** As {@link #begin}, of the veth driver's, which has the structure of a device before its attributes. */
    public int beginWithDevice(int type) {
        int at = begin(type);
        bytes.position(bytes.position() + IFINFOMSG_BYTES);
        return at;
    }

    /** Ends what {@link #begin} has begun. */
    public NetlinkRequest end(int begun) {
        bytes.putShort(begun, (short) (bytes.position() - begun));
        return this;
    }

    private void attribute(int type, int valueBytes) {
        bytes.putShort((short) (ATTRIBUTE_BYTES + valueBytes)).putShort((short) type);
    }

    /** Gives it a number, which the answer will have. */
    NetlinkRequest numbered(int sequence) {
        bytes.putInt(8, sequence);
        return this;
    }

    byte[] bytes(short moreFlags) {
        int length = bytes.position();
        bytes.putInt(0, length).putShort(6, (short) (flags | moreFlags));
        byte[] message = new byte[length];
        bytes.get(0, message);
        return message;
    }

    /** Netlink counts in steps of four. */
    static int aligned(int length) {
        return (length + 3) & ~3;
    }
}
