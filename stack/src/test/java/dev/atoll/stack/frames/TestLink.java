package dev.atoll.stack.frames;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.NestedLink;
import dev.atoll.stack.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/** A link whose other end is the test: keeps what the stack sends and delivers what it is given. */
public final class TestLink extends NestedLink {
    public static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final ChannelLink channel;
    private boolean keeps = true;

    public TestLink(int mtuBytes) {
        this(new ChannelLink(mtuBytes, MAC, Capabilities.PLAIN_ETHERNET, Integer.MAX_VALUE));
    }

    private TestLink(ChannelLink channel) {
        super(channel);
        this.channel = channel;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        return !keeps || super.transmit(frame);
    }

    /** From now on what the stack sends is gone. */
    public void keepNothing() {
        keeps = false;
    }

    /** Under the stack's hold: a frame comes in. */
    public void deliver(byte[] frame) {
        channel.inject(frame);
    }

    /** The oldest frame the stack sent that was not taken yet, or null. */
    public byte @Nullable [] poll() {
        return channel.read();
    }
}
