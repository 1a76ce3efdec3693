package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.MacAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One end of a cable between two stacks of one process.
 *
 * <p>Frames wait, in order, until the other end is {@linkplain #poll polled} by its stack's driver; at most {@link
 * #MAX_QUEUED}, beyond which this end has no room. The two stacks may run on different threads.
 */
public final class PipeLink implements LinkEndpoint {
    /** Frames that wait in one direction. */
    public static final int MAX_QUEUED = 1000;

    /** The two ends. */
    public record Pair(PipeLink left, PipeLink right) {}

    private static final class Direction {
        final Queue<byte[]> frames = new ConcurrentLinkedQueue<>();
        final AtomicInteger count = new AtomicInteger();
        volatile boolean refused;
        volatile Runnable onFrame = () -> {};
    }

    private final Direction in;
    private final Direction out;
    private final int mtuBytes;
    private final MacAddress linkAddress;
    private @Nullable LinkDispatcher dispatcher;
    private volatile boolean closed;

    private PipeLink(Direction in, Direction out, int mtuBytes, MacAddress linkAddress) {
        this.in = in;
        this.out = out;
        this.mtuBytes = mtuBytes;
        this.linkAddress = linkAddress;
    }

    /**
     * Makes a cable.
     *
     * @param mtuBytes the largest IP packet it carries, 68 to 65,536
     */
    public static Pair pair(int mtuBytes) {
        Check.argument(mtuBytes >= 68 && mtuBytes <= 65_536, "mtuBytes", mtuBytes, "68 to 65536");
        Direction toLeft = new Direction();
        Direction toRight = new Direction();
        return new Pair(
                new PipeLink(toLeft, toRight, mtuBytes, MacAddress.parse("02:00:00:00:00:01")),
                new PipeLink(toRight, toLeft, mtuBytes, MacAddress.parse("02:00:00:00:00:02")));
    }

    /**
     * Sets what is called, on the sender's thread and under its stack's hold, when a frame arrives at this end: to wake its
     * driver. From any thread; what is set must not block.
     */
    public void onFrame(Runnable listener) {
        in.onFrame = listener;
    }

    /** Whether a poll would do something. From any thread. */
    public boolean isPending() {
        return !in.frames.isEmpty() || (out.refused && out.count.get() < MAX_QUEUED);
    }

    /** Hands waiting frames to the stack; under its hold: {@code stack.run(link::poll)}. */
    public void poll() {
        LinkDispatcher to = dispatcher;
        if (to == null || closed) {
            return;
        }
        // No more than were there at first, so that a talkative peer cannot keep this stack held.
        for (int left = in.count.get(); left > 0; left--) {
            byte[] frame = in.frames.poll();
            if (frame == null) {
                break;
            }
            in.count.decrementAndGet();
            PacketBuffer packet = to.pool().allocate(frame.length);
            packet.data().put(packet.append(frame.length), frame);
            packet.arrivalNs = to.nowNs();
            to.deliver(packet);
        }
        if (in.refused) {
            out.onFrame.run();
        }
        if (out.refused && out.count.get() < MAX_QUEUED) {
            out.refused = false;
            to.writable();
        }
    }

    @Override
    public int mtuBytes() {
        return mtuBytes;
    }

    @Override
    public MacAddress linkAddress() {
        return linkAddress;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.PLAIN_ETHERNET;
    }

    @Override
    public void attach(LinkDispatcher newDispatcher) {
        Check.that(dispatcher == null, "a link is attached once");
        dispatcher = newDispatcher;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (closed) {
            return true;
        }
        if (out.count.get() >= MAX_QUEUED) {
            out.refused = true;
            return false;
        }
        out.count.incrementAndGet();
        out.frames.add(frame.toArray());
        out.onFrame.run();
        return true;
    }

    @Override
    public void close() {
        closed = true;
        in.frames.clear();
        in.count.set(0);
    }
}
