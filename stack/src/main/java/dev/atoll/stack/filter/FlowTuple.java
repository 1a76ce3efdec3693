package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/** One direction of a flow, as it stands in the connection table; the fields are those of {@link FlowKey}. */
final class FlowTuple {
    final Flow flow;
    /** Whether this is the direction opposite to the flow's first packet. */
    final boolean reply;

    final int protocol;
    final long sourceHigh;
    final long sourceLow;
    final long destinationHigh;
    final long destinationLow;
    final int sourcePort;
    final int destinationPort;

    /** By which the table has put it into a bucket. */
    int hash;

    /** The next one in the same bucket. */
    @Nullable FlowTuple next;

    FlowTuple(
            Flow flow,
            boolean reply,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int sourcePort,
            int destinationPort) {
        this.flow = flow;
        this.reply = reply;
        this.protocol = protocol;
        this.sourceHigh = sourceHigh;
        this.sourceLow = sourceLow;
        this.destinationHigh = destinationHigh;
        this.destinationLow = destinationLow;
        this.sourcePort = sourcePort;
        this.destinationPort = destinationPort;
    }

    long high(NatSide side) {
        return side == NatSide.SOURCE ? sourceHigh : destinationHigh;
    }

    long low(NatSide side) {
        return side == NatSide.SOURCE ? sourceLow : destinationLow;
    }

    /** The port at that end; ICMP queries have one identifier for both. */
    int port(NatSide side) {
        boolean icmp = protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
        return side == NatSide.SOURCE || icmp ? sourcePort : destinationPort;
    }

    /** Whether the same packets belong to it. */
    boolean looksLike(FlowTuple other) {
        return protocol == other.protocol
                && sourceHigh == other.sourceHigh
                && sourceLow == other.sourceLow
                && destinationHigh == other.destinationHigh
                && destinationLow == other.destinationLow
                && sourcePort == other.sourcePort
                && destinationPort == other.destinationPort;
    }
}
