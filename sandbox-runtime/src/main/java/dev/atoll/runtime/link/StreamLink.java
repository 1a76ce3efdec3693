package dev.atoll.runtime.link;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Ethernet frames over a Unix stream socket, each behind its length in 4 bytes, big-endian: the framing of QEMU's
 * {@code -netdev stream}, which passt and gvproxy speak too. Many frames go per system call, both ways.
 *
 * <p>Under the stack's hold. The descriptor belongs to the link. Outgoing frames gather in a bounded buffer until the
 * stack's cycle ends or the buffer is full; when the socket takes no more, the stack is told to wait, and again when
 * half of the buffer is free.
 */
public final class StreamLink extends DescriptorLink {
    /** The length in front of each frame. */
    static final int PREFIX_BYTES = 4;

    /** The longest frame taken: more than 64 KiB means that the two ends have lost step, and nothing after it is sure. */
    static final int MAX_FRAME_BYTES = BufferPool.MAX_BYTES;

    private static final int ETHERNET_BYTES = 14;

    /** Bytes each way that one system call can move; a little more than a Unix socket's default buffer (212,992). */
    static final int BUFFER_BYTES = 256 * 1024;

    /** Frames taken in one poll, so that timers and waiting threads get their turn. */
    static final int BATCH_FRAMES = 256;

    /** Received, not yet delivered: from {@link #inStart} to {@link #inEnd}. */
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private int inStart;
    private int inEnd;

    /** Taken from the stack, not yet sent: from {@link #outStart} to {@link #outEnd}. */
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private int outStart;
    private int outEnd;

    /**
     * @param descriptor a connected Unix stream socket
     * @param linkAddress this end's address
     * @param mtuBytes the largest IP packet a frame carries; both ends must agree
     */
    public StreamLink(HostDescriptor descriptor, MacAddress linkAddress, int mtuBytes) {
        super(descriptor, linkAddress, mtuBytes, Capabilities.PLAIN_ETHERNET);
        Check.argument(
                mtuBytes >= 68 && mtuBytes <= MAX_FRAME_BYTES - ETHERNET_BYTES,
                "mtuBytes",
                mtuBytes,
                "68 to " + (MAX_FRAME_BYTES - ETHERNET_BYTES));
    }

    @Override
    boolean receive(LinkDispatcher to, boolean readable) {
        int budget = deliverFrames(to, BATCH_FRAMES);
        boolean mayRead = readable;
        while (mayRead && budget > 0 && isAlive()) {
            mayRead = fill();
            budget = deliverFrames(to, budget);
        }
        return isAlive() && budget == 0 && hasCompleteFrame();
    }

    /** Reads once; whether the socket may have more, which it has not if it did not fill the buffer. */
    private boolean fill() {
        if (inStart == inEnd) {
            inStart = 0;
            inEnd = 0;
        } else if (BUFFER_BYTES - inEnd < PREFIX_BYTES + MAX_FRAME_BYTES) {
            // The beginning of one frame is left: it moves to the front, so that a read is never a small one.
            in.put(0, in, inStart, inEnd - inStart);
            inEnd -= inStart;
            inStart = 0;
        }
        int room = BUFFER_BYTES - inEnd;
        int count;
        counters.readCalls++;
        try {
            count = descriptor.read(in.clear().position(inEnd));
        } catch (IOException e) {
            fail("the link's socket cannot be read: " + e.getMessage());
            return false;
        } finally {
            in.clear();
        }
        if (count == HostDescriptor.END) {
            fail(inStart == inEnd ? "the other end closed the link" : "the other end closed the link inside a frame");
            return false;
        }
        inEnd += count;
        return count == room;
    }

    /** Delivers complete frames, at most {@code budget}, and returns what is left of it. */
    private int deliverFrames(LinkDispatcher to, int budget) {
        int left = budget;
        while (left > 0 && isAlive() && inEnd - inStart >= PREFIX_BYTES) {
            int frameBytes = in.getInt(inStart);
            if (frameBytes < 0 || frameBytes > MAX_FRAME_BYTES) {
                fail("the other end announced a frame of " + Integer.toUnsignedString(frameBytes)
                        + " bytes, more than the " + MAX_FRAME_BYTES
                        + " this link takes: it does not speak the framing of QEMU's -netdev stream");
                return left;
            }
            if (inEnd - inStart - PREFIX_BYTES < frameBytes) {
                return left;
            }
            int frameAt = inStart + PREFIX_BYTES;
            inStart = frameAt + frameBytes;
            left--;
            if (frameBytes < ETHERNET_BYTES) {
                counters.malformed++;
                continue;
            }
            deliver(to, frameAt, frameBytes);
        }
        return left;
    }

    private void deliver(LinkDispatcher to, int frameAt, int frameBytes) {
        counters.framesIn++;
        counters.bytesIn += frameBytes;
        PacketBuffer frame = to.pool().allocate(frameBytes);
        frame.data().put(frame.append(frameBytes), in, frameAt, frameBytes);
        frame.arrivalNs = to.nowNs();
        to.deliver(frame);
    }

    private boolean hasCompleteFrame() {
        int have = inEnd - inStart - PREFIX_BYTES;
        return have >= 0 && (in.getInt(inStart) < 0 || in.getInt(inStart) <= have);
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        int frameBytes = frame.length();
        Check.that(frameBytes <= MAX_FRAME_BYTES, "a frame fits the link");
        if (!isAlive()) {
            counters.lostOut++;
            return true;
        }
        int needed = PREFIX_BYTES + frameBytes;
        if (hasRefused() || !makeRoom(needed)) {
            return refuse();
        }
        out.putInt(outEnd, frameBytes);
        frame.copyTo(out, outEnd + PREFIX_BYTES);
        outEnd += needed;
        counters.framesOut++;
        counters.bytesOut += frameBytes;
        return true;
    }

    private boolean makeRoom(int needed) {
        if (BUFFER_BYTES - outEnd < needed && !wantsWrite()) {
            send();
        }
        if (BUFFER_BYTES - outEnd < needed && outStart > 0) {
            out.put(0, out, outStart, outEnd - outStart);
            outEnd -= outStart;
            outStart = 0;
        }
        return BUFFER_BYTES - outEnd >= needed;
    }

    @Override
    public void flush() {
        // While the socket is full the driver watches it; trying meanwhile would be a system call for nothing.
        if (outEnd > outStart && isAlive() && !wantsWrite()) {
            send();
            if (outEnd > outStart) {
                watchForRoom();
            }
        }
    }

    /** Writes once. */
    private void send() {
        counters.writeCalls++;
        try {
            outStart += descriptor.write(out.limit(outEnd).position(outStart));
        } catch (IOException e) {
            fail("the link's socket cannot be written: " + e.getMessage());
        } finally {
            out.clear();
        }
        if (outStart == outEnd) {
            outStart = 0;
            outEnd = 0;
        }
    }

    @Override
    boolean drain() {
        if (outEnd > outStart) {
            send();
        }
        return outEnd == outStart;
    }

    @Override
    boolean hasRoom() {
        return outEnd - outStart <= BUFFER_BYTES / 2;
    }

    @Override
    void releaseBuffers() {
        // Frames are copied on both ways: nothing of the pool is held.
    }
}
