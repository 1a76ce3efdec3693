package dev.atoll.stack.env;

/**
 * Everything that can go wrong in a call of the stack: a closed vocabulary. The name in parentheses is the errno that
 * Linux gives in the same situation.
 */
public enum StackError {
    /** The endpoint's peer refused: RST to a SYN, or port unreachable (ECONNREFUSED). */
    REFUSED("Connection refused"),
    /** The peer reset an established connection (ECONNRESET). */
    RESET("Connection reset"),
    /** The connection is gone: written to after a reset or after the local end was shut (EPIPE). */
    BROKEN_PIPE("Broken pipe"),
    /** The connection was ended from this side (ECONNABORTED). */
    ABORTED("Connection aborted"),
    /** The peer did not answer in time (ETIMEDOUT). */
    TIMED_OUT("Connection timed out"),
    /** The NIC is not enabled (ENETDOWN). */
    NETWORK_DOWN("Network is down"),
    /** No route, or a network was reported unreachable (ENETUNREACH). */
    NETWORK_UNREACHABLE("Network is unreachable"),
    /** The host did not answer to its address, or was reported unreachable or forbidden (EHOSTUNREACH). */
    HOST_UNREACHABLE("No route to host"),
    /** The host is down as far as the link knows (EHOSTDOWN). */
    HOST_DOWN("Host is down"),
    /** The host does not speak the protocol (ENOPROTOOPT). */
    PROTOCOL_UNREACHABLE("Protocol not available"),
    /** A local address and port are taken (EADDRINUSE). */
    ADDRESS_IN_USE("Address already in use"),
    /** The address is none of the stack's own (EADDRNOTAVAIL); also when no ephemeral port is left. */
    BAD_LOCAL_ADDRESS("Cannot assign requested address"),
    /** The address exists already on that NIC (EEXIST). */
    DUPLICATE_ADDRESS("File exists"),
    /** There is no NIC of that id or name (ENODEV). */
    UNKNOWN_NIC("No such device"),
    /** A datagram is larger than the protocol or path allows (EMSGSIZE). */
    MESSAGE_TOO_LONG("Message too long"),
    /** A bounded table or buffer of the stack is full (ENOBUFS). */
    NO_BUFFER_SPACE("No buffer space available"),
    /** The call is not allowed for this caller, port or destination: broadcast without the option, say (EACCES). */
    PERMISSION_DENIED("Permission denied"),
    /** The filter dropped what was sent, where Linux says so to the sender (EPERM). */
    NOT_PERMITTED("Operation not permitted"),
    /** The endpoint is not connected (ENOTCONN). */
    NOT_CONNECTED("Transport endpoint is not connected"),
    /** The endpoint is connected already (EISCONN). */
    ALREADY_CONNECTED("Transport endpoint is already connected"),
    /** A connect is under way already (EALREADY). */
    ALREADY_CONNECTING("Operation already in progress"),
    /** The call does not fit the endpoint's state, or a value is out of range (EINVAL). */
    INVALID("Invalid argument"),
    /** The endpoint does not have that option (ENOPROTOOPT). */
    UNKNOWN_OPTION("Protocol not available"),
    /** The stack has no congestion control of that name (ENOENT). */
    UNKNOWN_CONGESTION_CONTROL("No such file or directory"),
    /** The address family or protocol was not enabled in this stack (EAFNOSUPPORT). */
    NOT_SUPPORTED("Address family not supported by protocol"),
    /** The destination address is missing (EDESTADDRREQ). */
    DESTINATION_REQUIRED("Destination address required"),
    /** The memory of a buffer is gone, as of a mapped file that was made shorter (EFAULT). */
    BAD_BUFFER("Bad address"),
    /** The endpoint or the stack was closed (EBADF). */
    CLOSED("Bad file descriptor");

    private final String text;

    StackError(String text) {
        this.text = text;
    }

    /** What strerror(3) says of it on Linux, the words programs already know. */
    public String text() {
        return text;
    }
}
