package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule set as one stack has it in force: jumps resolved, tables sorted by hook, counters. Evaluation happens under
 * that stack's hold.
 */
final class LoadedRules {
    /** Fewer rules are asked as fast as a path is found. */
    private static final int MIN_RULES_TO_KEEP_PATHS = 8;

    /** Following connections only to keep their paths is worth it from here on. */
    private static final int MIN_RULES_TO_TRACK = 64;

    final RuleSet ruleSet;
    private final boolean plainly;
    /** Whether a rule asks for the states of connections, or they are translated. */
    final boolean asksForStates;
    /** Whether a rule asks whose code opens sockets. */
    final boolean asksForCallers;
    /** Whether connections are followed: for that, or because their paths are worth keeping. */
    final boolean tracks;
    /** By hook. */
    private final HookChains[] v4;

    private final HookChains[] v6;
    private final @Nullable Verdict closedV4;
    private final @Nullable Verdict closedV6;
    private final List<LoadedChain> all = new ArrayList<>();

    /** Where jumps come back to; chains cannot be nested deeper than there are chains. */
    private final LoadedChain[] callers;

    private final int[] callerNext;
    private final MemoryTables memory = new MemoryTables();
    private final Recorder recorder = new Recorder();
    /** The paths with something to credit. */
    private final List<FlowPath> live = new ArrayList<>();

    LoadedRules(RuleSet ruleSet) {
        this(ruleSet, false);
    }

    /**
     * Puts a rule set in force.
     *
     * @param plainly whether each packet is asked about with each rule: what tests hold against everything faster
     */
    LoadedRules(RuleSet ruleSet, boolean plainly) {
        this.ruleSet = ruleSet;
        this.plainly = plainly;
        closedV4 = closed(Family.IPV4, Family.IPV6);
        closedV6 = closed(Family.IPV6, Family.IPV4);
        v4 = load(Family.IPV4);
        v6 = load(Family.IPV6);
        callers = new LoadedChain[all.size() + 1];
        callerNext = new int[all.size() + 1];
        asksForStates = ruleSet.needsConnTrack();
        asksForCallers = ruleSet.needsSocketCaller();
        boolean many = false;
        for (LoadedChain chain : all) {
            many |= chain.keepsPaths && chain.reachable >= MIN_RULES_TO_TRACK;
        }
        tracks = asksForStates || many;
    }

    /** A family without a single table is closed if the other has some: what nobody wrote rules for is not open. */
    private @Nullable Verdict closed(Family family, Family other) {
        if (ruleSet.covers(family) || !ruleSet.covers(other)) {
            return null;
        }
        Origin first = ruleSet.tables().get(0).origin();
        String text = "no " + family + " policy given (" + first.source() + " has only " + other
                + " rules); add rules for it" + (family == Family.IPV6 ? " or --ipv6=off" : "");
        RejectWith with = family == Family.IPV4 ? RejectWith.ICMP_ADMIN_PROHIBITED : RejectWith.ICMP6_ADDR_UNREACHABLE;
        return new Verdict(Verdict.Kind.REJECT, with, new Origin(first.source(), first.line(), text));
    }

    private HookChains[] load(Family family) {
        Map<TableName, Map<String, LoadedChain>> byTable = new EnumMap<>(TableName.class);
        for (TableName name : TableName.values()) {
            Table table = ruleSet.table(family, name);
            byTable.put(name, table == null ? Map.of() : load(table));
        }
        HookChains[] byHook = new HookChains[Hook.values().length];
        for (Hook hook : Hook.values()) {
            byHook[place(hook)] = new HookChains(
                    builtIn(byTable, TableName.RAW, hook),
                    builtIn(byTable, TableName.MANGLE, hook),
                    builtIn(byTable, TableName.NAT, hook),
                    builtIn(byTable, TableName.FILTER, hook));
        }
        return byHook;
    }

    private static @Nullable LoadedChain builtIn(
            Map<TableName, Map<String, LoadedChain>> byTable, TableName table, Hook hook) {
        Map<String, LoadedChain> chains = byTable.get(table);
        return chains == null || !table.hooks().contains(hook) ? null : chains.get(hook.name());
    }

    private Map<String, LoadedChain> load(Table table) {
        Map<String, LoadedChain> loaded = new HashMap<>();
        for (Chain chain : table.chains()) {
            LoadedChain one = new LoadedChain(table, chain, memory, plainly);
            loaded.put(chain.name(), one);
            all.add(one);
        }
        for (Chain chain : table.chains()) {
            resolveJumps(chain, loaded);
        }
        for (Hook hook : table.name().hooks()) {
            LoadedChain chain = loaded.get(hook.name());
            if (chain != null) {
                chain.reachable = reachable(chain);
                // Table raw is asked before the flow is known, table nat once for each.
                boolean later = table.name() == TableName.MANGLE || table.name() == TableName.FILTER;
                chain.keepsPaths = !plainly && later && chain.reachable >= MIN_RULES_TO_KEEP_PATHS;
            }
        }
        return loaded;
    }

