package dev.atoll.stack.filter;

import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.wire.FullAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow as connection tracking has seen it: a TCP connection, a stream of datagrams, an ICMP query and its answers.
 *
 * @param direction who began it
 * @param protocol IANA protocol number
 * @param source who sent its first packet, before any translation; port 0 for a protocol that has none
 * @param destination where that packet was going, as {@code source}
 * @param names those that the destination had when it began, as {@link NamePins} knew them
 * @param origin the rule or policy of table filter that let its first packet pass; null where no rule was asked
 * @param wouldEnd what would have ended one of its packets, had the filter not {@linkplain IpTables#auditListener only
 *     looked on}; null if nothing
 * @param caller whose code began it, if it is this host's and that is known
 * @param beganNs when its first packet came, monotonic
 * @param lastNs when its last packet came
 * @param packets that went its way, a super-segment being one
 * @param bytes of these, IP headers included
 * @param replyPackets that came back
 * @param replyBytes as {@code bytes}
 * @param note what the listener said when it began
 */
public record FlowReport(
        FlowDirection direction,
        int protocol,
        FullAddress source,
        FullAddress destination,
        List<String> names,
        @Nullable Origin origin,
        @Nullable Verdict wouldEnd,
        SocketCaller caller,
        long beganNs,
        long lastNs,
        long packets,
        long bytes,
        long replyPackets,
        long replyBytes,
        @Nullable Object note) {}
