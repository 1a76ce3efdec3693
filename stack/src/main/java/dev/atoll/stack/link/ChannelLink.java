package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A link that keeps what the stack sends until somebody reads it, and delivers what it is given: for tests, and for
 * carriers that this project does not know.
 *
 * <p>Frames are read and injected under the stack's hold: {@code stack.run(() -> link.inject(frame))}.
 */
public final class ChannelLink implements InjectableLink {
    private final int mtuBytes;
    private final MacAddress linkAddress;
    private final Capabilities capabilities;
    private final int maxQueued;
    private final ArrayDeque<byte[]> sent = new ArrayDeque<>();
    private @Nullable LinkDispatcher dispatcher;
    private boolean refused;

    /** A link that does nothing for the stack, with room for 1000 frames. */
    public ChannelLink(int mtuBytes, MacAddress linkAddress) {
        this(mtuBytes, linkAddress, Capabilities.PLAIN_ETHERNET, 1000);
    }

    /**
     * @param mtuBytes the largest IP packet it carries, 68 to 65,536
     * @param maxQueued frames that wait to be read, 1 or more; then the link has no room
     */
    public ChannelLink(int mtuBytes, MacAddress linkAddress, Capabilities capabilities, int maxQueued) {
        Check.argument(mtuBytes >= 68 && mtuBytes <= 65_536, "mtuBytes", mtuBytes, "68 to 65536");
        Check.argument(maxQueued >= 1, "maxQueued", maxQueued, "1 or more");
        this.mtuBytes = mtuBytes;
        this.linkAddress = linkAddress;
        this.capabilities = capabilities;
        this.maxQueued = maxQueued;
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
        return capabilities;
    }

    @Override
    public void attach(LinkDispatcher newDispatcher) {
        Check.that(dispatcher == null, "a link is attached once");
        dispatcher = newDispatcher;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (sent.size() >= maxQueued) {
            refused = true;
            return false;
        }
        sent.add(frame.toArray());
        return true;
    }

    /** The oldest frame that was not read yet, from the Ethernet header on if the link has one; or null. */
    public byte @Nullable [] read() {
        byte[] frame = sent.poll();
        LinkDispatcher to = dispatcher;
        if (refused && to != null) {
            refused = false;
            to.writable();
        }
        return frame;
    }

    /** Frames that wait to be read. */
    public int size() {
        return sent.size();
    }

    /** A frame comes in. Does nothing before the link is attached. */
    public void inject(byte[] frame) {
        LinkDispatcher to = dispatcher;
        if (to != null) {
            PacketBuffer packet = to.pool().allocate(frame.length);
            packet.data().put(packet.append(frame.length), frame);
            packet.arrivalNs = to.nowNs();
            to.deliver(packet);
        }
    }

    @Override
    public void injectInbound(PacketBuffer frame) {
        LinkDispatcher to = dispatcher;
        if (to == null) {
            frame.release();
        } else {
            to.deliver(frame);
        }
    }

    @Override
    public boolean injectOutbound(IpAddress destination, PacketBuffer frame) {
        return transmit(frame);
    }

    @Override
    public void close() {
        sent.clear();
        dispatcher = null;
    }
}
