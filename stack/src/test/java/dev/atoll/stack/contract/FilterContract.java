package dev.atoll.stack.contract;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sample packets on their ways through a rule that stands in every built-in chain where it may, in both families. */
final class FilterContract {
    private static final String TO_US = "eth0";
    private static final String ONWARD = "eth1";

    private final IpTables filter = new IpTables(Rng.seeded(1));
    private final BufferPool pool = new BufferPool();
    private long nowNs = 1_000_000_000L;

    /**
     * @param protocol to which the rule is restricted, or {@link Matcher#ANY_PROTOCOL}
     */
    FilterContract(int protocol, Matcher matcher, Target target) {
        List<Matcher> matchers = new ArrayList<>();
        if (protocol != Matcher.ANY_PROTOCOL) {
            matchers.add(new ProtocolMatcher(protocol, false));
        }
        matchers.add(matcher);
        Origin origin = new Origin("contract", 1, "the rule");
        Rule rule = new Rule(matchers, target, origin);
        List<Table> tables = new ArrayList<>();
        for (Family family : Family.values()) {
            TableName name = target.requiredTable() == null ? TableName.MANGLE : target.requiredTable();
            Table table = Table.acceptAll(name, family);
            for (Hook hook : name.hooks()) {
                if (target.hooks().contains(hook)) {
                    table = table.with(new Chain(hook.name(), ChainPolicy.ACCEPT, List.of(rule), origin));
                }
            }
            String chain = target.chain();
            tables.add(chain == null ? table : table.with(new Chain(chain, null, List.of(), origin)));
        }
        filter.replace(RuleSet.of(tables));
    }

    /** All samples, each on the way to this host, through it and out of it, as far as the rule lets it. */
    void run(long seed) {
        for (PacketBuffer packet : PacketSamples.of(pool, seed)) {
            nowNs += 1_000_000L;
            if (passes(Hook.PREROUTING, packet, TO_US, null)) {
                passes(Hook.INPUT, packet, TO_US, null);
            }
            packet.flow = null;
            if (passes(Hook.PREROUTING, packet, TO_US, null) && passes(Hook.FORWARD, packet, TO_US, ONWARD)) {
                passes(Hook.POSTROUTING, packet, null, ONWARD);
            }
            packet.flow = null;
            if (passes(Hook.OUTPUT, packet, null, ONWARD)) {
                passes(Hook.POSTROUTING, packet, null, ONWARD);
            }
            packet.release();
        }
    }

    private boolean passes(Hook hook, PacketBuffer packet, @Nullable String inNic, @Nullable String outNic) {
        return filter.check(hook, packet, inNic, outNic, nowNs).kind() == dev.atoll.stack.filter.Verdict.Kind.ACCEPT;
    }
}
