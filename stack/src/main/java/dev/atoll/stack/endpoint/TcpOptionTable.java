package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.tcp.CongestionControls;
import dev.atoll.stack.tcp.ConnectionOptions;
import dev.atoll.stack.tcp.QuickAck;

/** The TCP endpoints' options by name. */
final class TcpOptionTable {
    private static final int MAX_SECONDS = 32_767;
    /** TCP_MIN_MSS and MAX_TCP_WINDOW. */
    private static final int LEAST_SEGMENT_BYTES = 88;

    private static final int MOST_SEGMENT_BYTES = 32_767;
    /** What a segment holds as long as nothing is known of the peer (RFC 9293 section 3.7.1). */
    private static final int DEFAULT_SEGMENT_BYTES = 536;
    /** Two ticks of Linux's fastest clock, and its TCP_RTO_MIN. */
    private static final int LEAST_RTO_MIN_US = 2_000;

    private static final int MOST_RTO_MIN_US = 200_000;
    /** TCP_FIN_TIMEOUT_MAX: more is cut to this. */
    private static final int MAX_FIN_WAIT_SECONDS = 120;

    private TcpOptionTable() {}

    /** The options with one of them changed. */
    static ConnectionOptions with(
            ConnectionOptions options, CongestionControls known, EndpointOption<?> option, Object value)
            throws StackException {
        ConnectionOptions changed = options.copy();
        set(changed, known, option, value);
        return changed;
    }

    private static void set(ConnectionOptions options, CongestionControls known, EndpointOption<?> option, Object value)
            throws StackException {
        AbstractEndpoint.checkType(option, value);
        if (value instanceof Boolean on) {
            setFlag(options, option, on);
        } else if (option == EndpointOption.TCP_CONGESTION) {
            if (!known.has((String) value)) {
                throw new StackException(StackError.UNKNOWN_CONGESTION_CONTROL, value.toString());
            }
            options.congestionControl = (String) value;
        } else if (option == EndpointOption.SO_CALLER) {
            options.caller = (SocketCaller) value;
        } else if (option == EndpointOption.IP_OPTIONS) {
            options.ipOptions = MessageOptionTable.sendable((byte[]) value);
        } else {
            setNumber(options, option, value);
        }
    }

    private static void setFlag(ConnectionOptions options, EndpointOption<?> option, boolean on) throws StackException {
        if (option == EndpointOption.SO_REUSEADDR) {
            options.reuseAddress = on;
        } else if (option == EndpointOption.SO_REUSEPORT) {
            options.reusePort = on;
        } else if (option == EndpointOption.IPV6_V6ONLY) {
            options.v6Only = on;
        } else if (option == EndpointOption.SO_KEEPALIVE) {
            options.keepAlive = on;
        } else if (option == EndpointOption.SO_OOBINLINE) {
            options.oobInline = on;
        } else if (option == EndpointOption.TCP_NODELAY) {
            options.noDelay = on;
        } else if (option == EndpointOption.TCP_CORK) {
            options.cork = on;
        } else if (option == EndpointOption.TCP_QUICKACK) {
            options.quickAck = on ? QuickAck.ALWAYS : QuickAck.NEVER;
        } else {
            throw AbstractEndpoint.unknownOption(option);
        }
    }

