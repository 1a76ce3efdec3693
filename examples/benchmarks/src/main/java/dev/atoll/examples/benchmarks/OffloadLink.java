package dev.atoll.examples.benchmarks;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One end of a cable that takes super-segments and packets without checksums, and brings them, as a TAP device of Linux does. Both
 * ends are used by one thread.
 */
final class OffloadLink implements LinkEndpoint {
    private static final int MTU_BYTES = 1500;
    private static final int GSO_MAX_BYTES = 65_535;
    private static final int MAX_QUEUED = 1000;

    /** A frame with what a virtio_net_hdr says of it. */
    private static final class Frame {
        private final byte[] bytes;
        private final int gsoType;
        private final int gsoSize;
        private final boolean partial;
        private final int checksumStart;
        private final int checksumOffset;

        Frame(PacketBuffer packet) {
            bytes = packet.toArray();
            gsoType = packet.gsoType;
            gsoSize = packet.gsoSize;
            partial = packet.checksumPartial;
            checksumStart = packet.checksumStart - packet.start();
            checksumOffset = packet.checksumOffset;
        }

        PacketBuffer toPacket(LinkDispatcher to) {
            PacketBuffer packet = to.pool().allocate(bytes.length);
            int start = packet.append(bytes.length);
            packet.data().put(start, bytes);
            packet.arrivalNs = to.nowNs();
            packet.gsoType = gsoType;
            packet.gsoSize = gsoSize;
            packet.checksumValidated = true;
            packet.checksumPartial = partial;
            packet.checksumStart = start + checksumStart;
            packet.checksumOffset = checksumOffset;
            return packet;
        }
    }

    private final MacAddress linkAddress;
    private final Queue<Frame> in;
    private final Queue<Frame> out;
    private @Nullable LinkDispatcher dispatcher;
    private boolean refused;

    private OffloadLink(String linkAddress, Queue<Frame> in, Queue<Frame> out) {
        this.linkAddress = MacAddress.parse(linkAddress);
        this.in = in;
        this.out = out;
    }

    /** The two ends of a cable. */
    static OffloadLink[] pair() {
        Queue<Frame> there = new ArrayDeque<>();
        Queue<Frame> back = new ArrayDeque<>();
        return new OffloadLink[] {
            new OffloadLink("02:00:00:00:00:01", back, there), new OffloadLink("02:00:00:00:00:02", there, back)
        };
    }

    boolean isPending() {
        return !in.isEmpty() || (refused && out.size() < MAX_QUEUED);
    }

    /** Hands waiting frames to the stack; under its hold. */
    void poll() {
        LinkDispatcher to = dispatcher;
        if (to == null) {
            return;
        }
        for (int left = in.size(); left > 0; left--) {
            to.deliver(in.remove().toPacket(to));
        }
        if (refused && out.size() < MAX_QUEUED) {
            refused = false;
            to.writable();
        }
    }

    @Override
    public int mtuBytes() {
        return MTU_BYTES;
    }

    @Override
    public MacAddress linkAddress() {
        return linkAddress;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, GSO_MAX_BYTES, true);
    }

    @Override
    public void attach(LinkDispatcher newDispatcher) {
        dispatcher = newDispatcher;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (out.size() >= MAX_QUEUED) {
            refused = true;
            return false;
        }
        out.add(new Frame(frame));
        return true;
    }

    @Override
    public void close() {
        dispatcher = null;
        in.clear();
    }
}
