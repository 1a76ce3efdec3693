package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections that a rule with {@code -m connlimit} was asked about, by address. Those that are over are let go of when their
 * address is asked for, and all of them when there are more than connection tracking can know.
 */
final class ConnLimitTable implements Archivable {
    private final ConnLimitMatcher rule;
    private final Map<IpAddress, List<Flow>> flows = new LinkedHashMap<>();
    private int held;

    ConnLimitTable(ConnLimitMatcher rule) {
        this.rule = rule;
    }

    /** How many connections there are with the packet's address, its own included. */
    int count(PacketContext context) {
        IpAddress address = address(context.packet());
        List<Flow> known = flows.get(address);
        if (!context.hasFlow()) {
            // The packet is of a connection that is not tracked.
            return known == null ? 1 : forgetOver(known, null, context.nowNs()) + 1;
        }
        Flow flow = context.flow();
        if (known == null) {
            known = new ArrayList<>(1);
            flows.put(address, known);
        }
        int others = forgetOver(known, flow, context.nowNs());
        if (others == known.size()) {
            if (held >= 2 * ConnTrack.MAX_FLOWS) {
                forgetAllOver(context.nowNs());
            }
            flows.putIfAbsent(address, known);
            known.add(flow);
            held++;
        }
        return others + 1;
    }

    private IpAddress address(PacketBuffer packet) {
        long high = rule.destination() ? packet.destinationHigh : packet.sourceHigh;
        long low = rule.destination() ? packet.destinationLow : packet.sourceLow;
        return new IpAddress(high & IpSet.highMask(rule.prefixLength()), low & IpSet.lowMask(rule.prefixLength()));
    }

    /** Lets go of connections that are over, other than the packet's own; how many others are left. */
    private int forgetOver(List<Flow> known, @Nullable Flow own, long nowNs) {
        int kept = 0;
        int others = 0;
        for (int i = 0; i < known.size(); i++) {
            Flow flow = known.get(i);
            if (flow == own || !isOver(flow, nowNs)) {
                known.set(kept++, flow);
                others += flow == own ? 0 : 1;
            }
        }
        for (int i = known.size() - 1; i >= kept; i--) {
            Flow unused = known.remove(i);
            held--;
        }
        return others;
    }

    private void forgetAllOver(long nowNs) {
        Iterator<List<Flow>> all = flows.values().iterator();
        while (all.hasNext()) {
            List<Flow> known = all.next();
            int left = forgetOver(known, null, nowNs);
            if (left == 0) {
                all.remove();
            }
        }
    }

    /** As Linux sees it: its entry is gone, or TCP has nothing more to say. */
    private static boolean isOver(Flow flow, long nowNs) {
        return !flow.isInTable()
                || flow.expired(nowNs)
                || flow.tcpState == TcpFlowState.TIME_WAIT
                || flow.tcpState == TcpFlowState.CLOSED;
    }

    /** The connections that are still in the table of those that are tracked; after that. */
    @Override
    public void archive(Archive archive) {
        List<Map.Entry<IpAddress, List<Flow>>> entries = new ArrayList<>(flows.entrySet());
        int count = archive.count(entries.size(), 2 * ConnTrack.MAX_FLOWS);
        for (int i = 0; i < count; i++) {
            IpAddress address = ArchivedValues.address(
                    archive, archive.isRestoring() ? null : entries.get(i).getKey());
            List<Flow> known = new ArrayList<>();
            if (!archive.isRestoring()) {
                for (Flow flow : entries.get(i).getValue()) {
                    if (flow.isInTable()) {
                        known.add(flow);
                    }
                }
            }
            archive.list(known, ConnTrack.MAX_FLOWS, KNOWN);
            if (archive.isRestoring()) {
                flows.put(address, known);
                held += known.size();
            }
        }
    }

    private static final Archive.Codec<Flow> KNOWN = new Archive.Codec<>() {
        @Override
        public Flow archive(Archive archive, @Nullable Flow value) {
            return ConnTrack.archiveKnown(archive, value);
        }
    };
}
