package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.wire.Ipv4Option;
import org.jspecify.annotations.Nullable;

/**
 * Options of a connection or listener; what a listener accepts starts with its options. Many share one object: it is
 * {@linkplain #copy copied} to be changed, and not changed any more once it was given to one of them.
 */
public final class ConnectionOptions {
    private static final byte[] NO_BYTES = {};

    /** What the application set, bytes, or 0: the buffer then grows with the path. */
    public int sendBufferBytes;

    public int receiveBufferBytes;
    /** Name of the congestion control. */
    public String congestionControl;

    public boolean reuseAddress;
    public boolean reusePort;
    public boolean v6Only;
    /** The NIC that is used alone, or 0. */
    public int nicId;

    public boolean noDelay;
    /** Hold back what is no full segment. */
    public boolean cork;

    public QuickAck quickAck = QuickAck.INITIALLY;
    public boolean keepAlive;
    public int keepIdleSeconds = TcpSettings.KEEPALIVE_IDLE_SECONDS;
    public int keepIntervalSeconds = TcpSettings.KEEPALIVE_INTERVAL_SECONDS;
    public int keepCount = TcpSettings.KEEPALIVE_PROBES;
    /** Seconds close may take, 0 for a reset, -1 for off. */
    public int lingerSeconds = -1;

    public boolean oobInline;
    public int tos;
    public int mark;
    /** Whose code has opened it. */
    public SocketCaller caller = SocketCaller.UNKNOWN;

    public int ttl = IpLayer.LINK_TTL;
    /** Options of the IPv4 header, in whole words; not to be changed. */
    public byte[] ipOptions = NO_BYTES;
    /** Largest payload of a segment, or 0. */
    public int maxSegmentBytes;
    /** Milliseconds that sent data may stay unacknowledged, or 0 for as long as retransmission lasts (RFC 5482). */
    public int userTimeoutMs;
    /** Unsent bytes up to which it is writable, unsigned; 0 for the stack's setting. */
    public int notSentLowWaterBytes;
    /** Seconds an orphan waits for the peer's FIN, 0 for the stack's setting, negative for not at all. */
    public int finWait2Seconds;
    /** Repetitions of SYN, or 0 for the stack's setting. */
    public int synRetries;
    /** A connection is accepted only when data came, for so many seconds; 0 is off. */
    public int deferAcceptSeconds;
    /** Largest window announced, bytes, or 0. */
    public int windowClampBytes;

    /** Bytes a second at most, unsigned, -1 for no limit; a limit turns pacing on. */
    public int maxPacingRate = -1;

    /** Least retransmission timeout above the round trip, microseconds. */
    public int rtoMinUs;

    ConnectionOptions(TcpTuning settings) {
        congestionControl = settings.congestionControl;
        rtoMinUs = settings.rtoMinUs;
    }

    private ConnectionOptions(String congestionControl) {
        this.congestionControl = congestionControl;
    }

    /** The same, to be changed. */
    public ConnectionOptions copy() {
        ConnectionOptions copy = new ConnectionOptions(congestionControl);
        copy.nicId = nicId;
        copy.cork = cork;
        copy.userTimeoutMs = userTimeoutMs;
        copy.notSentLowWaterBytes = notSentLowWaterBytes;
        copy.finWait2Seconds = finWait2Seconds;
        copy.synRetries = synRetries;
        copy.deferAcceptSeconds = deferAcceptSeconds;
        copy.windowClampBytes = windowClampBytes;
        copy.maxPacingRate = maxPacingRate;
        copy.rtoMinUs = rtoMinUs;
        copy.sendBufferBytes = sendBufferBytes;
        copy.receiveBufferBytes = receiveBufferBytes;
        copy.reuseAddress = reuseAddress;
        copy.reusePort = reusePort;
        copy.v6Only = v6Only;
        copy.noDelay = noDelay;
        copy.quickAck = quickAck;
        copy.keepAlive = keepAlive;
        copy.keepIdleSeconds = keepIdleSeconds;
        copy.keepIntervalSeconds = keepIntervalSeconds;
        copy.keepCount = keepCount;
        copy.lingerSeconds = lingerSeconds;
        copy.oobInline = oobInline;
        copy.tos = tos;
        copy.mark = mark;
        copy.caller = caller;
        copy.ttl = ttl;
        copy.ipOptions = ipOptions;
        copy.maxSegmentBytes = maxSegmentBytes;
        return copy;
    }

    /** Those of a connection that a listener accepts: the options of its packets are not the listener's. */
    ConnectionOptions ofAccepted(byte[] itsIpOptions) {
        if (itsIpOptions.length == 0 && ipOptions.length == 0) {
            return this;
        }
        ConnectionOptions accepted = copy();
        accepted.ipOptions = itsIpOptions;
        return accepted;
    }

    /** A buffer size within the limits. */
    public static int clampBuffer(int bytes) {
        return Math.max(TcpSettings.MIN_BUFFER_BYTES, Math.min(bytes, TcpSettings.MAX_BUFFER_BYTES));
    }

    /** Options that many may share. */
    static ConnectionOptions archive(Archive archive, @Nullable ConnectionOptions saved) {
        ConnectionOptions options = saved == null ? new ConnectionOptions(Cubic.NAME) : saved;
        options.archive(archive);
        return options;
    }

    private void archive(Archive archive) {
        sendBufferBytes = archive.int32(sendBufferBytes);
        receiveBufferBytes = archive.int32(receiveBufferBytes);
        congestionControl = archive.text(congestionControl);
        reuseAddress = archive.bool(reuseAddress);
        reusePort = archive.bool(reusePort);
        v6Only = archive.bool(v6Only);
        nicId = archive.int32(nicId);
        noDelay = archive.bool(noDelay);
        cork = archive.bool(cork);
        quickAck = archive.constant(quickAck);
        keepAlive = archive.bool(keepAlive);
        keepIdleSeconds = archive.int32(keepIdleSeconds);
        keepIntervalSeconds = archive.int32(keepIntervalSeconds);
        keepCount = archive.int32(keepCount);
        lingerSeconds = archive.int32(lingerSeconds);
        oobInline = archive.bool(oobInline);
        tos = archive.int32(tos);
        mark = archive.int32(mark);
        caller = SocketCaller.archive(archive, caller);
        ttl = archive.int32(ttl);
        byte[] saved = archive.bytes(ipOptions, Ipv4Option.MAX_BYTES);
        ipOptions = saved.length == 0 ? NO_BYTES : saved;
        maxSegmentBytes = archive.int32(maxSegmentBytes);
        userTimeoutMs = archive.int32(userTimeoutMs);
        notSentLowWaterBytes = archive.int32(notSentLowWaterBytes);
        finWait2Seconds = archive.int32(finWait2Seconds);
        synRetries = archive.int32(synRetries);
        deferAcceptSeconds = archive.int32(deferAcceptSeconds);
        windowClampBytes = archive.int32(windowClampBytes);
        maxPacingRate = archive.int32(maxPacingRate);
        rtoMinUs = archive.int32(rtoMinUs);
    }
}
