package dev.atoll.stack.frames;

import dev.atoll.stack.Stack;
import dev.atoll.stack.archive.StateDiff;
import dev.atoll.stack.icmp.PingPorts;
import dev.atoll.stack.tcp.TcpLayer;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.udp.UdpLayer;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A stack with its endpoints, compared with the one it was saved from. */
public final class WholeStack {
    private WholeStack() {}

    /** Of arrays that are reused: what is in use of them shows in what the connection does. */
    private static final List<String> REUSED = List.of(
            "SackScoreboard.seqs",
            "SackScoreboard.sentNs",
            "SackScoreboard.deliveredWhenSent",
            "SackScoreboard.flags",
            "SackScoreboard.earlier",
            "SackScoreboard.later",
            "SendQueue.pushes",
            "SendQueue.records");

    private static StateDiff diff() {
        StateDiff diff = LowerHalf.diff()
                .ignoring("Demuxer", "its hash is keyed anew; what is in it is compared one by one")
                .ignoring("DemuxEntry.next", "a chain of the hash table")
                .ignoring("DemuxEntry.hash", "keyed anew")
                .ignoring("Connection.observer", "the endpoint, which is of the process")
                .ignoring("Listener.observer", "the endpoint, which is of the process")
                .ignoring("MessagePort.observer", "the endpoint, which is of the process")
                .ignoring("PacketPort.observer", "the endpoint, which is of the process")
                .ignoring("Forwarder.observer", "the caller's")
                .ignoring("UdpForwarding.observer", "the caller's")
                .ignoring("TcpLayer.probe", "the caller's")
                .ignoring("Segment", "of the segment that came last")
                .ignoring("AckSummary", "of the acknowledgment that came last")
                .ignoring("SendBuffer.cursor", "where to look first")
                .ignoring("SendBuffer.cursorOffset", "where to look first")
                .ignoring("ReassemblyQueue.latest", "where to look first")
                .ignoring("Ports.rng", "of the process");
        for (String field : REUSED) {
            diff.ignoring(field, "places that are not in use keep what was in them");
        }
        return diff;
    }

    /** In what they differ; nothing must have happened to either since. */
    public static List<String> differences(Stack left, Stack right) {
        List<String> all = new ArrayList<>(LowerHalf.differences(left, right));
        StateDiff diff = diff();
        for (String part : List.of("devices", "ip", "tcp", "udp", "pings", "raws", "packets")) {
            diff.compare(part, StateDiff.get(left, part), StateDiff.get(right, part));
        }
        entries(
                diff,
                ((TcpLayer) StateDiff.get(left, "tcp")).entries(),
                ((TcpLayer) StateDiff.get(right, "tcp")).entries());
        entries(
                diff,
                ((UdpLayer) StateDiff.get(left, "udp")).entries(),
                ((UdpLayer) StateDiff.get(right, "udp")).entries());
        entries(
                diff,
                ((PingPorts) StateDiff.get(left, "pings")).entries(),
                ((PingPorts) StateDiff.get(right, "pings")).entries());
        all.addAll(diff.differences());
        return all;
    }

    private static void entries(StateDiff diff, List<DemuxEntry> left, List<DemuxEntry> right) {
        Comparator<DemuxEntry> order = Comparator.comparing(entry -> name(entry) + " " + entry.uniqueId());
        left.sort(order);
        right.sort(order);
        diff.compare("endpoints", left.size(), right.size());
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            diff.compare(name(left.get(i)), left.get(i), right.get(i));
        }
    }

    private static String name(DemuxEntry entry) {
        TransportEndpointId id = entry.id();
        return id == null ? "" : id.toString();
    }
}
