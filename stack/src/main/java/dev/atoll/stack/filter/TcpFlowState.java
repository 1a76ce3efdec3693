package dev.atoll.stack.filter;

import dev.atoll.stack.wire.Tcp;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection as a bystander sees it: Linux's connection tracking states, how long each is remembered without a
 * packet (Linux's defaults), and which packet leads where.
 *
 * <p>Only flags and direction count. Sequence numbers are not compared with the windows, so a forged packet with
 * plausible flags is not {@link ConnState#INVALID} as it would be on Linux; the endpoint itself judges it.
 */
enum TcpFlowState {
    NONE(0),
    SYN_SENT(120),
    SYN_RECEIVED(60),
    ESTABLISHED(5 * 24 * 3600),
    FIN_WAIT(120),
    CLOSE_WAIT(60),
    LAST_ACK(30),
    TIME_WAIT(120),
    CLOSED(10),
    /** Both sides have sent SYN: a simultaneous open. */
    SYN_SENT_BOTH(120),

    /** Not a state: the packet belongs to the flow, changes nothing, and does not prolong it. */
    IGNORED(0),
    /** Not a state: the packet cannot belong to the flow. */
    IMPOSSIBLE(0);

    /** A connection picked up in the middle and not yet answered is not kept for days. */
    static final long UNANSWERED_NS = TimeUnit.MINUTES.toNanos(5);

    private static final int JUDGED = Tcp.FIN | Tcp.SYN | Tcp.RST | Tcp.ACK;

    final long timeoutNs;

    TcpFlowState(long timeoutSeconds) {
        timeoutNs = TimeUnit.SECONDS.toNanos(timeoutSeconds);
    }

    /** Whether a packet with these flags can exist: RFC 9293 has no use for the other combinations. */
    static boolean possible(int flags) {
        boolean urgent = (flags & Tcp.URG) != 0;
        switch (flags & JUDGED) {
            case Tcp.SYN:
            case Tcp.ACK:
            case Tcp.FIN | Tcp.ACK:
                return true;
            case Tcp.SYN | Tcp.ACK:
            case Tcp.RST:
            case Tcp.RST | Tcp.ACK:
                return !urgent;
            default:
                return false;
        }
    }

    /** Whether a packet with these flags neither begins a connection nor ends one. */
    static boolean isData(int flags) {
        return (flags & JUDGED) == Tcp.ACK;
    }

    /** Where a packet with these {@linkplain #possible possible} flags leads. */
    TcpFlowState after(int flags, boolean reply) {
        if ((flags & Tcp.RST) != 0) {
            return this == NONE ? IMPOSSIBLE : CLOSED;
        }
        if ((flags & Tcp.SYN) != 0) {
            return (flags & Tcp.ACK) != 0 ? afterSynAck(reply) : reply ? afterSynReply() : afterSyn();
        }
        return (flags & Tcp.FIN) != 0 ? afterFin() : afterAck(reply);
    }

    /** A SYN of the side that began: the first, again, or a new connection where the old one is over. */
    private TcpFlowState afterSyn() {
        switch (this) {
            case NONE:
            case SYN_SENT:
            case TIME_WAIT:
            case CLOSED:
                return SYN_SENT;
            case SYN_SENT_BOTH:
                return SYN_SENT_BOTH;
            default:
                return IGNORED;
        }
    }

    private TcpFlowState afterSynReply() {
        switch (this) {
            case SYN_SENT:
            case SYN_SENT_BOTH:
                return SYN_SENT_BOTH;
            case TIME_WAIT:
                return SYN_SENT;
            default:
                return IMPOSSIBLE;
        }
    }

    private TcpFlowState afterSynAck(boolean reply) {
        switch (this) {
            case NONE:
                return IMPOSSIBLE;
            case SYN_SENT:
                return reply ? SYN_RECEIVED : IMPOSSIBLE;
            case SYN_SENT_BOTH:
                return SYN_RECEIVED;
            case SYN_RECEIVED:
                return reply ? IGNORED : SYN_RECEIVED;
            default:
                return reply ? IGNORED : IMPOSSIBLE;
        }
    }

    private TcpFlowState afterFin() {
        switch (this) {
            case SYN_RECEIVED:
            case ESTABLISHED:
                return FIN_WAIT;
            case FIN_WAIT:
            case CLOSE_WAIT:
            case LAST_ACK:
                return LAST_ACK;
            case TIME_WAIT:
            case CLOSED:
                return this;
            default:
                return IMPOSSIBLE;
        }
    }

    private TcpFlowState afterAck(boolean reply) {
        switch (this) {
            case NONE:
                return reply ? IMPOSSIBLE : ESTABLISHED;
            case SYN_SENT:
            case SYN_SENT_BOTH:
                return reply ? IGNORED : IMPOSSIBLE;
            case SYN_RECEIVED:
                return reply ? SYN_RECEIVED : ESTABLISHED;
            case ESTABLISHED:
                return ESTABLISHED;
            case FIN_WAIT:
            case CLOSE_WAIT:
                return CLOSE_WAIT;
            case LAST_ACK:
            case TIME_WAIT:
                return TIME_WAIT;
            case CLOSED:
                return CLOSED;
            default:
                return IMPOSSIBLE;
        }
    }
}
