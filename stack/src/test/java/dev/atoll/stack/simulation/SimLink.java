package dev.atoll.stack.simulation;

import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.NestedLink;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A stack's end of the cable of a {@link Port}. */
final class SimLink extends NestedLink {
    private final ChannelLink channel;
    private final Queue<byte[]> arrived = new ArrayDeque<>();

    SimLink(MacAddress address, int mtuBytes) {
        this(new ChannelLink(mtuBytes, address, Capabilities.PLAIN_ETHERNET, Integer.MAX_VALUE));
    }

    private SimLink(ChannelLink channel) {
        super(channel);
        this.channel = channel;
    }

    @Override
    public void close() {
        super.close();
        arrived.clear();
    }

    /** The next frame the stack sent, or null. */
    byte @Nullable [] takeLeaving() {
        return channel.read();
    }

    void arrive(byte[] frame) {
        arrived.add(frame);
    }

    /** Frames that arrived and were not delivered. */
    int waiting() {
        return arrived.size();
    }

    /** Gives the stack what arrived; called under its hold. */
    void deliver() {
        byte[] frame;
        while ((frame = arrived.poll()) != null) {
            channel.inject(frame);
        }
    }
}
