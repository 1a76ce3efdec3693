package dev.atoll.launcher.sys;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A packet socket (packet(7)) for a link: raw frames with a virtio-net header before each. It hears neither what this host
 * sends by the interface, nor frames for other stations, nor frames with a VLAN tag, of which a read would not show that
 * they had one.
 */
public final class PacketSocket {
    /** Bytes of the virtio-net header before each frame. */
    public static final int VNET_HEADER_BYTES = 10;

    /**
     * What may wait in the socket for the program: the kernel counts memory, of which a full super-segment takes some
     * 70 KiB and the smallest frame a little less than 1 KiB.
     */
    static final int RECEIVE_QUEUE_BYTES = 8 << 20;

    /** What may be on its way out before the program is told to wait. */
    static final int SEND_QUEUE_BYTES = 2 << 20;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int SOCKADDR_LL_BYTES = 20;

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_LOCK_FILTER = 44;

    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_MR_ALLMULTI = 2;
    private static final int PACKET_MREQ_BYTES = 16;

    // Classic BPF, and what the kernel lets it ask about a packet (linux/filter.h).
    private static final int LOAD_WORD = 0x20;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int SKF_AD_OFF = -0x1000;
    private static final int SKF_AD_PKTTYPE = 4;
    private static final int SKF_AD_VLAN_TAG = 44;
    private static final int PACKET_OTHERHOST = 3;
    private static final int PACKET_OUTGOING = 4;
    private static final int VLAN_ID_MASK = 0xfff;
    private static final int INSTRUCTION_BYTES = 8;

    private PacketSocket() {}

    /** A socket of the calling thread's network namespace that hears nothing yet: non-blocking, closed on exec. */
    public static int open() throws SystemCallException {
        int socket = Libc.call("socket", AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        try {
            setOption(socket, SOL_PACKET, PACKET_VNET_HDR, 1);
            setQueue(socket, SO_RCVBUFFORCE, SO_RCVBUF, RECEIVE_QUEUE_BYTES);
            setQueue(socket, SO_SNDBUFFORCE, SO_SNDBUF, SEND_QUEUE_BYTES);
            filter(socket);
        } catch (SystemCallException e) {
            Libc.close(socket);
            throw e;
        }
        return socket;
    }

    /** Has it send and hear by one interface of its namespace from now on; all groups, as the program chooses among them. */
    public static void bind(int socket, int index) throws SystemCallException {
        ByteBuffer request = ByteBuffer.allocate(PACKET_MREQ_BYTES).order(ByteOrder.nativeOrder());
        request.putInt(index).putShort((short) PACKET_MR_ALLMULTI);
        Libc.call("setsockopt", socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request.array(), PACKET_MREQ_BYTES);
        // struct sockaddr_ll; the protocol in network order.
        ByteBuffer address = ByteBuffer.allocate(SOCKADDR_LL_BYTES).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_PACKET);
        address.order(ByteOrder.BIG_ENDIAN).putShort((short) ETH_P_ALL);
        address.order(ByteOrder.nativeOrder()).putInt(index);
        Libc.call("bind", socket, address.array(), SOCKADDR_LL_BYTES);
    }

    /** How many frames were lost since it was last asked, because the program did not take them in time. */
    public static long takeLost(int socket) throws SystemCallException {
        byte[] statistics = new byte[2 * Integer.BYTES];
        Libc.call("getsockopt", socket, SOL_PACKET, PACKET_STATISTICS, statistics, new int[] {statistics.length});
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(statistics).order(ByteOrder.nativeOrder()).getInt(Integer.BYTES));
    }

    /** Beyond the host's usual bound where that is allowed, which it is not in a user namespace of one's own. */
    private static void setQueue(int socket, int force, int usual, int queueBytes) throws SystemCallException {
        try {
            setOption(socket, SOL_SOCKET, force, queueBytes);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
            setOption(socket, SOL_SOCKET, usual, queueBytes);
        }
    }

    private static void setOption(int socket, int level, int option, int value) throws SystemCallException {
        Libc.call("setsockopt", socket, level, option, new int[] {value}, Integer.BYTES);
    }

    /** VLAN 0 is no VLAN but a priority (IEEE 802.1Q): the kernel's own stack takes it as well. */
    private static void filter(int socket) throws SystemCallException {
        int[][] program = {
            {LOAD_WORD, 0, 0, SKF_AD_OFF + SKF_AD_VLAN_TAG},
            {AND, 0, 0, VLAN_ID_MASK},
            {JUMP_IF_EQUAL, 0, 3, 0},
            {LOAD_WORD, 0, 0, SKF_AD_OFF + SKF_AD_PKTTYPE},
            {JUMP_IF_EQUAL, 1, 0, PACKET_OTHERHOST},
            {JUMP_IF_EQUAL, 0, 1, PACKET_OUTGOING},
            {RETURN, 0, 0, 0},
            {RETURN, 0, 0, -1},
        };
        try (Memory code = new Memory((long) program.length * INSTRUCTION_BYTES);
                Memory whole = new Memory(2L * Long.BYTES)) {
            long at = 0;
            for (int[] instruction : program) {
                code.setShort(at, (short) instruction[0]);
                code.setByte(at + 2, (byte) instruction[1]);
                code.setByte(at + 3, (byte) instruction[2]);
                code.setInt(at + 4, instruction[3]);
                at += INSTRUCTION_BYTES;
            }
            whole.clear();
            whole.setShort(0, (short) program.length);
            whole.setPointer(Long.BYTES, code);
            Libc.call("setsockopt", socket, SOL_SOCKET, SO_ATTACH_FILTER, whole, (int) whole.size());
        }
        // Whoever drives the socket in the program cannot lift it.
        setOption(socket, SOL_SOCKET, SO_LOCK_FILTER, 1);
    }
}
