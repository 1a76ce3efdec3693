package dev.atoll.launcher.sys;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A route netlink socket (rtnetlink(7)): asks for what a network namespace has, and changes it. It belongs to the namespace
 * of the thread that opened it, whichever thread uses it. One thread at a time.
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
    private static final short NLM_F_DUMP = 0x300;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final short NLMSG_ERROR = 2;
    private static final short NLMSG_DONE = 3;
    private static final int TYPE = 4;

    /** The kernel fills as much of it as suits it: what netlink(7) advises. */
    private static final int ANSWER_BYTES = 32 * 1024;

    private final int socket;

    private Netlink(int socket) {
        this.socket = socket;
    }

    /** A socket of the calling thread's network namespace. */
    public static Netlink open() throws SystemCallException {
        return new Netlink(Libc.call("socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
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

    private static void refuseError(int negative) throws SystemCallException {
        if (negative < 0) {
            throw new SystemCallException("rtnetlink", -negative, Libc.strerror(-negative));
        }
    }

    @Override
    public void close() {
        Libc.close(socket);
    }
}