    /** How many rules a packet may meet from a chain on, each counted once. */
    private static int reachable(LoadedChain from) {
        Set<LoadedChain> met = new HashSet<>();
        Deque<LoadedChain> waiting = new ArrayDeque<>();
        met.add(from);
        waiting.add(from);
        int rules = 0;
        while (!waiting.isEmpty()) {
            LoadedChain chain = waiting.remove();
            rules += chain.rules.length;
            for (LoadedRule rule : chain.rules) {
                if (rule.jump != null && met.add(rule.jump)) {
                    waiting.add(rule.jump);
                }
            }
        }
        return rules;
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

    /** What packets of a family meet at a hook. */
    HookChains at(int ipVersion, Hook hook) {
        return (ipVersion == Family.IPV4.ipVersion() ? v4 : v6)[place(hook)];
    }

    /** A packet asks for each hook: too often for a map. */
    @SuppressWarnings("EnumOrdinal")
    private static int place(Hook hook) {
        return hook.ordinal();
    }

    /** Whether a packet of that family meets any chain at a hook. */
    boolean asks(int ipVersion, Hook hook) {
        return at(ipVersion, hook).any;
    }

    /** The verdict for every packet of a family that has no rules while the other has; null for one that has. */
    @Nullable Verdict closed(int ipVersion) {
        return ipVersion == Family.IPV4.ipVersion() ? closedV4 : closedV6;
    }

    /**
     * Sends the packet through one built-in chain of one table. A packet of a known flow goes the way that one before it went, as far
     * as that is the same for all of them ({@link Matcher#isConstant}).
     */
    Verdict evaluate(LoadedChain builtIn, PacketContext context) {
        int lengthBytes = context.lengthBytes();
        TrackedPacket tracked = builtIn.keepsPaths && context.packet().flow instanceof TrackedPacket of ? of : null;
        Flow flow = tracked == null ? null : tracked.flow();
        if (tracked == null
                // Each rule that it meets is told.
                || context.packet().traced
                || flow == null
                || !flow.confirmed
                || tracked.state() == ConnState.RELATED
                || context.fragmentOffsetBytes() != 0) {
            return walk(builtIn, builtIn, 0, 0, context, lengthBytes, null);
        }
        FlowPath path = flow.path(builtIn, tracked.reply());
        if (path != null && path.isOver(tracked)) {
            flow.forget(path);
            path = null;
        }
        if (path == null) {
            recorder.begin();
            Verdict verdict = walk(builtIn, builtIn, 0, 0, context, lengthBytes, recorder);
            if (recorder.isWhole()) {
                FlowPath made = new FlowPath(this, builtIn, tracked, context, recorder);
                made.liveIndex = live.size();
                live.add(made);
                flow.add(made);
            }
            return verdict;
        }
        if (!path.fits(tracked, context)) {
            return walk(builtIn, builtIn, 0, 0, context, lengthBytes, null);
        }
        path.count(lengthBytes);
        Verdict verdict = path.verdict();
        Resumption from = path.resumption();
        if (verdict != null || from == null) {
            return verdict == null ? Verdict.ACCEPT : verdict;
        }
        System.arraycopy(from.callers, 0, callers, 0, from.callers.length);
        System.arraycopy(from.callerNext, 0, callerNext, 0, from.callerNext.length);
        return walk(builtIn, from.chain, from.next, from.callers.length, context, lengthBytes, null);
    }

    /** Goes on through the rules from one on, with the callers to that depth where they are. */
    private Verdict walk(
            LoadedChain builtIn,
            LoadedChain first,
            int firstNext,
            int firstDepth,
            PacketContext context,
            int lengthBytes,
            @Nullable Recorder recording) {
        LoadedChain chain = first;
        int next = firstNext;
        int depth = firstDepth;
        boolean returned = false;
        Recorder recorded = recording;
        while (true) {
            if (next < chain.rules.length) {
                RuleRun run = chain.rules[next].run;
                if (run != null) {
                    next = run.next(next, context);
                    if (next == run.end()) {
                        continue;
                    }
                }
            }
            if (next == chain.rules.length) {
                if (chain != builtIn && !returned) {
                    traceEnd(chain, TraceStep.Kind.RETURN, context);
                }
                returned = false;
                if (depth == 0) {
                    if (recorded != null) {
                        recorded.finish(builtIn.policy, true);
                    }
                    traceEnd(builtIn, TraceStep.Kind.POLICY, context);
                    return builtIn.underflow(lengthBytes);
                }
                depth--;
                chain = callers[depth];
                next = callerNext[depth];
                continue;
            }
            LoadedRule rule = chain.rules[next];
            if (recorded != null && !recorded.covers(rule, context)) {
                recorded.stop(chain, next, callers, callerNext, depth);
                recorded = null;
            }
            next++;
            switch (rule.match(context)) {
                case NO:
                    continue;
                case HOTDROP:
                    return rule.drop();
                case YES:
                    rule.packets++;
                    rule.bytes += lengthBytes;
            }
            if (recorded != null) {
                recorded.matched(rule);
            }
            if (context.packet().traced) {
                context.trace(step(chain, traceKind(chain, builtIn, rule.rule), next), rule.rule.origin());
            }
            context.matched(rule.rule.origin());
            switch (rule.target.apply(context)) {
                case CONTINUE:
                    break;
                case ACCEPT:
                    return ended(rule.accept(), recorded);
                case DROP:
                    return ended(rule.drop(), recorded);
                case REJECT:
                    return ended(rule.reject(), recorded);
                case RETURN:
                    next = chain.rules.length;
                    returned = true;
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

    /** A packet that may be traced has come to a chain's end. */
    private static void traceEnd(LoadedChain chain, TraceStep.Kind kind, PacketContext context) {
        if (context.packet().traced) {
            context.trace(step(chain, kind, chain.rules.length + 1), chain.chain.origin());
        }
    }

    /** Linux takes a rule that decides for every packet for the end of its chain. */
    private static TraceStep.Kind traceKind(LoadedChain chain, LoadedChain builtIn, Rule rule) {
        if (!TableCheck.endsChain(rule)) {
            return TraceStep.Kind.RULE;
        }
        return chain == builtIn ? TraceStep.Kind.POLICY : TraceStep.Kind.RETURN;
    }

    private static TraceStep step(LoadedChain chain, TraceStep.Kind kind, int number) {
        return new TraceStep(chain.table.name(), chain.chain.name(), kind, number);
    }

    private static Verdict ended(Verdict verdict, @Nullable Recorder recorded) {
        if (recorded != null) {
            recorded.finish(verdict, false);
        }
        return verdict;
    }

    /** A path has ended. */
    void forget(FlowPath path) {
        FlowPath last = live.remove(live.size() - 1);
        if (last != path) {
            last.liveIndex = path.liveIndex;
            live.set(path.liveIndex, last);
        }
    }

    /** How many ways are known. */
    int paths() {
        return live.size();
    }

    private void creditPaths() {
        for (FlowPath path : live) {
            path.credit();
        }
    }

    /** What was counted so far. */
    List<ChainCounters> counters() {
        creditPaths();
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
        creditPaths();
        boolean same = archive.int32(all.size()) == all.size();
        for (int i = 0; i < all.size() && same; i++) {
            same = all.get(i).archiveCounters(archive);
        }
        return same;
    }

    /** What matchers remember together, after the connections that are tracked. */
    void archiveMemory(Archive archive) {
        memory.archive(archive);
    }

    /** A chain in force. */
    static final class LoadedChain {
        private final Table table;
        private final Chain chain;
        private final LoadedRule[] rules;
        private final Verdict policy;
        private int reachable;
        private boolean keepsPaths;
        private long policyPackets;
        private long policyBytes;

        LoadedChain(Table table, Chain chain, MemoryTables memory, boolean plainly) {
            this.table = table;
            this.chain = chain;
            rules = new LoadedRule[chain.rules().size()];
            @Nullable RuleRun[] runs = plainly ? new RuleRun[rules.length] : RuleRun.find(chain.rules());
            for (int i = 0; i < rules.length; i++) {
                rules[i] = new LoadedRule(chain.rules().get(i), memory, runs[i]);
            }
            Verdict.Kind kind = chain.policy() == ChainPolicy.DROP ? Verdict.Kind.DROP : Verdict.Kind.ACCEPT;
            policy = new Verdict(kind, null, chain.origin());
        }

        int size() {
            return rules.length;
        }

        LoadedRule rule(int place) {
            return rules[place];
        }

        /** What becomes of a packet that no rule decides about. */
        Verdict policy() {
            return policy;
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

        void count(long packets, long bytes) {
            policyPackets += packets;
            policyBytes += bytes;
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
        private final @Nullable RuleRun run;
        private @Nullable LoadedChain jump;
        private long packets;
        private long bytes;
        private @Nullable Verdict accept;
        private @Nullable Verdict drop;
        private @Nullable Verdict reject;

        LoadedRule(Rule rule, MemoryTables memory, @Nullable RuleRun run) {
            this.rule = rule;
            this.run = run;
            matchers = new Matcher[rule.matchers().size()];
            for (int i = 0; i < matchers.length; i++) {
                matchers[i] = rule.matchers().get(i).inForce(memory);
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

        void count(long morePackets, long moreBytes) {
            packets += morePackets;
            bytes += moreBytes;
        }

        Matcher[] matchers() {
            return matchers;
        }

        Target target() {
            return target;
        }

        /** The run it is in, or null. */
        @Nullable RuleRun run() {
            return run;
        }

        LoadedChain destination() {
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

        Verdict drop() {
            Verdict made = drop;
            if (made == null) {
                made = new Verdict(Verdict.Kind.DROP, null, rule.origin());
                drop = made;
            }
            return made;
        }

        Verdict reject() {
            Verdict made = reject;
            if (made == null) {
                made = new Verdict(Verdict.Kind.REJECT, target.rejectWith(), rule.origin());
                reject = made;
            }
            return made;
        }
    }

    /** The built-in chains of one family at one hook: each packet's way, so found without searching. */
    static final class HookChains {
        final @Nullable LoadedChain raw;
        final @Nullable LoadedChain mangle;
        final @Nullable LoadedChain nat;
        final @Nullable LoadedChain filter;
        /** Whether there is one. */
        final boolean any;

        HookChains(
                @Nullable LoadedChain raw,
                @Nullable LoadedChain mangle,
                @Nullable LoadedChain nat,
                @Nullable LoadedChain filter) {
            this.raw = raw;
            this.mangle = mangle;
            this.nat = nat;
            this.filter = filter;
            any = raw != null || mangle != null || nat != null || filter != null;
        }

        @Nullable LoadedChain of(TableName table) {
            return switch (table) {
                case RAW -> raw;
                case MANGLE -> mangle;
                case NAT -> nat;
                case FILTER -> filter;
            };
        }
    }

    /** Where packets of a path have to be asked one by one. */
    static final class Resumption {
        private final LoadedChain chain;
        private final int next;
        private final LoadedChain[] callers;
        private final int[] callerNext;

        Resumption(LoadedChain chain, int next, LoadedChain[] callers, int[] callerNext) {
            this.chain = chain;
            this.next = next;
            this.callers = callers;
            this.callerNext = callerNext;
        }
    }

    /** Takes down the way of one packet as far as it is that of all packets of its flow. */
    static final class Recorder {
        private final List<LoadedRule> matched = new ArrayList<>();
        private int flagsMask;
        private @Nullable Resumption resumption;
        private @Nullable Verdict verdict;
        private boolean underflow;

        private void begin() {
            matched.clear();
            flagsMask = 0;
            resumption = null;
            verdict = null;
            underflow = false;
        }

        /** Whether every packet of the flow fares alike at a rule, as this one does now. */
        private boolean covers(LoadedRule rule, PacketContext context) {
            for (Matcher matcher : rule.matchers) {
                if (matcher instanceof TcpMatcher tcp) {
                    flagsMask |= context.packet().transportProtocol == IpProtocol.TCP ? tcp.flagsMask() : 0;
                } else if (!matcher.isConstant()) {
                    return false;
                }
                if (matcher.match(context) != Matcher.Result.YES) {
                    return true;
                }
            }
            return rule.target.isConstant();
        }

        private void matched(LoadedRule rule) {
            matched.add(rule);
        }

        private void stop(LoadedChain chain, int next, LoadedChain[] callers, int[] callerNext, int depth) {
            resumption = new Resumption(chain, next, Arrays.copyOf(callers, depth), Arrays.copyOf(callerNext, depth));
        }

        private void finish(Verdict decided, boolean byPolicy) {
            verdict = decided;
            underflow = byPolicy;
        }

        /** Whether it came to an end that other packets may come to: not that a broken packet was dropped. */
        private boolean isWhole() {
            return verdict != null || resumption != null;
        }

        LoadedRule[] matched() {
            return matched.toArray(new LoadedRule[0]);
        }

        int flagsMask() {
            return flagsMask;
        }

        @Nullable Resumption resumption() {
            return resumption;
        }

        @Nullable Verdict verdict() {
            return verdict;
        }

        boolean underflow() {
            return underflow;
        }
    }
}
