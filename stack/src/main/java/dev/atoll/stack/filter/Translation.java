package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpProtocol;

/** Gives a packet of a translated flow the addresses and ports it has to have behind a hook. */
final class Translation {
    private Translation() {}

    /**
     * Translates one end of a packet, if that end of its flow is translated.
     *
     * @return false if the packet must not go on
     */
    static boolean apply(PacketBuffer packet, TrackedPacket tracked, Flow flow, NatSide side) {
        if (!flow.isTranslated()) {
            return true;
        }
        boolean error = tracked.state() == ConnState.RELATED && isIcmpError(packet);
        if (error && isRedirect(packet)) {
            return false;
        }
        // What is one end of the first packet is the other of the answers.
        if (!flow.isTranslated(tracked.reply() ? side.other() : side)) {
            return true;
        }
        // The other direction tells how the packets of this one look on the other side of the translation.
        FlowTuple opposite = tracked.reply() ? flow.original : flow.reply;
        NatSide end = side.other();
        if (error) {
            // What it quotes went the other way.
            PacketRewriter.rewriteQuoted(packet, end, opposite.high(end), opposite.low(end), opposite.port(end));
        }
        PacketRewriter.rewrite(
                packet,
                side,
                opposite.high(end),
                opposite.low(end),
                error ? PacketRewriter.NO_PORT : opposite.port(end));
        return true;
    }

    /** Makes a packet look as it did before it met any hook. */
    static void undo(PacketBuffer packet, TrackedPacket tracked, Flow flow) {
        if (flow.isTranslated() && tracked.state() != ConnState.RELATED) {
            FlowTuple own = tracked.reply() ? flow.reply : flow.original;
            for (NatSide side : NatSide.values()) {
                PacketRewriter.rewrite(packet, side, own.high(side), own.low(side), own.port(side));
            }
        }
    }

    private static boolean isIcmpError(PacketBuffer packet) {
        int type = Icmpv4.type(packet.data(), packet.transportOffset);
        return switch (packet.transportProtocol) {
            case IpProtocol.ICMP -> Icmpv4.isError(type) || type == Icmpv4.REDIRECT;
            case IpProtocol.ICMPV6 -> Icmpv6.isError(type);
            default -> false;
        };
    }

    /** Followed, it would lead past the translation. */
    private static boolean isRedirect(PacketBuffer packet) {
        return packet.transportProtocol == IpProtocol.ICMP
                && Icmpv4.type(packet.data(), packet.transportOffset) == Icmpv4.REDIRECT;
    }
}
