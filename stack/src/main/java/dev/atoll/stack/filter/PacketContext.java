package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The packet that is being judged and where it stands, as matchers and targets see it.
 *
 * <p>One object serves every packet of a stack: it is valid during the call it was passed to. A super-segment is one
 * packet.
 */
public final class PacketContext {
    private Hook hook = Hook.INPUT;
    private @Nullable PacketBuffer packet;
    private boolean judging;
    private String inNic = "";
    private String outNic = "";
    private long nowNs;
    private int fragmentOffsetBytes;
    private @Nullable NatRange translation;
    private @Nullable RoutingView routing;
    private @Nullable SocketOwner socketOwner;
    private @Nullable Rng rng;
    private @Nullable PacketLogGate logGate;
    /** Of the rule that the packet has matched. */
    private @Nullable Origin origin;

    private @Nullable Clock clock;
    private NamePins namePins = NamePins.NONE;

    PacketContext() {}

    void routing(RoutingView view) {
        routing = view;
    }

    void rng(Rng source) {
        rng = source;
    }

    void clock(Clock source) {
        clock = source;
    }

    void socketOwner(SocketOwner owner) {
        socketOwner = owner;
    }

    void logGate(PacketLogGate gate) {
        logGate = gate;
    }

    void namePins(NamePins pins) {
        namePins = pins;
    }

    void begin(
            Hook atHook, PacketBuffer judged, @Nullable String incomingNic, @Nullable String outgoingNic, long time) {
        // Most of it is as it was for the packet before, and to compare a reference is cheaper than to store it into an
        // old object: garbage collectors have to hear of that.
        if (hook != atHook) {
            hook = atHook;
        }
        if (packet != judged) {
            packet = judged;
        }
        judging = true;
        String in = incomingNic == null ? "" : incomingNic;
        if (!inNic.equals(in)) {
            inNic = in;
        }
        String out = outgoingNic == null ? "" : outgoingNic;
        if (!outNic.equals(out)) {
            outNic = out;
        }
        nowNs = time;
        translation = null;
        fragmentOffsetBytes = judged.ipVersion == Family.IPV4.ipVersion()
                ? Ipv4.fragmentOffset(judged.data(), judged.networkOffset)
                : 0;
    }

    void end() {
        judging = false;
        origin = null;
    }

    void matched(Origin ofRule) {
        origin = ofRule;
    }

    /** Tells of the packet in the name of the rule that it has matched. */
    void log(LogTarget target) {
        log(target, origin);
    }

    /** Tells of what a packet met that is traced. */
    void trace(TraceStep step, @Nullable Origin of) {
        log(step, of);
    }

    private void log(LoggedPacket.Cause cause, @Nullable Origin of) {
        PacketLogGate gate = logGate;
        if (gate != null) {
            gate.log(cause, of, this);
        }
    }

    /** What a target asked for since {@link #begin}, or null. */
    @Nullable NatRange translation() {
        return translation;
    }

    /** Where the packet is. */
    public Hook hook() {
        return hook;
    }

    /** The packet, with its header positions and addresses set. */
    public PacketBuffer packet() {
        PacketBuffer judged = packet;
        if (judged == null || !judging) {
            throw new IllegalStateException("a PacketContext was used after the call it was passed to");
        }
        return judged;
    }

    /** Name of the NIC the packet came in by; empty for a packet of our own. */
    public String inNic() {
        return inNic;
    }

    /** Name of the NIC the packet leaves by; empty for a packet to us. */
    public String outNic() {
        return outNic;
    }

    /** Whether the packet came in and leaves. */
    boolean isForwarded() {
        return !inNic.isEmpty() && (hook == Hook.FORWARD || hook == Hook.POSTROUTING);
    }

    /** Wall-clock time of this evaluation, nanoseconds since 1970. */
    public long epochNs() {
        return Objects.requireNonNull(clock, "a filter whose rules ask for the time has a clock")
                .epochNs();
    }

    /** Monotonic time of this evaluation, nanoseconds. */
    public long nowNs() {
        return nowNs;
    }

    /** The IP fragment offset: other than 0, there is no transport header. */
    public int fragmentOffsetBytes() {
        return fragmentOffsetBytes;
    }

    /** Whether this many bytes of the transport header are there to be read. */
    public boolean hasTransportBytes(int lengthBytes) {
        PacketBuffer judged = packet();
        return judged.transportOffset != PacketBuffer.UNKNOWN && judged.end() - judged.transportOffset >= lengthBytes;
    }

