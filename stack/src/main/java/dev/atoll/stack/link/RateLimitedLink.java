package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketList;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the rate at which another link is sent to: a token bucket as of tc-tbf(8), in the stack's time. Frames leave as
 * they come while the bucket has tokens, one for a byte, and then at the rate. What may not leave yet waits here; when as
 * much waits as may, there is no room, so senders wait, and nothing is dropped. What comes in is not limited.
 *
 * <p>Bytes are those of frames with their link header; of a super-segment, those of the frames it is cut into.
 */
public final class RateLimitedLink extends NestedLink {
    /** The largest rate. */
    public static final long MAX_BYTES_PER_SECOND = 1_000_000_000_000L;

    private static final long BILLION = 1_000_000_000L;

    private final long bytesPerSecond;
    private final int burstBytes;
    private final int limitBytes;
    private final Capabilities capabilities;
    private final PacketList waiting = new PacketList();
    private long waitingBytes;
    /** Billionths of a token. Less than none after a frame that was larger than the bucket. */
    private long tokens;
    /** Until when tokens were given. */
    private long filledNs;

    private @Nullable Timer timer;
    private boolean refused;

    /**
     * @param bytesPerSecond the rate, 1 or more
     * @param burstBytes size of the bucket, which is full at first: what leaves at once after a pause; at least a full frame
     * @param limitBytes what may wait, 0 or more; one frame may wait in any case
     */
    public RateLimitedLink(LinkEndpoint inner, long bytesPerSecond, int burstBytes, int limitBytes) {
        super(inner);
        Check.argument(
                bytesPerSecond >= 1 && bytesPerSecond <= MAX_BYTES_PER_SECOND,
                "bytesPerSecond",
                bytesPerSecond,
                "1 to " + MAX_BYTES_PER_SECOND);
        Capabilities its = inner.capabilities();
        int headerBytes = its.ethernet() ? Ethernet.HEADER_BYTES : 0;
        int frameBytes = inner.mtuBytes() + headerBytes;
        Check.argument(
                burstBytes >= frameBytes, "burstBytes", burstBytes, "a full frame of " + frameBytes + " or more");
        Check.argument(limitBytes >= 0, "limitBytes", limitBytes, "0 or more");
        this.bytesPerSecond = bytesPerSecond;
        this.burstBytes = burstBytes;
        this.limitBytes = limitBytes;
        // A super-segment is no way around the bucket.
        capabilities = new Capabilities(
                its.transmitChecksum(),
                its.receiveChecksum(),
                Math.min(its.gsoMaxBytes(), burstBytes - headerBytes),
                its.ethernet(),
                its.loopback());
        tokens = burstBytes * BILLION;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Bytes that wait. */
    public long waitingBytes() {
        return waitingBytes;
    }

    @Override
    public void attach(LinkDispatcher dispatcher) {
        super.attach(dispatcher);
        filledNs = nowNs();
        timer = newTimer(this::drain);
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        int bytes = wireBytes(frame);
        if (waiting.isEmpty()) {
            fill();
            if (tokens >= needed(bytes)) {
                boolean taken = inner().transmit(frame);
                tokens -= taken ? bytes * BILLION : 0;
                refused |= !taken;
                return taken;
            }
        } else if (waitingBytes + bytes > limitBytes) {
            refused = true;
            return false;
        }
        waiting.add(pool().copy(frame));
        waitingBytes += bytes;
        awaitTokens();
        return true;
    }

    /** A frame larger than the bucket leaves when that is full. */
    private long needed(int bytes) {
        return Math.min(bytes, burstBytes) * BILLION;
    }

    private static int wireBytes(PacketBuffer frame) {
        if (frame.gsoType == PacketBuffer.GSO_NONE) {
            return frame.length();
        }
        int at = frame.transportOffset;
        int headerBytes = at + Tcp.headerBytes(frame.data(), at) - frame.start();
        int payload = frame.length() - headerBytes;
        int segments = Math.max(1, (payload + frame.gsoSize - 1) / frame.gsoSize);
        return payload + segments * headerBytes;
    }

    private void fill() {
        long elapsedNs = nowNs() - filledNs;
        long missing = burstBytes * BILLION - tokens;
        // Divided, as the product may be too large after a long pause.
        tokens = elapsedNs > missing / bytesPerSecond ? burstBytes * BILLION : tokens + elapsedNs * bytesPerSecond;
        filledNs += elapsedNs;
    }

    @Override
    public void writable() {
        drain();
    }

    private void drain() {
        fill();
        PacketBuffer first = waiting.peek();
        while (first != null) {
            int bytes = wireBytes(first);
            if (tokens < needed(bytes)) {
                awaitTokens();
                break;
            }
            if (!inner().transmit(first)) {
                // It says when it has room.
                break;
            }
            tokens -= bytes * BILLION;
            waitingBytes -= bytes;
            waiting.poll();
            first.release();
            first = waiting.peek();
        }
        if (refused && (waiting.isEmpty() || waitingBytes < limitBytes)) {
            refused = false;
            outer().writable();
        }
    }

    /** Comes back when the first that waits may leave. */
    private void awaitTokens() {
        PacketBuffer first = waiting.peek();
        Timer armed = timer;
        if (first != null && armed != null) {
            long missing = needed(wireBytes(first)) - tokens;
            armed.arm(filledNs + (missing + bytesPerSecond - 1) / bytesPerSecond);
        }
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.dispose();
        }
        waiting.clear();
        waitingBytes = 0;
        super.close();
    }
}
