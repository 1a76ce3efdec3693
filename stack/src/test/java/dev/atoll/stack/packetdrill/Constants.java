package dev.atoll.stack.packetdrill;

import dev.atoll.stack.env.StackError;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of the C constants that scripts name, as Linux on x86_64 has them. */
final class Constants {
    static final long O_NONBLOCK = 0x800;
    static final long MSG_OOB = 1;
    static final long MSG_DONTWAIT = 0x40;
    static final long MSG_NOSIGNAL = 0x4000;
    static final long MSG_EOR = 0x80;
    static final long MSG_MORE = 0x8000;
    static final long POLLIN = 1;
    static final long POLLOUT = 4;
    static final long POLLERR = 8;
    static final long POLLHUP = 0x10;
    static final long POLLRDHUP = 0x2000;
    static final long EPOLLET = 0x8000_0000L;

    private static final Map<String, Long> VALUES = new HashMap<>();

    static {
        put("AF_INET", 2, "SOCK_STREAM", 1, "SOCK_DGRAM", 2, "IPPROTO_IP", 0, "IPPROTO_TCP", 6, "IPPROTO_UDP", 17);
        put("SOL_SOCKET", 1, "SOL_IP", 0, "SOL_TCP", 6, "SOCK_NONBLOCK", O_NONBLOCK);
        put("SO_DEBUG", 1, "SO_REUSEADDR", 2, "SO_ERROR", 4, "SO_BROADCAST", 6, "SO_SNDBUF", 7, "SO_RCVBUF", 8);
        put("SO_KEEPALIVE", 9, "SO_OOBINLINE", 10, "SO_LINGER", 13, "SO_REUSEPORT", 15);
        put("IP_TOS", 1, "IP_TTL", 2);
        put("TCP_NODELAY", 1, "TCP_MAXSEG", 2, "TCP_KEEPIDLE", 4, "TCP_KEEPINTVL", 5, "TCP_KEEPCNT", 6);
        put("TCP_QUICKACK", 12, "TCP_CORK", 3, "TCP_SYNCNT", 7, "TCP_LINGER2", 8, "TCP_DEFER_ACCEPT", 9);
        put("TCP_WINDOW_CLAMP", 10, "TCP_USER_TIMEOUT", 18, "TCP_NOTSENT_LOWAT", 25);
        put("F_GETFL", 3, "F_SETFL", 4, "O_RDONLY", 0, "O_WRONLY", 1, "O_RDWR", 2, "O_NONBLOCK", O_NONBLOCK);
        put("SHUT_RD", 0, "SHUT_WR", 1, "SHUT_RDWR", 2, "SIOCINQ", 0x541b, "FIONREAD", 0x541b, "SIOCOUTQ", 0x5411);
        put("MSG_OOB", MSG_OOB, "MSG_PEEK", 2, "MSG_TRUNC", 0x20, "MSG_DONTWAIT", MSG_DONTWAIT, "MSG_EOR", MSG_EOR);
        put("MSG_NOSIGNAL", MSG_NOSIGNAL, "MSG_MORE", MSG_MORE, "MSG_ZEROCOPY", 0x4000000, "MSG_FASTOPEN", 0x20000000);
        put("POLLIN", POLLIN, "POLLOUT", POLLOUT, "POLLERR", POLLERR, "POLLHUP", POLLHUP, "POLLRDHUP", POLLRDHUP);
        put("EPOLLIN", POLLIN, "EPOLLOUT", POLLOUT, "EPOLLERR", POLLERR, "EPOLLHUP", POLLHUP, "EPOLLRDHUP", POLLRDHUP);
        put("EPOLLET", EPOLLET, "EPOLL_CTL_ADD", 1, "EPOLL_CTL_DEL", 2, "EPOLL_CTL_MOD", 3);
        put("EPERM", 1, "EBADF", 9, "EAGAIN", 11, "EWOULDBLOCK", 11, "EACCES", 13, "EEXIST", 17, "ENODEV", 19);
        put("EINVAL", 22, "EPIPE", 32, "EDESTADDRREQ", 89, "EMSGSIZE", 90, "ENOPROTOOPT", 92, "EOPNOTSUPP", 95);
        put("EAFNOSUPPORT", 97, "EADDRINUSE", 98, "EADDRNOTAVAIL", 99, "ENETUNREACH", 101, "ECONNABORTED", 103);
        put("ECONNRESET", 104, "ENOBUFS", 105, "EISCONN", 106, "ENOTCONN", 107, "ETIMEDOUT", 110);
        put("ECONNREFUSED", 111, "EHOSTDOWN", 112, "EHOSTUNREACH", 113, "EALREADY", 114, "EINPROGRESS", 115);
    }

    private Constants() {}

    private static void put(Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            VALUES.put((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).longValue());
        }
    }

    static @Nullable Long value(String name) {
        return VALUES.get(name);
    }

    /** The errno that Linux gives for an error of the stack. */
    static String errno(StackError error) {
        return switch (error) {
            case REFUSED -> "ECONNREFUSED";
            case RESET -> "ECONNRESET";
            case BROKEN_PIPE -> "EPIPE";
            case ABORTED -> "ECONNABORTED";
            case TIMED_OUT -> "ETIMEDOUT";
            case NETWORK_DOWN -> "ENETDOWN";
            case NETWORK_UNREACHABLE -> "ENETUNREACH";
            case HOST_UNREACHABLE -> "EHOSTUNREACH";
            case HOST_DOWN -> "EHOSTDOWN";
            case PROTOCOL_UNREACHABLE, UNKNOWN_OPTION -> "ENOPROTOOPT";
            case ADDRESS_IN_USE -> "EADDRINUSE";
            case BAD_LOCAL_ADDRESS -> "EADDRNOTAVAIL";
            case DUPLICATE_ADDRESS -> "EEXIST";
            case UNKNOWN_NIC -> "ENODEV";
            case MESSAGE_TOO_LONG -> "EMSGSIZE";
            case NO_BUFFER_SPACE -> "ENOBUFS";
            case PERMISSION_DENIED -> "EACCES";
            case NOT_PERMITTED -> "EPERM";
            case NOT_CONNECTED -> "ENOTCONN";
            case ALREADY_CONNECTED -> "EISCONN";
            case ALREADY_CONNECTING -> "EALREADY";
            case INVALID -> "EINVAL";
            case UNKNOWN_CONGESTION_CONTROL -> "ENOENT";
            case NOT_SUPPORTED -> "EAFNOSUPPORT";
            case DESTINATION_REQUIRED -> "EDESTADDRREQ";
            case BAD_BUFFER -> "EFAULT";
            case CLOSED -> "EBADF";
        };
    }
}