    /**
     * What connection tracking says; {@link ConnState#INVALID} before it was asked, as on Linux, and where no rule {@linkplain
     * Matcher#needsConnTrack needs it}. In table raw it was not asked yet, unless the packet was met at an earlier hook or answers one
     * that was.
     */
    public ConnState connState() {
        return packet().flow instanceof TrackedPacket tracked ? tracked.state() : ConnState.INVALID;
    }

    /** As whom endpoints of this stack send, or null if nobody said. */
    public @Nullable SocketOwner socketOwner() {
        return socketOwner;
    }

    /**
     * Whose code has opened the endpoint that sends the packet; {@link SocketCaller#UNKNOWN} of one that came in or that the stack
     * sends by itself, and where no endpoint was told.
     */
    public SocketCaller socketCaller() {
        return packet().caller instanceof SocketCaller caller ? caller : SocketCaller.UNKNOWN;
    }

    /**
     * Where the packet's connection was opened to, before any translation; of a packet that is in none, or is not tracked yet, where it
     * goes.
     */
    public IpAddress remoteAddress() {
        if (hasFlow()) {
            FlowTuple original = flow().original;
            return new IpAddress(original.destinationHigh, original.destinationLow);
        }
        return new IpAddress(packet().destinationHigh, packet().destinationLow);
    }

    /** The names that {@link #remoteAddress} had when the connection began; of a packet in none those that it has. */
    public List<String> remoteNames() {
        return hasFlow() ? flow().names : currentNames(packet().destinationHigh, packet().destinationLow, nowNs);
    }

    /** The names that an address has now. */
    List<String> currentNames(long high, long low, long nowNs) {
        return namePins == NamePins.NONE ? List.of() : namePins.namesOf(new IpAddress(high, low), nowNs);
    }

    /** 64 random bits, each time others: those of the stack's own door for randomness. */
    public long randomBits() {
        return Objects.requireNonNull(rng, "a filter has a source of randomness")
                .nextLong();
    }

    /** Whether the packet belongs to a connection that is known, or is about one. */
    boolean hasFlow() {
        return packet().flow instanceof TrackedPacket tracked && tracked.flow() != null;
    }

    /** The connection, if it {@link #hasFlow}. */
    Flow flow() {
        return Objects.requireNonNull(((TrackedPacket) Objects.requireNonNull(packet().flow)).flow());
    }

    /** Whether the packet goes against the direction of the first of its {@link #flow}. */
    boolean isReply() {
        return packet().flow instanceof TrackedPacket tracked && tracked.reply();
    }

    /** Bytes of the packet from its IP header on, payload included: what byte counters count. */
    public int lengthBytes() {
        PacketBuffer judged = packet();
        return judged.length() + judged.joinedBytes - (judged.networkOffset - judged.start());
    }

    /**
     * Asks that the packet's flow be translated from now on: at the hooks before routing its destination, at those after
     * it its source. Heeded of targets in table nat; the last one's wish counts.
     */
    public void translate(NatRange range) {
        translation = range;
    }

    /** The address in whose name the NIC that the packet leaves by would send it, or null if there is none. */
    @Nullable IpAddress outAddress() {
        PacketBuffer judged = packet();
        RoutingView known = routing;
        IpAddress peer = new IpAddress(judged.destinationHigh, judged.destinationLow);
        return known == null ? null : known.findForOthers(outNic, peer);
    }

    /** This host as whoever sent the packet sees it: an address of the NIC it came in by; the loopback address for us. */
    @Nullable IpAddress inAddress() {
        PacketBuffer judged = packet();
        if (hook == Hook.OUTPUT) {
            return judged.ipVersion == Family.IPV4.ipVersion() ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
        }
        RoutingView known = routing;
        IpAddress peer = new IpAddress(judged.sourceHigh, judged.sourceLow);
        return known == null ? null : known.find(inNic, peer);
    }

    /** As {@link RoutingView#typeOf}; unicast where no addresses are known. */
    AddressType addressType(long high, long low, String nic) {
        RoutingView known = routing;
        return known == null ? AddressType.UNICAST : known.typeOf(high, low, nic);
    }

    /** The NIC by which packets to an address leave; empty if no way is known. */
    String nicTo(long high, long low) {
        RoutingView known = routing;
        return known == null ? "" : known.nicTo(new IpAddress(high, low));
    }

    /** The largest packet that both the way of this one and that of its answers carry. */
    int pathMtuBytes() {
        RoutingView known = routing;
        if (known == null) {
            return Integer.MAX_VALUE;
        }
        PacketBuffer judged = packet();
        int there = known.pathMtuBytes(new IpAddress(judged.destinationHigh, judged.destinationLow), outNic);
        return Math.min(there, known.pathMtuBytes(new IpAddress(judged.sourceHigh, judged.sourceLow), ""));
    }
}