    private static void setNumber(ConnectionOptions options, EndpointOption<?> option, Object value)
            throws StackException {
        if (option == EndpointOption.SO_SNDBUF) {
            options.sendBufferBytes =
                    ConnectionOptions.clampBuffer(AbstractEndpoint.inRange(option, value, 0, Integer.MAX_VALUE));
        } else if (option == EndpointOption.SO_RCVBUF) {
            options.receiveBufferBytes =
                    ConnectionOptions.clampBuffer(AbstractEndpoint.inRange(option, value, 0, Integer.MAX_VALUE));
        } else if (option == EndpointOption.SO_MAX_PACING_RATE) {
            options.maxPacingRate = AbstractEndpoint.inRange(option, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (option == EndpointOption.SO_LINGER) {
            options.lingerSeconds = AbstractEndpoint.inRange(option, value, -1, AbstractEndpoint.MAX_LINGER_SECONDS);
        } else if (option == EndpointOption.SO_MARK) {
            options.mark = (Integer) value;
        } else if (option == EndpointOption.IP_TOS) {
            options.tos = AbstractEndpoint.inRange(option, value, 0, 255);
        } else if (option == EndpointOption.IP_TTL) {
            options.ttl = AbstractEndpoint.inRange(option, value, 1, 255);
        } else if (option == EndpointOption.TCP_KEEPIDLE) {
            options.keepIdleSeconds = AbstractEndpoint.inRange(option, value, 1, MAX_SECONDS);
        } else if (option == EndpointOption.TCP_KEEPINTVL) {
            options.keepIntervalSeconds = AbstractEndpoint.inRange(option, value, 1, MAX_SECONDS);
        } else if (option == EndpointOption.TCP_KEEPCNT) {
            options.keepCount = AbstractEndpoint.inRange(option, value, 1, 127);
        } else if (option == EndpointOption.TCP_MAXSEG) {
            boolean unset = value.equals(0);
            options.maxSegmentBytes =
                    unset ? 0 : AbstractEndpoint.inRange(option, value, LEAST_SEGMENT_BYTES, MOST_SEGMENT_BYTES);
        } else if (option == EndpointOption.TCP_USER_TIMEOUT) {
            options.userTimeoutMs = AbstractEndpoint.inRange(option, value, 0, Integer.MAX_VALUE);
        } else if (option == EndpointOption.TCP_NOTSENT_LOWAT) {
            options.notSentLowWaterBytes =
                    AbstractEndpoint.inRange(option, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (option == EndpointOption.TCP_LINGER2) {
            int seconds = AbstractEndpoint.inRange(option, value, -1, MAX_SECONDS);
            options.finWait2Seconds = Math.min(seconds, MAX_FIN_WAIT_SECONDS);
        } else if (option == EndpointOption.TCP_SYNCNT) {
            options.synRetries = AbstractEndpoint.inRange(option, value, 1, 127);
        } else if (option == EndpointOption.TCP_DEFER_ACCEPT) {
            options.deferAcceptSeconds = AbstractEndpoint.inRange(option, value, 0, MAX_SECONDS);
        } else if (option == EndpointOption.TCP_WINDOW_CLAMP) {
            options.windowClampBytes = AbstractEndpoint.inRange(option, value, 0, 1 << 30);
        } else if (option == EndpointOption.TCP_RTO_MIN_US) {
            options.rtoMinUs = AbstractEndpoint.inRange(option, value, LEAST_RTO_MIN_US, MOST_RTO_MIN_US);
        } else {
            throw AbstractEndpoint.unknownOption(option);
        }
    }

    /**
     * The value of an option.
     *
     * @param sendBufferBytes what the send buffer is now, set or grown; the same for the receive buffer
     */
    static Object get(ConnectionOptions options, EndpointOption<?> option, int sendBufferBytes, int receiveBufferBytes)
            throws StackException {
        if (option == EndpointOption.SO_REUSEADDR) {
            return options.reuseAddress;
        } else if (option == EndpointOption.SO_REUSEPORT) {
            return options.reusePort;
        } else if (option == EndpointOption.IPV6_V6ONLY) {
            return options.v6Only;
        } else if (option == EndpointOption.SO_BINDTOIFINDEX) {
            return options.nicId;
        } else if (option == EndpointOption.SO_KEEPALIVE) {
            return options.keepAlive;
        } else if (option == EndpointOption.SO_OOBINLINE) {
            return options.oobInline;
        } else if (option == EndpointOption.TCP_NODELAY) {
            return options.noDelay;
        } else if (option == EndpointOption.TCP_QUICKACK) {
            return options.quickAck != QuickAck.NEVER;
        } else if (option == EndpointOption.SO_SNDBUF) {
            return sendBufferBytes;
        } else if (option == EndpointOption.SO_RCVBUF) {
            return receiveBufferBytes;
        } else if (option == EndpointOption.SO_MAX_PACING_RATE) {
            return options.maxPacingRate;
        } else if (option == EndpointOption.SO_LINGER) {
            return options.lingerSeconds;
        } else if (option == EndpointOption.SO_MARK) {
            return options.mark;
        } else if (option == EndpointOption.SO_CALLER) {
            return options.caller;
        } else if (option == EndpointOption.IP_TOS) {
            return options.tos;
        } else if (option == EndpointOption.IP_OPTIONS) {
            return options.ipOptions.clone();
        } else if (option == EndpointOption.IP_TTL) {
            return options.ttl;
        } else if (option == EndpointOption.TCP_KEEPIDLE) {
            return options.keepIdleSeconds;
        } else if (option == EndpointOption.TCP_KEEPINTVL) {
            return options.keepIntervalSeconds;
        } else if (option == EndpointOption.TCP_KEEPCNT) {
            return options.keepCount;
        } else if (option == EndpointOption.TCP_MAXSEG) {
            return options.maxSegmentBytes == 0 ? DEFAULT_SEGMENT_BYTES : options.maxSegmentBytes;
        } else if (option == EndpointOption.TCP_CORK) {
            return options.cork;
        } else if (option == EndpointOption.TCP_CONGESTION) {
            return options.congestionControl;
        } else if (option == EndpointOption.TCP_USER_TIMEOUT) {
            return options.userTimeoutMs;
        } else if (option == EndpointOption.TCP_NOTSENT_LOWAT) {
            return options.notSentLowWaterBytes;
        } else if (option == EndpointOption.TCP_LINGER2) {
            return options.finWait2Seconds;
        } else if (option == EndpointOption.TCP_SYNCNT) {
            return options.synRetries;
        } else if (option == EndpointOption.TCP_DEFER_ACCEPT) {
            return options.deferAcceptSeconds;
        } else if (option == EndpointOption.TCP_WINDOW_CLAMP) {
            return options.windowClampBytes;
        } else if (option == EndpointOption.TCP_RTO_MIN_US) {
            return options.rtoMinUs;
        }
        throw AbstractEndpoint.unknownOption(option);
    }
}
