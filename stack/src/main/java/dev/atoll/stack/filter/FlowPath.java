package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * The way of a flow's packets in one direction through one built-in chain, as long as every one of them goes it: the rules that
 * match and the verdict, or the rule from which on each packet has to be asked. What packets count on the way is noted here and
 * credited to the rules when somebody reads the counters or the path ends.
 */
final class FlowPath {
    /** The next path of the same flow. */
    @Nullable FlowPath next;

    /** Its place among those with something to credit. */
    int liveIndex;

    private final LoadedRules rules;
    private final LoadedRules.LoadedChain builtIn;
    private final boolean reply;
    private final ConnState state;
    private final String inNic;
    private final String outNic;
    private final LoadedRules.LoadedRule[] matched;
    private final int flagsMask;
    private final int flags;
    private final LoadedRules.@Nullable Resumption resumption;
    private final @Nullable Verdict verdict;
    private final boolean underflow;
    private long packets;
    private long bytes;

    /**
     * A path nobody has gone yet.
     *
     * @param recorded what the packet that is asked about now has met
     * @param tracked that packet
     */
    FlowPath(
            LoadedRules rules,
            LoadedRules.LoadedChain builtIn,
            TrackedPacket tracked,
            PacketContext context,
            LoadedRules.Recorder recorded) {
        this.rules = rules;
        this.builtIn = builtIn;
        reply = tracked.reply();
        state = tracked.state();
        inNic = context.inNic();
        outNic = context.outNic();
        matched = recorded.matched();
        flagsMask = recorded.flagsMask();
        flags = flagsMask == 0 ? 0 : flags(context.packet()) & flagsMask;
        resumption = recorded.resumption();
        verdict = recorded.verdict();
        underflow = recorded.underflow();
    }

    private static int flags(PacketBuffer packet) {
        return Tcp.flags(packet.data(), packet.transportOffset);
    }

    /** Whether it is through that chain, for packets of the direction. */
    boolean isThrough(LoadedRules.LoadedChain chain, boolean isReply) {
        return builtIn == chain && reply == isReply;
    }

    boolean isOfSameRules(FlowPath other) {
        return rules == other.rules;
    }

    /** Whether the packet goes this way. */
    boolean fits(TrackedPacket tracked, PacketContext context) {
        return state == tracked.state()
                && inNic.equals(context.inNic())
                && outNic.equals(context.outNic())
                && (flagsMask == 0 || (flags(context.packet()) & flagsMask) == flags);
    }

    /** Whether the flow has come into another state, so that no packet goes this way any more. */
    boolean isOver(TrackedPacket tracked) {
        return state != tracked.state();
    }

    /** Notes a packet that goes this way. */
    void count(int lengthBytes) {
        packets++;
        bytes += lengthBytes;
    }

    /** What became of it; null if it has to be asked about from {@link #resumption} on. */
    @Nullable Verdict verdict() {
        return verdict;
    }

    LoadedRules.@Nullable Resumption resumption() {
        return resumption;
    }

    /** Credits what was counted. */
    void credit() {
        for (LoadedRules.LoadedRule rule : matched) {
            rule.count(packets, bytes);
        }
        if (underflow) {
            builtIn.count(packets, bytes);
        }
        packets = 0;
        bytes = 0;
    }

    /** Nobody will go it any more. */
    void end() {
        credit();
        rules.forget(this);
    }
}
