package dev.atoll.stack.simulation;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A stack's end of a link of a {@link SimNetwork}. */
final class SimLink implements LinkEndpoint {
    private final MacAddress address;
    private final int mtuBytes;
    private final Queue<byte[]> arrived = new ArrayDeque<>();
    private final Queue<byte[]> leaving = new ArrayDeque<>();
    private @Nullable LinkDispatcher dispatcher;

    SimLink(MacAddress address, int mtuBytes) {
        this.address = address;
        this.mtuBytes = mtuBytes;
    }

    @Override
    public int mtuBytes() {
        return mtuBytes;
    }

    @Override
    public MacAddress linkAddress() {
        return address;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.PLAIN_ETHERNET;
    }

    @Override
    public void attach(LinkDispatcher newDispatcher) {
        dispatcher = newDispatcher;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        leaving.add(frame.toArray());
        return true;
    }

    @Override
    public void close() {
        arrived.clear();
    }

    /** The next frame the stack sent, or null. */
    byte @Nullable [] takeLeaving() {
        return leaving.poll();
    }

    void arrive(byte[] frame) {
        arrived.add(frame);
    }

    /** Gives the stack what arrived; called under its hold. */
    void deliver() {
        LinkDispatcher to = dispatcher;
        if (to == null) {
            return;
        }
        byte[] frame;
        while ((frame = arrived.poll()) != null) {
            PacketBuffer packet = to.pool().allocate(frame.length);
            int at = packet.append(frame.length);
            packet.data().put(at, frame);
            packet.arrivalNs = to.nowNs();
            to.deliver(packet);
        }
    }
}
