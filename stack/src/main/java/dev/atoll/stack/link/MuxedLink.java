package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Several links as one: what comes in by any of them comes in, and a packet goes out by the link that its destination
 * names. Frames to groups and broadcasts go out by all. A packet for nobody known is lost, and counted.
 */
public final class MuxedLink implements InjectableLink {
    private final int mtuBytes;
    private final MacAddress linkAddress;
    private final IpAddress[] destinations;
    /** The link of the destination in the same place. */
    private final InjectableLink[] byDestination;

    private final List<InjectableLink> links = new ArrayList<>();
    private final Capabilities capabilities;
    private @Nullable LinkDispatcher stack;
    private long unknownDestinations;

    /**
     * @param byDestination the link for each destination, at least one; few, for they are searched in their order; all of them with link headers, or none
     */
    public MuxedLink(MacAddress linkAddress, Map<IpAddress, InjectableLink> byDestination) {
        Check.argument(!byDestination.isEmpty(), "byDestination", byDestination, "one link or more");
        this.linkAddress = linkAddress;
        destinations = byDestination.keySet().toArray(new IpAddress[0]);
        this.byDestination = new InjectableLink[destinations.length];
        for (int i = 0; i < destinations.length; i++) {
            this.byDestination[i] = Objects.requireNonNull(byDestination.get(destinations[i]));
        }
        int mtu = Integer.MAX_VALUE;
        boolean transmitChecksum = true;
        int gsoMaxBytes = Integer.MAX_VALUE;
        boolean ethernet = this.byDestination[0].capabilities().ethernet();
        for (InjectableLink link : this.byDestination) {
            Capabilities its = link.capabilities();
            Check.argument(its.ethernet() == ethernet, "byDestination", link, "the same kind of link header as others");
            mtu = Math.min(mtu, link.mtuBytes());
            transmitChecksum &= its.transmitChecksum();
            gsoMaxBytes = Math.min(gsoMaxBytes, its.gsoMaxBytes());
            if (!links.contains(link)) {
                links.add(link);
            }
        }
        mtuBytes = mtu;
        // Each says of its own packets whether the checksum is good.
        capabilities = new Capabilities(transmitChecksum, /* receiveChecksum= */ false, gsoMaxBytes, ethernet);
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

    /** Packets lost because no link is known for where they go. */
    public long unknownDestinations() {
        return unknownDestinations;
    }

    @Override
    public void attach(LinkDispatcher dispatcher) {
        Check.that(stack == null, "a link is attached once");
        stack = dispatcher;
        for (InjectableLink link : links) {
            link.attach(dispatcher);
        }
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        return send(frame.destinationHigh, frame.destinationLow, frame);
    }

    @Override
    public boolean injectOutbound(IpAddress destination, PacketBuffer frame) {
        return send(destination.high(), destination.low(), frame);
    }

    private boolean send(long high, long low, PacketBuffer frame) {
        for (int i = 0; i < destinations.length; i++) {
            if (destinations[i].low() == low && destinations[i].high() == high) {
                return byDestination[i].injectOutbound(destinations[i], frame);
            }
        }
        IpAddress destination = new IpAddress(high, low);
        if (destination.isMulticast() || destination.isLimitedBroadcast() || destination.isUnspecified()) {
            // One that is full would have to be told of frames that the others took, so it goes without.
            for (InjectableLink each : links) {
                each.injectOutbound(destination, frame);
            }
        } else {
            unknownDestinations++;
        }
        return true;
    }

    @Override
    public void injectInbound(PacketBuffer frame) {
        if (stack == null) {
            frame.release();
        } else {
            stack.deliver(frame);
        }
    }

    @Override
    public void flush() {
        for (InjectableLink link : links) {
            link.flush();
        }
    }

    @Override
    public void close() {
        for (InjectableLink link : links) {
            link.close();
        }
        stack = null;
    }
}
