package dev.atoll.stack.filter;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rules in place of those in force, while connections live: each is asked about again. Those that the new rules deny end, all others
 * go on under the new rules. Made by {@link IpTables#change} by any thread, as that takes a while for many rules, and applied once
 * under the stack's hold.
 */
public final class RuleChange {
    private final IpTables filter;
    private final LoadedRules next;

    RuleChange(IpTables filter, LoadedRules next) {
        this.filter = filter;
        this.next = next;
    }

    /** A flow that ends. */
    private record Ending(@Nullable Flow flow, List<LiveConnection> connections, FlowJudge.Denied denied) {}

    /**
     * Puts the rules in force.
     *
     * @param connections those of this host's own endpoints, in an order that is the same in each run
     * @param nowNs monotonic time
     * @return how many connections and other flows ended
     */
    public int apply(List<LiveConnection> connections, long nowNs) {
        ConnTrack known = filter.known();
        FlowJudge judge = new FlowJudge(next, filter.context(), nowNs);
        List<Ending> endings = new ArrayList<>();
        List<LiveConnection> untracked = new ArrayList<>();
        IdentityHashMap<Flow, List<LiveConnection>> byFlow = assign(connections, known, untracked, nowNs);
        if (known != null) {
            for (Flow flow : known.live(nowNs)) {
                List<LiveConnection> ends = byFlow.getOrDefault(flow, List.of());
                FlowJudge.Denied denied = judge(judge, flow, beginner(flow, ends));
                if (denied != null) {
                    endings.add(new Ending(flow, ends, denied));
                }
            }
        }
        List<Flow> adopted = new ArrayList<>();
        for (LiveConnection connection : untracked) {
            Flow flow = ConnTrack.begun(connection, nowNs);
            // Nobody has noted those it began with.
            flow.names =
                    filter.context().currentNames(flow.original.destinationHigh, flow.original.destinationLow, nowNs);
            FlowJudge.Denied denied = judge(judge, flow, connection);
            if (denied != null) {
                endings.add(new Ending(null, List.of(connection), denied));
            } else if (connection.isEstablished()) {
                adopted.add(flow);
            }
        }
        // Their last words still go out under the rules that let them live.
        for (Ending ending : endings) {
            end(ending, nowNs);
            if (known != null && ending.flow() != null) {
                known.forget(ending.flow());
            }
        }
        filter.put(next, adopted, nowNs);
        return endings.size();
    }

    /** What the new rules deny; nothing while rules only look on. */
    private FlowJudge.@Nullable Denied judge(FlowJudge judge, Flow flow, @Nullable LiveConnection connection) {
        return filter.isLookingOn() ? null : judge.judge(flow, connection);
    }

    /** Finds the flow of each connection. */
    private static IdentityHashMap<Flow, List<LiveConnection>> assign(
            List<LiveConnection> connections, @Nullable ConnTrack known, List<LiveConnection> untracked, long nowNs) {
        IdentityHashMap<Flow, List<LiveConnection>> byFlow = new IdentityHashMap<>();
        for (LiveConnection connection : connections) {
            Flow flow =
                    known == null ? null : known.find(IpProtocol.TCP, connection.local(), connection.remote(), nowNs);
            if (flow == null) {
                untracked.add(connection);
                continue;
            }
            List<LiveConnection> ends = byFlow.get(flow);
            if (ends == null) {
                ends = new ArrayList<>();
                byFlow.put(flow, ends);
            }
            ends.add(connection);
        }
        return byFlow;
    }

    /** Of the connections at a flow's two ends the one that began it; null if none is of this host. */
    private static @Nullable LiveConnection beginner(Flow flow, List<LiveConnection> ends) {
        for (LiveConnection end : ends) {
            if (end.local().address().high() == flow.original.sourceHigh
                    && end.local().address().low() == flow.original.sourceLow
                    && end.local().port() == flow.original.sourcePort) {
                return end;
            }
        }
        return ends.isEmpty() ? null : ends.get(0);
    }

    private void end(Ending ending, long nowNs) {
        FlowJudge.Denied denied = ending.denied();
        Verdict verdict = denied.verdict();
        RejectWith with = verdict.rejectWith();
        StackError error = with == null ? StackError.NOT_PERMITTED : with.error();
        for (LiveConnection connection : ending.connections()) {
            connection.end(error, String.valueOf(verdict.origin()));
        }
        // Of what has no connection nothing has ended: if more of it comes, that is denied and told.
        if (!ending.connections().isEmpty()) {
            filter.denied(denied.hook(), denied.packet(), verdict, nowNs);
        }
    }
}
