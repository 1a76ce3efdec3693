package dev.atoll.stack.filter;

/**
 * What {@code -j LOG} tells of a packet beyond the usual.
 *
 * @param tcpSequence {@code --log-tcp-sequence}: sequence and acknowledgment number
 * @param tcpOptions {@code --log-tcp-options}
 * @param ipOptions {@code --log-ip-options}: those of IPv4, and IPv6's extension headers
 * @param owner {@code --log-uid}: who sends it
 * @param linkHeader {@code --log-macdecode}: the frame's addresses by their names
 */
public record LogDetails(
        boolean tcpSequence, boolean tcpOptions, boolean ipOptions, boolean owner, boolean linkHeader) {
    /** Only the usual. */
    public static final LogDetails NONE = new LogDetails(false, false, false, false, false);

    /** What Linux tells of a packet with {@code -j TRACE} (NF_LOG_DEFAULT_MASK). */
    public static final LogDetails OF_TRACE = new LogDetails(true, true, true, true, false);
}
