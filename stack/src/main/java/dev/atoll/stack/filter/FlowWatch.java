package dev.atoll.stack.filter;

import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who listens to flows hears of one, besides what tracking knows anyway. Flows have none while nobody listens, and
 * it is not saved with a stack: neither is the listener.
 */
final class FlowWatch {
    /** The NIC of a stack by which it reaches itself. */
    private static final String LOOPBACK_NIC = "lo";

    private final FlowDirection direction;

    /** What table filter said to the first packet. */
    @Nullable Origin origin;

    /** The first verdict that would have ended one of its packets. */
    @Nullable Verdict wouldEnd;

    long lastNs;

    /** Whether the listener knows that it is over. */
    boolean told;

    private @Nullable Object note;

    /**
     * @param context where the flow's first packet is met first
     */
    FlowWatch(PacketContext context) {
        boolean out = context.hook() == Hook.OUTPUT;
        direction = (out ? context.outNic() : context.inNic()).equals(LOOPBACK_NIC)
                ? FlowDirection.LOCAL
                : out ? FlowDirection.OUT : FlowDirection.IN;
        lastNs = context.nowNs();
    }

    void began(Flow flow, FlowListener listener) {
        note = listener.began(report(flow));
    }

    /** Tells that the flow is over, once. */
    void ended(Flow flow, FlowListener listener) {
        if (!told) {
            told = true;
            listener.ended(report(flow));
        }
    }

    private FlowReport report(Flow flow) {
        FlowTuple tuple = flow.original;
        return new FlowReport(
                direction,
                tuple.protocol,
                new FullAddress(new IpAddress(tuple.sourceHigh, tuple.sourceLow), port(tuple, tuple.sourcePort)),
                new FullAddress(
                        new IpAddress(tuple.destinationHigh, tuple.destinationLow), port(tuple, tuple.destinationPort)),
                flow.names,
                origin,
                wouldEnd,
                flow.caller,
                flow.createdNs,
                lastNs,
                flow.originalPackets,
                flow.originalBytes,
                flow.replyPackets,
                flow.replyBytes,
                note);
    }

    /** Of ICMP a tuple has the identifier in its place. */
    private static int port(FlowTuple tuple, int port) {
        return MultiportMatcher.hasPorts(tuple.protocol) ? port : 0;
    }
}
