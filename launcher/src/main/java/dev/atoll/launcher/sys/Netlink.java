package dev.atoll.launcher.sys;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A netlink socket (netlink(7)), of rtnetlink(7) or of the packet filter: asks for what a network namespace has, and changes it.
 * It belongs to the namespace of the thread that opened it, whichever thread uses it. One thread at a time.
 */
public final class Netlink implements Closeable {
    public static final short RTM_NEWLINK = 16;
    public static final short RTM_DELLINK = 17;
    public static final short RTM_GETLINK = 18;
    public static final short RTM_NEWADDR = 20;
    public static final short RTM_GETADDR = 22;
    public static final short RTM_GETROUTE = 26;

    /** Bytes of {@code struct nlmsghdr}. */
    static final int HEADER_BYTES = 16;

    static final short NLM_F_REQUEST = 1;
    static final short NLM_F_ACK = 4;
    static final short NLM_F_EXCL = 0x200;
    static final short NLM_F_CREATE = 0x400;
    static final short NLM_F_APPEND = 0x800;
    private static final short NLM_F_DUMP = 0x300;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int NETLINK_NETFILTER = 12;
    private static final short NLMSG_ERROR = 2;
    private static final short NLMSG_DONE = 3;
    private static final int TYPE = 4;
    private static final int SEQUENCE = 8;

    /** The kernel fills as much of it as suits it: what netlink(7) advises. */
    private static final int ANSWER_BYTES = 32 * 1024;

    private final String name;
    private final int socket;

    private Netlink(String name, int protocol) throws SystemCallException {
        this.name = name;
        this.socket = Libc.call("socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    }

    /** A socket of the calling thread's network namespace. */
    public static Netlink open() throws SystemCallException {
        return new Netlink("rtnetlink", NETLINK_ROUTE);
    }

    /** As {@link #open}, to the packet filter. */
    static Netlink openNetfilter() throws SystemCallException {
        return new Netlink("nfnetlink", NETLINK_NETFILTER);
    }

    /**
     * Changes something.
     *
     * @throws SystemCallException with the kernel's reason if it refuses
     */
    public void change(NetlinkRequest request) throws SystemCallException {
        Libc.write(socket, request.bytes(NLM_F_ACK));
        byte[] answer = new byte[ANSWER_BYTES];
        int unusedBytes = Libc.read(socket, answer);
        ByteBuffer message = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
        refuseError(message.getInt(HEADER_BYTES));
    }

    /**
     * Changes all of it, or nothing; of the packet filter.
     *
     * @throws SystemCallException with the kernel's first reason if it refuses
     */
    void changeAtOnce(List<NetlinkRequest> requests) throws SystemCallException {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        batch.writeBytes(NetlinkRequest.netfilterBatch(true).bytes((short) 0));
        for (int number = 1; number <= requests.size(); number++) {
            short acknowledged = number == requests.size() ? NLM_F_ACK : 0;
            batch.writeBytes(requests.get(number - 1).numbered(number).bytes(acknowledged));
        }
        batch.writeBytes(NetlinkRequest.netfilterBatch(false).bytes((short) 0));
        Libc.write(socket, batch.toByteArray());
        byte[] answer = new byte[ANSWER_BYTES];
        boolean done = false;
        while (!done) {
            int count = Libc.read(socket, answer);
            ByteBuffer messages = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
            for (int at = 0; at + HEADER_BYTES <= count; at += NetlinkRequest.aligned(messages.getInt(at))) {
                refuseError(messages.getInt(at + HEADER_BYTES));
                done |= messages.getInt(at + SEQUENCE) == requests.size();
            }
        }
    }

    /**
     * Asks for everything of a kind.
     *
     * @return the messages without their headers, in the machine's byte order
     */
    public List<ByteBuffer> dump(NetlinkRequest request) throws SystemCallException {
        Libc.write(socket, request.bytes(NLM_F_DUMP));
        List<ByteBuffer> messages = new ArrayList<>();
        byte[] answer = new byte[ANSWER_BYTES];
        while (true) {
            int count = Libc.read(socket, answer);
            for (int at = 0; at + HEADER_BYTES <= count; ) {
                ByteBuffer header = ByteBuffer.wrap(answer, at, count - at).order(ByteOrder.nativeOrder());
                int length = header.getInt(at);
                short type = header.getShort(at + TYPE);
                if (type == NLMSG_ERROR || type == NLMSG_DONE) {
                    // DONE carries an error number, too: a dump can fail in its midst.
                    refuseError(length >= HEADER_BYTES + Integer.BYTES ? header.getInt(at + HEADER_BYTES) : 0);
                    return messages;
                }
                byte[] body = new byte[length - HEADER_BYTES];
                System.arraycopy(answer, at + HEADER_BYTES, body, 0, body.length);
                messages.add(ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()));
                at += NetlinkRequest.aligned(length);
            }
        }
    }

    private void refuseError(int negative) throws SystemCallException {
        if (negative < 0) {
            throw new SystemCallException(name, -negative, Libc.strerror(-negative));
        }
    }

    @Override
    public void close() {
        Libc.close(socket);
    }
}
