package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule set as one stack has it in force: jumps resolved, tables sorted by hook, counters. Evaluation happens under
 * that stack's hold.
 */
final class LoadedRules {
    final RuleSet ruleSet;
    final boolean tracks;
    /** Built-in chains by table and hook. */
    private final Map<TableName, Map<Hook, LoadedChain>> v4 = new EnumMap<>(TableName.class);

    private final Map<TableName, Map<Hook, LoadedChain>> v6 = new EnumMap<>(TableName.class);
    /** The hooks at which a chain is asked. */
    private final EnumSet<Hook> askedV4;

    private final EnumSet<Hook> askedV6;
    private final @Nullable Verdict closedV4;
    private final @Nullable Verdict closedV6;
    private final List<LoadedChain> all = new ArrayList<>();

    /** Where jumps come back to; chains cannot be nested deeper than there are chains. */
    private final LoadedChain[] callers;

    private final int[] callerNext;

    LoadedRules(RuleSet ruleSet) {
        this.ruleSet = ruleSet;
        tracks = ruleSet.needsConnTrack();
        closedV4 = closed(Family.IPV4, Family.IPV6);
        closedV6 = closed(Family.IPV6, Family.IPV4);
        load(Family.IPV4, v4);
        load(Family.IPV6, v6);
        askedV4 = asked(v4);
        askedV6 = asked(v6);
        callers = new LoadedChain[all.size() + 1];
        callerNext = new int[all.size() + 1];
    }

    /** A family without a single table is closed if the other has some: what nobody wrote rules for is not open. */
    private @Nullable Verdict closed(Family family, Family other) {
        if (ruleSet.covers(family) || !ruleSet.covers(other)) {
            return null;
        }
        Origin first = ruleSet.tables().get(0).origin();
        String text = "no " + family + " policy given (" + first.source() + " has only " + other + " rules)";
        RejectWith with = family == Family.IPV4 ? RejectWith.ICMP_ADMIN_PROHIBITED : RejectWith.ICMP6_ADDR_UNREACHABLE;
        return new Verdict(Verdict.Kind.REJECT, with, new Origin(first.source(), first.line(), text));
    }

    private void load(Family family, Map<TableName, Map<Hook, LoadedChain>> byTable) {
        for (TableName name : TableName.values()) {
            Map<Hook, LoadedChain> byHook = new EnumMap<>(Hook.class);
            byTable.put(name, byHook);
            Table table = ruleSet.table(family, name);
            if (table == null) {
                continue;
            }
            Map<String, LoadedChain> loaded = new HashMap<>();
            for (Chain chain : table.chains()) {
                LoadedChain one = new LoadedChain(table, chain);
                loaded.put(chain.name(), one);
                all.add(one);
            }
            for (Chain chain : table.chains()) {
                resolveJumps(chain, loaded);
            }
            for (Hook hook : name.hooks()) {
                LoadedChain chain = loaded.get(hook.name());
                if (chain != null) {
                    byHook.put(hook, chain);
                }
            }
        }
    }

    private static void resolveJumps(Chain chain, Map<String, LoadedChain> loaded) {
        LoadedChain from = loaded.get(chain.name());
        if (from == null) {
            return;
        }
        for (LoadedRule rule : from.rules) {
            String to = rule.target.chain();
            rule.jump = to == null ? null : loaded.get(to);
        }
    }

    /** A table's built-in chain at a hook, or null. */
    @Nullable LoadedChain chain(int ipVersion, Hook hook, TableName table) {
        Map<Hook, LoadedChain> chains = (ipVersion == Family.IPV4.ipVersion() ? v4 : v6).get(table);
        return chains == null ? null : chains.get(hook);
    }

    private static EnumSet<Hook> asked(Map<TableName, Map<Hook, LoadedChain>> chains) {
        EnumSet<Hook> asked = EnumSet.noneOf(Hook.class);
        for (Map<Hook, LoadedChain> ofTable : chains.values()) {
            asked.addAll(ofTable.keySet());
        }
        return asked;
    }

    /** Whether a packet of that family meets any chain at a hook; asked for every packet. */
    boolean asks(int ipVersion, Hook hook) {
        return (ipVersion == Family.IPV4.ipVersion() ? askedV4 : askedV6).contains(hook);
    }

    /** The verdict for every packet of a family that has no rules while the other has; null for one that has. */
    @Nullable Verdict closed(int ipVersion) {
        return ipVersion == Family.IPV4.ipVersion() ? closedV4 : closedV6;
    }

