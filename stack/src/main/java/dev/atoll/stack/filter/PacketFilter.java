package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import org.jspecify.annotations.Nullable;

/** What the network layer asks at each hook. Called under the stack's hold. */
public interface PacketFilter {
    /**
     * Judges one packet: IP header at {@code networkOffset}, transport header at {@code transportOffset}.
     *
     * @param inNic name of the NIC it came in by, or null
     * @param outNic name of the NIC it goes out by, or null
     * @param nowNs monotonic time
     */
    Verdict check(Hook hook, PacketBuffer packet, @Nullable String inNic, @Nullable String outNic, long nowNs);

    /** Lets everything pass. */
    PacketFilter ACCEPT_ALL = (hook, packet, inNic, outNic, nowNs) -> Verdict.ACCEPT;
}
