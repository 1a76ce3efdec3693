package dev.atoll.stack.tcp;

/** Options of a connection or listener; what a listener accepts starts with a copy of its options. */
public final class ConnectionOptions {
    public int sendBufferBytes = TcpSettings.SEND_BUFFER_BYTES;
    public int receiveBufferBytes = TcpSettings.RECEIVE_BUFFER_BYTES;
    public boolean reuseAddress;
    public boolean reusePort;
    public boolean v6Only;
    public boolean noDelay;
    public QuickAck quickAck = QuickAck.INITIALLY;
    public boolean keepAlive;
    public int keepIdleSeconds = TcpSettings.KEEPALIVE_IDLE_SECONDS;
    public int keepIntervalSeconds = TcpSettings.KEEPALIVE_INTERVAL_SECONDS;
    public int keepCount = TcpSettings.KEEPALIVE_PROBES;
    /** Seconds close may take, 0 for a reset, -1 for off. */
    public int lingerSeconds = -1;

    public boolean oobInline;
    public int tos;
    public int ttl = 64;
    /** Largest payload of a segment, or 0. */
    public int maxSegmentBytes;

    public ConnectionOptions() {}

    ConnectionOptions copy() {
        ConnectionOptions copy = new ConnectionOptions();
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
        copy.ttl = ttl;
        copy.maxSegmentBytes = maxSegmentBytes;
        return copy;
    }

    /** A buffer size within the limits. */
    public static int clampBuffer(int bytes) {
        return Math.max(TcpSettings.MIN_BUFFER_BYTES, Math.min(bytes, TcpSettings.MAX_BUFFER_BYTES));
    }
}