    /** Sends the packet through one built-in chain of one table. */
    Verdict evaluate(LoadedChain builtIn, PacketContext context) {
        LoadedChain chain = builtIn;
        int next = 0;
        int depth = 0;
        int lengthBytes = context.lengthBytes();
        while (true) {
            if (next == chain.rules.length) {
                if (depth == 0) {
                    return builtIn.underflow(lengthBytes);
                }
                depth--;
                chain = callers[depth];
                next = callerNext[depth];
                continue;
            }
            LoadedRule rule = chain.rules[next++];
            switch (rule.match(context)) {
                case NO:
                    continue;
                case HOTDROP:
                    return rule.drop();
                case YES:
                    rule.packets++;
                    rule.bytes += lengthBytes;
            }
            switch (rule.target.apply(context)) {
                case CONTINUE:
                    break;
                case ACCEPT:
                    return rule.accept();
                case DROP:
                    return rule.drop();
                case REJECT:
                    return rule.reject();
                case RETURN:
                    next = chain.rules.length;
                    break;
                case JUMP:
                    callers[depth] = chain;
                    callerNext[depth] = next;
                    depth++;
                    chain = rule.destination();
                    next = 0;
                    break;
                case GOTO:
                    chain = rule.destination();
                    next = 0;
                    break;
            }
        }
    }

    /** What was counted so far. */
    List<ChainCounters> counters() {
        List<ChainCounters> counters = new ArrayList<>();
        for (LoadedChain chain : all) {
            List<RuleCounters> rules = new ArrayList<>();
            for (LoadedRule rule : chain.rules) {
                rules.add(new RuleCounters(rule.rule, rule.packets, rule.bytes));
            }
            Table table = chain.table;
            counters.add(new ChainCounters(
                    table.family(), table.name(), chain.chain, chain.policyPackets, chain.policyBytes, rules));
        }
        return counters;
    }

    /**
     * What was counted; while restoring in place of what this counted.
     *
     * @return whether what was saved has the same tables, chains and number of rules; if not, nothing more is read
     */
    boolean archiveCounters(Archive archive) {
        boolean same = archive.int32(all.size()) == all.size();
        for (int i = 0; i < all.size() && same; i++) {
            same = all.get(i).archiveCounters(archive);
        }
        return same;
    }

    /** A chain in force. */
    static final class LoadedChain {
        private final Table table;
        private final Chain chain;
        private final LoadedRule[] rules;
        private final Verdict policy;
        private long policyPackets;
        private long policyBytes;

        LoadedChain(Table table, Chain chain) {
            this.table = table;
            this.chain = chain;
            rules = new LoadedRule[chain.rules().size()];
            for (int i = 0; i < rules.length; i++) {
                rules[i] = new LoadedRule(chain.rules().get(i));
            }
            Verdict.Kind kind = chain.policy() == ChainPolicy.DROP ? Verdict.Kind.DROP : Verdict.Kind.ACCEPT;
            policy = new Verdict(kind, null, chain.origin());
        }

        private boolean archiveCounters(Archive archive) {
            boolean same = archive.constant(table.family()) == table.family();
            same &= archive.constant(table.name()) == table.name();
            same &= archive.text(chain.name()).equals(chain.name());
            same &= archive.int32(rules.length) == rules.length;
            if (same) {
                policyPackets = archive.int64(policyPackets);
                policyBytes = archive.int64(policyBytes);
                for (LoadedRule rule : rules) {
                    rule.packets = archive.int64(rule.packets);
                    rule.bytes = archive.int64(rule.bytes);
                    for (Matcher matcher : rule.matchers) {
                        if (matcher instanceof Archivable remembers) {
                            remembers.archive(archive);
                        }
                    }
                }
            }
            return same;
        }

        private Verdict underflow(int lengthBytes) {
            policyPackets++;
            policyBytes += lengthBytes;
            return policy;
        }
    }

    /** A rule in force. Its verdicts are made when first needed and then kept. */
    static final class LoadedRule {
        private final Rule rule;
        private final Matcher[] matchers;
        private final Target target;
        private @Nullable LoadedChain jump;
        private long packets;
        private long bytes;
        private @Nullable Verdict accept;
        private @Nullable Verdict drop;
        private @Nullable Verdict reject;

        LoadedRule(Rule rule) {
            this.rule = rule;
            matchers = new Matcher[rule.matchers().size()];
            for (int i = 0; i < matchers.length; i++) {
                matchers[i] = rule.matchers().get(i).inForce();
            }
            target = rule.target();
        }

        private Matcher.Result match(PacketContext context) {
            for (Matcher matcher : matchers) {
                Matcher.Result result = matcher.match(context);
                if (result != Matcher.Result.YES) {
                    return result;
                }
            }
            return Matcher.Result.YES;
        }

        private LoadedChain destination() {
            LoadedChain destination = jump;
            if (destination == null) {
                throw new IllegalStateException("a target jumps but names no chain: " + rule);
            }
            return destination;
        }

        private Verdict accept() {
            Verdict made = accept;
            if (made == null) {
                made = new Verdict(Verdict.Kind.ACCEPT, null, rule.origin());
                accept = made;
            }
            return made;
        }

        private Verdict drop() {
            Verdict made = drop;
            if (made == null) {
                made = new Verdict(Verdict.Kind.DROP, null, rule.origin());
                drop = made;
            }
            return made;
        }

        private Verdict reject() {
            Verdict made = reject;
            if (made == null) {
                made = new Verdict(Verdict.Kind.REJECT, target.rejectWith(), rule.origin());
                reject = made;
            }
            return made;
        }
    }
}
