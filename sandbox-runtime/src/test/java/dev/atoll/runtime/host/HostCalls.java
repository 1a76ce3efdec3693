package dev.atoll.runtime.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The system calls tests make, by their names in the manual. Linux only; failures are {@link LastErrorException}. */
public final class HostCalls {
    public static final int AF_UNIX = 1;
    public static final int SOCK_STREAM = 1;
    /** Keeps the borders of what is written, as a TAP does. */
    public static final int SOCK_SEQPACKET = 5;

    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int QUEUE_BYTES = 8 << 20;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int AF_INET6 = 10;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    /** TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6. */
    private static final long ALL_OFFLOADS = 1 | 2 | 4;

    private static final int IFREQ_BYTES = 40;
    private static final int IFNAMSIZ = 16;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int AF_NETLINK = 16;
    private static final int NETLINK_NETFILTER = 12;
    /** NFNL_SUBSYS_CTNETLINK and IPCTNL_MSG_CT_DELETE. */
    private static final short DELETE_CONNECTIONS = 1 << 8 | 2;

    private static final short NLM_F_REQUEST = 1;
    /** A header of netlink and one of netfilter. */
    private static final int NETFILTER_MESSAGE_BYTES = 20;

    private static final int IPPROTO_RAW = 255;

    static {
        Native.register("c");
    }

    private HostCalls() {}

    private static native int socketpair(int domain, int type, int protocol, int[] pair) throws LastErrorException;

    private static native int open(String path, int flags) throws LastErrorException;

    private static native int ioctl(int descriptor, long request, byte[] argument) throws LastErrorException;

    private static native int ioctl(int descriptor, long request, long argument) throws LastErrorException;

    private static native int unshare(int flags) throws LastErrorException;

    private static native int socket(int domain, int type, int protocol) throws LastErrorException;

    private static native int bind(int descriptor, byte[] address, int length) throws LastErrorException;

    private static native int setsockopt(int descriptor, int level, int option, int[] value, int length)
            throws LastErrorException;

    private static native NativeLong sendto(
            int descriptor, byte[] bytes, NativeLong length, int flags, byte @Nullable [] to, int addressBytes)
            throws LastErrorException;

    private static native int if_nametoindex(String name) throws LastErrorException;

    private static native int close(int descriptor) throws LastErrorException;

    /** Two connected Unix sockets of the given type. */
    public static int[] socketPair(int type) {
        int[] pair = new int[2];
        socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair);
        return pair;
    }

    /** Closes a descriptor nobody has adopted. */
    public static void closeNumber(int descriptor) {
        close(descriptor);
    }

    /** A new TAP device in the calling thread's network namespace, with a virtio header and all offloads. */
    public static int openTap(String name) {
        return openTap(name, true);
    }

    /** The same, with all offloads or none. */
    public static int openTap(String name, boolean offloads) {
        int descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
        ByteBuffer request = ByteBuffer.allocate(IFREQ_BYTES).order(ByteOrder.nativeOrder());
        request.put(name.getBytes(StandardCharsets.US_ASCII));
        request.putShort(IFNAMSIZ, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR));
        ioctl(descriptor, TUNSETIFF, request.array());
        ioctl(descriptor, TUNSETOFFLOAD, offloads ? ALL_OFFLOADS : 0);
        return descriptor;
    }

    /** A packet socket that sends and hears everything on one device of the calling thread's namespace. */
    public static int openPacketSocket(String device) {
        int descriptor =
                socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, Short.toUnsignedInt(Short.reverseBytes((short) ETH_P_ALL)));
        ByteBuffer address = ByteBuffer.allocate(SOCKADDR_LL_BYTES).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_PACKET);
        address.putShort(Short.reverseBytes((short) ETH_P_ALL));
        address.putInt(if_nametoindex(device));
        bind(descriptor, address.array(), SOCKADDR_LL_BYTES);
        return descriptor;
    }

    /** A packet socket as a link drives it: with a virtio header, deaf to what this host sends. */
    public static int openVirtioPacketSocket(String device) {
        int descriptor = openPacketSocket(device);
        int[] on = {1};
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, new int[] {QUEUE_BYTES}, Integer.BYTES);
        setsockopt(descriptor, SOL_PACKET, PACKET_VNET_HDR, on, Integer.BYTES);
        setsockopt(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, on, Integer.BYTES);
        return descriptor;
    }

    /**
     * Sends datagrams from the calling thread's namespace in one call, as {@code UDP_SEGMENT} of udp(7) lets one.
     *
     * @param payload of all of them
     * @param segmentBytes of each but the last
     */
    public static void sendSegmented(int address, int port, byte[] payload, int segmentBytes) {
        int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        try {
            setsockopt(descriptor, SOL_UDP, UDP_SEGMENT, new int[] {segmentBytes}, Integer.BYTES);
            ByteBuffer to = ByteBuffer.allocate(SOCKADDR_IN_BYTES);
            to.order(ByteOrder.nativeOrder()).putShort((short) AF_INET);
            to.order(ByteOrder.BIG_ENDIAN).putShort((short) port).putInt(address);
            sendto(descriptor, payload, new NativeLong(payload.length), 0, to.array(), SOCKADDR_IN_BYTES);
        } finally {
            close(descriptor);
        }
    }

    /** A socket for {@link #forgetConnections}, of the calling thread's namespace. */
    public static int openNetfilter() {
        return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    }

    /** Empties the connection tracking table of the namespace in which the socket was made, before it returns. */
    public static void forgetConnections(int netfilter) {
        ByteBuffer message = ByteBuffer.allocate(NETFILTER_MESSAGE_BYTES).order(ByteOrder.nativeOrder());
        message.putInt(NETFILTER_MESSAGE_BYTES).putShort(DELETE_CONNECTIONS).putShort(NLM_F_REQUEST);
        sendto(netfilter, message.array(), new NativeLong(NETFILTER_MESSAGE_BYTES), 0, null, 0);
    }

    /** A socket that sends packets with the IP header they have, from the calling thread's namespace: see raw(7). */
    public static int openRaw(boolean v4) {
        return socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    }

    /** Sends a packet by such a socket to an address of 4 or 16 octets. */
    public static void sendRaw(int raw, byte[] packet, byte[] destination) {
        boolean v4 = destination.length == 4;
        ByteBuffer to = ByteBuffer.allocate(v4 ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_BYTES);
        to.order(ByteOrder.nativeOrder()).putShort((short) (v4 ? AF_INET : AF_INET6));
        // Behind the port, and the flow label of IPv6.
        to.position(v4 ? 4 : 8);
        to.put(destination);
        sendto(raw, packet, new NativeLong(packet.length), 0, to.array(), to.capacity());
    }

    /** Gives the calling thread a network namespace of its own, empty. */
    static void unshareNetwork() {
        unshare(CLONE_NEWNET);
    }
}
