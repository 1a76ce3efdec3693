package dev.atoll.runtime.link;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a TAP and a packet socket have in common: one system call moves one frame with a virtio-net header before it, which
 * may be a TCP super-segment of 64 KiB with its checksum left open, both ways.
 *
 * <p>Under the stack's hold. The descriptor belongs to the link. An incoming frame is read into a packet that takes the
 * largest; a small one is copied to a packet of its size, so that what waits in a receive buffer does not hold 66 KiB.
 */
abstract class VirtioLink extends DescriptorLink {
    /** Largest super-segment, IP header included: what the length field of IPv4 can say. */
    private static final int GSO_MAX_BYTES = 0xffff;

    /** Frames taken in one poll, so that timers and waiting threads get their turn: 4 MiB of super-segments. */
    static final int BATCH_FRAMES = 64;

    /** Frames of up to this size are copied out of the read buffer; a larger one takes the buffer with it. */
    private static final int COPY_BYTES = 16 * 1024;

    private static final int ETHERNET_BYTES = 14;

    private static final Capabilities OFFLOADING = new Capabilities(true, true, GSO_MAX_BYTES, true);

    /** What the next frame is read into: a packet of the largest class. */
    private @Nullable PacketBuffer reading;

    /** Virtio header and the packet's contiguous part, which for a large segment is its headers. */
    private final ByteBuffer head = ByteBuffer.allocateDirect(VirtioNetHeader.LENGTH_BYTES + BufferPool.MAX_BYTES);

    private final ByteBuffer[] vector = new ByteBuffer[1 + PacketBuffer.MAX_FRAGMENTS];
    private final int[] positions = new int[1 + PacketBuffer.MAX_FRAGMENTS];

    /**
     * @param offload whether the host completes checksums and cuts TCP super-segments
     */
    VirtioLink(HostDescriptor descriptor, MacAddress linkAddress, int mtuBytes, boolean offload) {
        super(descriptor, linkAddress, mtuBytes, offload ? OFFLOADING : Capabilities.PLAIN_ETHERNET);
    }

    /** The descriptor was read to its end, which a device has only when it is gone. */
    abstract void ended();

    /** Judges a read that failed; whether the next frame can be read all the same. */
    abstract boolean readFailed(IOException cause);

    /** Whether a write failed for want of room, which will come back; otherwise the frame is lost, as on a wire. */
    abstract boolean isWithoutRoom(IOException cause);

    /** Takes a frame whose virtio header is not sound, to deliver what can be made of it; whether there was anything. */
    abstract boolean deliverOther(LinkDispatcher to, PacketBuffer read, int headerAt, int frameBytes);

    @Override
    final boolean receive(LinkDispatcher to, boolean readable) {
        if (!readable) {
            return false;
        }
        for (int frames = 0; frames < BATCH_FRAMES && isAlive(); frames++) {
            if (!receiveOne(to)) {
                break;
            }
        }
        return false;
    }

    /** Reads one frame; whether there was one. */
    private boolean receiveOne(LinkDispatcher to) {
        PacketBuffer packet = reading;
        if (packet == null) {
            packet = to.pool().allocate(BufferPool.MAX_BYTES);
            reading = packet;
        }
        int headerAt = packet.start() - VirtioNetHeader.LENGTH_BYTES;
        ByteBuffer data = packet.data();
        int count;
        counters.readCalls++;
        data.position(headerAt);
        try {
            count = descriptor.read(data);
        } catch (IOException e) {
            return readFailed(e);
        } finally {
            // Absolute access is all anybody does with a packet's memory; its limit must be out of the way of that.
            data.clear();
        }
        if (count == HostDescriptor.NOTHING) {
            return false;
        }
        if (count == HostDescriptor.END) {
            ended();
            return false;
        }
        int frameBytes = count - VirtioNetHeader.LENGTH_BYTES;
        // A read that fills the buffer was cut off: longer than any frame this link has agreed to.
        if (frameBytes < ETHERNET_BYTES || frameBytes >= BufferPool.MAX_BYTES) {
            counters.malformed++;
            return true;
        }
        if (!VirtioNetHeader.isSound(data, headerAt, frameBytes)) {
            if (!deliverOther(to, packet, headerAt, frameBytes)) {
                counters.malformed++;
            }
            return true;
        }
        counters.framesIn++;
        counters.bytesIn += frameBytes;
        PacketBuffer frame = packet;
        if (frameBytes <= COPY_BYTES) {
            frame = to.pool().allocate(frameBytes);
            frame.data().put(frame.append(frameBytes), data, packet.start(), frameBytes);
        } else {
            reading = null;
            packet.append(frameBytes);
        }
        frame.arrivalNs = to.nowNs();
        VirtioNetHeader.read(data, headerAt, frame);
        to.deliver(frame);
        return true;
    }

    @Override
    public final boolean transmit(PacketBuffer frame) {
        if (!isAlive()) {
            counters.lostOut++;
            return true;
        }
        if (hasRefused()) {
            return refuse();
        }
        Check.that(
                frame.gsoType == PacketBuffer.GSO_NONE || frame.checksumPartial,
                "a super-segment leaves with a partial checksum");
        int linearBytes = frame.linearLength();
        head.clear();
        VirtioNetHeader.write(head, 0, frame);
        head.put(VirtioNetHeader.LENGTH_BYTES, frame.data(), frame.start(), linearBytes);
        head.limit(VirtioNetHeader.LENGTH_BYTES + linearBytes);
        counters.writeCalls++;
        int frameBytes = frame.length();
        try {
            long written = frame.fragmentCount() == 0 ? descriptor.write(head) : writeGathering(frame);
            if (written == HostDescriptor.NOTHING) {
                return refuse();
            }
            if (written != VirtioNetHeader.LENGTH_BYTES + frameBytes) {
                counters.lostOut++;
                return true;
            }
        } catch (IOException e) {
            if (isWithoutRoom(e)) {
                return refuse();
            }
            // EIO or ENETDOWN while the device is down, EINVAL for a frame it does not like: lost, as on a wire. A
            // device that is
            // gone is noticed by reading.
            counters.lostOut++;
            return true;
        }
        counters.framesOut++;
        counters.bytesOut += frameBytes;
        return true;
    }

    /** Head and fragments in one call; the fragments' positions, which belong to their owner, are put back. */
    private long writeGathering(PacketBuffer frame) throws IOException {
        int count = 1 + frame.fragmentCount();
        vector[0] = head;
        for (int i = 1; i < count; i++) {
            ByteBuffer fragment = frame.fragment(i - 1);
            vector[i] = fragment;
            positions[i] = fragment.position();
        }
        try {
            return descriptor.write(vector, 0, count);
        } finally {
            for (int i = 1; i < count; i++) {
                vector[i].position(positions[i]);
                vector[i] = head;
            }
        }
    }

    @Override
    final boolean drain() {
        return true;
    }

    @Override
    final boolean hasRoom() {
        return true;
    }

    @Override
    final void releaseBuffers() {
        if (reading != null) {
            reading.release();
            reading = null;
        }
    }
}
