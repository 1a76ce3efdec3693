package dev.atoll.stack.link;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bridge: several links become one, and the stack above is a host on it. Frames go where their destination was last heard
 * of, and to all other links if it was not, or if they are for all (IEEE 802.1D section 7.7). The links belong to the bridge.
 *
 * <p>There is no spanning tree: links must not lead to each other. A frame that a link has no room for, or that is larger
 * than it carries, is lost to that link alone and counted; only a frame of the stack's own that goes to one link waits.
 */
public final class BridgeLink implements LinkEndpoint {
    /** How long an address is known to be where it was last heard of: Linux's ageing_time. */
    static final long AGEING_NS = 300_000_000_000L;

    /** Addresses of groups that no bridge passes on, 01-80-C2-00-00-00 to -0F (IEEE 802.1D table 7-10). */
    private static final long RESERVED = 0x0180_c200_0000L;

    private final MacAddress linkAddress;
    private final Port[] ports;
    private final int mtuBytes;
    private final Capabilities capabilities;
    private final BridgeTable table = new BridgeTable();
    private @Nullable LinkDispatcher stack;
    private long lostFrames;

    /** One of the links, as it sees the bridge. */
    private final class Port implements LinkDispatcher {
        final int number;
        final LinkEndpoint link;
        boolean failed;

        Port(int number, LinkEndpoint link) {
            this.number = number;
            this.link = link;
        }

        @Override
        public BufferPool pool() {
            return above().pool();
        }

        @Override
        public long nowNs() {
            return above().nowNs();
        }

        @Override
        public Timer newTimer(Timer.Action action) {
            return above().newTimer(action);
        }

        @Override
        public void deliver(PacketBuffer frame) {
            received(this, frame);
        }

        @Override
        public void writable() {
            above().writable();
        }

        @Override
        public void linkFailed(String reason) {
            failed = true;
            table.forget(number);
            for (Port port : ports) {
                if (!port.failed) {
                    // A sender that waited for the one that failed would wait for ever.
                    above().writable();
                    return;
                }
            }
            above().linkFailed(reason);
        }
    }

    /**
     * @param linkAddress that of the stack's own end
     * @param links two or more, all with link addresses; either all take super-segments or none
     */
    public BridgeLink(MacAddress linkAddress, List<LinkEndpoint> links) {
        Check.argument(links.size() >= 2, "links", links.size(), "two or more");
        this.linkAddress = linkAddress;
        ports = new Port[links.size()];
        int mtu = Integer.MAX_VALUE;
        boolean transmitChecksum = true;
        boolean receiveChecksum = true;
        int gsoMaxBytes = links.get(0).capabilities().gsoMaxBytes();
        for (int i = 0; i < ports.length; i++) {
            LinkEndpoint link = links.get(i);
            Capabilities its = link.capabilities();
            Check.argument(its.ethernet(), "links", link, "with link addresses");
            Check.argument(
                    (its.gsoMaxBytes() == 0) == (gsoMaxBytes == 0), "links", link, "as for super-segments alike");
            Check.argument(its.gsoMaxBytes() == 0 || its.transmitChecksum(), "links", link, "completing checksums");
            ports[i] = new Port(i, link);
            mtu = Math.min(mtu, link.mtuBytes());
            transmitChecksum &= its.transmitChecksum();
            receiveChecksum &= its.receiveChecksum();
            gsoMaxBytes = Math.min(gsoMaxBytes, its.gsoMaxBytes());
        }
        mtuBytes = mtu;
        capabilities = new Capabilities(transmitChecksum, receiveChecksum, gsoMaxBytes, /* ethernet= */ true);
    }

    private LinkDispatcher above() {
        return Objects.requireNonNull(stack);
    }

    /** Frames that did not go out by a link they were for: it had no room, or does not carry as much. */
    public long lostFrames() {
        return lostFrames;
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
    public void attach(LinkDispatcher dispatcher) {
        Check.that(stack == null, "a link is attached once");
        stack = dispatcher;
        for (Port port : ports) {
            port.link.attach(port);
        }
    }

    // --- From the stack

    @Override
    public boolean transmit(PacketBuffer frame) {
        long destination = Ethernet.destination(frame.data(), frame.start());
        int known = isGroup(destination) ? BridgeTable.UNKNOWN : table.find(destination, above().nowNs());
        if (known != BridgeTable.UNKNOWN) {
            return ports[known].link.transmit(frame);
        }
        flood(null, frame);
        return true;
    }

    // --- From the links

    private void received(Port from, PacketBuffer frame) {
        LinkDispatcher above = above();
        if (frame.linearLength() < Ethernet.HEADER_BYTES) {
            above.deliver(frame);
            return;
        }
        long destination = Ethernet.destination(frame.data(), frame.start());
        long source = Ethernet.source(frame.data(), frame.start());
        if (isGroup(source) || source == 0) {
            lostFrames++;
            frame.release();
            return;
        }
        if (source != linkAddress.bits()) {
            table.learn(source, from.number, above.nowNs());
        }
        if (destination == linkAddress.bits() || (destination & ~0xfL) == RESERVED) {
            above.deliver(frame);
        } else if (isGroup(destination)) {
            flood(from, frame);
            above.deliver(frame);
        } else {
            pass(from, destination, frame);
        }
    }

    /** Passes a frame between hosts of two links on. */
    private void pass(Port from, long destination, PacketBuffer frame) {
        int known = table.find(destination, above().nowNs());
        if (known == BridgeTable.UNKNOWN) {
            flood(from, frame);
        } else if (known != from.number) {
            send(ports[known], frame);
        }
        frame.release();
    }

    private void flood(@Nullable Port from, PacketBuffer frame) {
        for (Port port : ports) {
            if (port != from) {
                send(port, frame);
            }
        }
    }

    private void send(Port port, PacketBuffer frame) {
        boolean fits = frame.gsoType != PacketBuffer.GSO_NONE
                ? frame.length() - Ethernet.HEADER_BYTES
                        <= port.link.capabilities().gsoMaxBytes()
                : frame.length() - Ethernet.HEADER_BYTES <= port.link.mtuBytes();
        if (port.failed || !fits) {
            lostFrames++;
            return;
        }
        if (frame.checksumPartial && !port.link.capabilities().transmitChecksum()) {
            Checksum.complete(frame);
        }
        if (!port.link.transmit(frame)) {
            lostFrames++;
        }
    }

    private static boolean isGroup(long address) {
        return (address >>> 40 & 1) != 0;
    }

    @Override
    public void flush() {
        for (Port port : ports) {
            port.link.flush();
        }
    }

    @Override
    public void close() {
        for (Port port : ports) {
            port.link.close();
        }
    }
}
