package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ndp;
import dev.atoll.stack.wire.Udp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packet filter of one stack: which rules are in force, what they counted, which connections are known.
 *
 * <p>{@link #replace} and {@link #ruleSet} may be called by any thread, and a packet meets either the old rules or the
 * new ones; everything else is called under the stack's hold.
 *
 * <p>A packet that comes in meets PREROUTING, then INPUT if it is for this host, else FORWARD and POSTROUTING; one that
 * goes out meets OUTPUT and POSTROUTING. Netfilter's order at a hook: table raw, connection tracking, then mangle, nat and
 * filter, at INPUT nat last, where a table's verdict other than ACCEPT ends the packet. A flow becomes known once its first
 * packet was accepted. Connections are tracked only while a rule asks for their state, there is a table nat or a flow is
 * translated; what was known is forgotten when nothing needs it any more.
 *
 * <p>Neighbour discovery (RFC 4861) is no rule's business, as ARP is none of iptables: a policy that forgot it would cut IPv6
 * off.
 */
public final class IpTables {
    /** RFC 1035 section 4.2. */
    private static final int NAME_SERVER_PORT = 53;

    /** Verdict on an ICMP redirect about a flow that is translated: followed, it would lead past the translation. */
    private static final Verdict REDIRECT_UNTRANSLATED = new Verdict(Verdict.Kind.DROP, null, null);

    private final Rng rng;
    private final boolean plainly;
    private final PacketContext context = new PacketContext();
    private final DenialGate denials = new DenialGate();
    private final PacketLogGate packetLog = new PacketLogGate();
    private volatile boolean plainErrors;
    private volatile LoadedRules loaded = new LoadedRules(RuleSet.EMPTY);
    private volatile boolean callersWanted;
    private NamePins namePins = NamePins.NONE;
    private @Nullable ConnTrack connTrack;
    private @Nullable FlowListener flowListener;

    /** Who hears of what rules would have ended; while there is somebody, they end nothing. */
    private @Nullable DenialGate audit;

    /** What would have ended the packet that is being judged, or null. */
    private @Nullable Verdict wouldEnd;

    /**
     * A filter that accepts everything until it is given rules.
     *
     * @param rng seeds the connection table's hash, and decides where rules leave it to chance
     */
    public IpTables(Rng rng) {
        this(rng, false);
    }

    /**
     * A filter that accepts everything until it is given rules.
     *
     * @param plainly whether each packet is asked about with each rule, for tests
     */
    IpTables(Rng rng, boolean plainly) {
        this.rng = rng;
        this.plainly = plainly;
        context.rng(rng);
        context.logGate(packetLog);
    }

    /** Puts a rule set in force in place of the one before, all of it at once. Counters begin at 0. */
    public void replace(RuleSet ruleSet) {
        loaded = new LoadedRules(ruleSet, plainly);
    }

    /** Prepares a rule set to come into force in place of the one before while connections live; any thread. */
    public RuleChange change(RuleSet ruleSet) {
        return new RuleChange(this, new LoadedRules(ruleSet, plainly));
    }

    /**
     * Puts rules in force.
     *
     * @param adopted flows that live and were not tracked so far
     */
    void put(LoadedRules rules, List<Flow> adopted, long nowNs) {
        loaded = rules;
        ConnTrack tracking = connTrackFor(rules);
        if (tracking == null) {
            return;
        }
        tracking.forgetPaths();
        for (Flow flow : adopted) {
            tracking.adopt(flow, nowNs);
        }
    }

    /** The flows that are known; null while nothing tracks. */
    @Nullable ConnTrack known() {
        return connTrack;
    }

    /** What a packet is judged in. */
    PacketContext context() {
        return context;
    }

    /** The rules in force. */
    public RuleSet ruleSet() {
        return loaded.ruleSet;
    }

    /**
     * Judges a packet at a hook. Its {@code networkOffset}, {@code transportOffset}, {@code transportProtocol},
     * {@code ipVersion} and addresses are set and its IP header was found valid.
     *
     * @param inNic name of the NIC it came in by, or null
     * @param outNic name of the NIC it leaves by, or null
     * @param nowNs monotonic time
     */
    public Verdict check(Hook hook, PacketBuffer packet, @Nullable String inNic, @Nullable String outNic, long nowNs) {
        LoadedRules rules = loaded;
        LoadedRules.HookChains chains = rules.at(packet.ipVersion, hook);
        Verdict closed = rules.closed(packet.ipVersion);
        if ((closed != null || chains.any) && isNeighbourDiscovery(packet)) {
            return Verdict.ACCEPT;
        }
        if (closed != null && audit == null) {
            // Where a rule that rejects would stand.
            return hook == Hook.PREROUTING || hook == Hook.POSTROUTING ? Verdict.ACCEPT : closed;
        }
        ConnTrack tracking = connTrackFor(rules);
        if (tracking == null && !chains.any) {
            return Verdict.ACCEPT;
        }
        context.begin(hook, packet, inNic, outNic, nowNs);
        wouldEnd = null;
        Verdict verdict = ask(rules, chains.raw);
        if (verdict.kind() == Verdict.Kind.ACCEPT && tracking != null) {
            tracking.track(context);
        }
        if (closed != null && hook != Hook.PREROUTING && hook != Hook.POSTROUTING) {
            verdict = lookOn(closed);
        }
        if (verdict.kind() == Verdict.Kind.ACCEPT) {
            verdict = ask(rules, chains.mangle);
        }
        // The source is translated last of all, the destination before it is judged (netfilter's priorities 100, -100).
        if (hook == Hook.INPUT && verdict.kind() == Verdict.Kind.ACCEPT) {
            verdict = filter(rules, chains.filter);
        }
        if (verdict.kind() == Verdict.Kind.ACCEPT && tracking != null && hook != Hook.FORWARD) {
            verdict = translate(rules, chains.nat, tracking);
        }
        if (hook != Hook.INPUT && verdict.kind() == Verdict.Kind.ACCEPT) {
            verdict = filter(rules, chains.filter);
        }
        if (wouldEnd != null) {
            tellWouldEnd(wouldEnd);
        }
        if (verdict.kind() == Verdict.Kind.ACCEPT && packet.transportProtocol == IpProtocol.UDP) {
            verdict = passNames(hook, packet, nowNs);
        }
        if (tracking != null
                && verdict.kind() == Verdict.Kind.ACCEPT
                && ConnTrack.unconfirmed(packet) != null
                && isLast(hook, packet.ipVersion)
                && !tracking.confirm(packet, nowNs)
                && (rules.asksForStates || tracking.translates())) {
            verdict = ConnTrack.TABLE_FULL;
        }
        context.end();
        return verdict;
    }

    /** Shows questions for names that leave and answers that come in to who keeps what is known of names. */
    private Verdict passNames(Hook hook, PacketBuffer packet, long nowNs) {
        int at = packet.transportOffset;
        boolean readable = namePins != NamePins.NONE && context.hasTransportBytes(Udp.HEADER_BYTES);
        if (readable && hook == Hook.OUTPUT && Udp.destinationPort(packet.data(), at) == NAME_SERVER_PORT) {
            Origin refusal = namePins.refusal(packet, nowNs);
            if (refusal != null) {
                RejectWith with = packet.ipVersion == Family.IPV4.ipVersion()
                        ? RejectWith.ICMP_PORT_UNREACHABLE
                        : RejectWith.ICMP6_PORT_UNREACHABLE;
                return new Verdict(Verdict.Kind.REJECT, with, refusal);
            }
        } else if (readable && hook == Hook.INPUT && Udp.sourcePort(packet.data(), at) == NAME_SERVER_PORT) {
            namePins.received(packet, nowNs);
        }
        return Verdict.ACCEPT;
    }

    /** Whether it is a message of RFC 4861 from this link, as its hop limit shows. */
    private static boolean isNeighbourDiscovery(PacketBuffer packet) {
        if (packet.transportProtocol != IpProtocol.ICMPV6
                || packet.ipVersion != Family.IPV6.ipVersion()
                || packet.transportOffset == PacketBuffer.UNKNOWN
                || packet.end() - packet.transportOffset < Icmpv6.HEADER_BYTES
                || Ipv6.hopLimit(packet.data(), packet.networkOffset) != Ndp.HOP_LIMIT) {
            return false;
        }
        int type = Icmpv6.type(packet.data(), packet.transportOffset);
        return type >= Icmpv6.ROUTER_SOLICITATION && type <= Icmpv6.REDIRECT;
    }

    /** Sends the packet through a chain; ACCEPT if there is none. */
    private Verdict ask(LoadedRules rules, LoadedRules.@Nullable LoadedChain chain) {
        return chain == null ? Verdict.ACCEPT : lookOn(rules.evaluate(chain, context));
    }

    /** Table filter, whose word on a flow's first packet is what a listener is told. */
    private Verdict filter(LoadedRules rules, LoadedRules.@Nullable LoadedChain chain) {
        Verdict verdict = ask(rules, chain);
        FlowWatch watch = flowListener == null && audit == null ? null : watch();
        if (watch != null && watch.origin == null && verdict.kind() == Verdict.Kind.ACCEPT) {
            watch.origin = verdict.origin();
        }
        return verdict;
    }

    /** What listeners are told of the packet's flow, or null. */
    private @Nullable FlowWatch watch() {
        return context.packet().flow instanceof TrackedPacket tracked && tracked.flow() != null
                ? tracked.flow().watch
                : null;
    }

    /** The verdict itself, or while rules only look on, that the packet goes on. */
    private Verdict lookOn(Verdict verdict) {
        if (audit == null || verdict.kind() == Verdict.Kind.ACCEPT) {
            return verdict;
        }
        wouldEnd = wouldEnd == null ? verdict : wouldEnd;
        return Verdict.ACCEPT;
    }

    /** Tells what would have ended a packet: of a flow once, as the packets behind the first would not have come. */
    private void tellWouldEnd(Verdict verdict) {
        FlowWatch watch = watch();
        if (watch != null && watch.wouldEnd != null) {
            return;
        }
        if (watch != null) {
            watch.wouldEnd = verdict;
        }
        if (audit != null) {
            audit.denied(context.hook(), context.packet(), verdict, context.nowNs());
        }
    }

    /** Table nat: its rules are met by a flow's first packet, what they chose holds for all of them. */
    private Verdict translate(LoadedRules rules, LoadedRules.@Nullable LoadedChain chain, ConnTrack tracking) {
        PacketBuffer packet = context.packet();
        if (!(packet.flow instanceof TrackedPacket tracked) || tracked.flow() == null) {
            return Verdict.ACCEPT;
        }
        Flow flow = tracked.flow();
        if (chain == null && !flow.isTranslated()) {
            return Verdict.ACCEPT;
        }
        NatSide side = NatSide.at(context.hook());
        // The reset that answers a flow's rejected first packet meets what that packet did not get to.
        boolean settles = tracked.state() == ConnState.NEW
                || (tracked.state() == ConnState.RELATED && packet.transportProtocol == IpProtocol.TCP);
        if (settles && !flow.confirmed && !flow.isBound(side) && chain != null) {
            Verdict verdict = ask(rules, chain);
            if (verdict.kind() != Verdict.Kind.ACCEPT) {
                return verdict;
            }
            tracking.bind(flow, side, context.translation(), rng, context.nowNs());
        }
        return Translation.apply(packet, tracked, flow, side) ? Verdict.ACCEPT : REDIRECT_UNTRANSLATED;
    }

    /** Whether PREROUTING or POSTROUTING is to be met: a chain is asked there, or connections are tracked or translated. */
    public boolean asks(Hook hook, int ipVersion) {
        LoadedRules rules = loaded;
        return rules.asks(ipVersion, hook)
                || (hook == Hook.PREROUTING && tracks(rules))
                || (hook != Hook.FORWARD && connTrack != null && connTrack.translates());
    }

    /** Whether a packet that passed this hook has met all that might end it: only then its flow is known. */
    private boolean isLast(Hook hook, int ipVersion) {
        return switch (hook) {
            case PREROUTING -> false;
            case INPUT, POSTROUTING -> true;
            case FORWARD, OUTPUT -> !asks(Hook.POSTROUTING, ipVersion);
        };
    }

    /** Whether connections are tracked: for the rules, or for who wants to know of them. */
    private boolean tracks(LoadedRules rules) {
        return rules.tracks || flowListener != null || audit != null;
    }

    private @Nullable ConnTrack connTrackFor(LoadedRules rules) {
        if (tracks(rules) || (connTrack != null && connTrack.translates())) {
            if (connTrack == null) {
                connTrack = new ConnTrack(rng.nextLong());
                connTrack.watch(flowListener != null || audit != null, flowListener);
            }
        } else {
            connTrack = null;
        }
        return connTrack;
    }

    /**
     * Marks a packet of our own as the answer to one that was rejected: rules see it as RELATED, as on Linux. Called
     * before the answer meets OUTPUT.
     */
    public void answers(PacketBuffer answer, PacketBuffer rejected) {
        if (rejected.flow instanceof TrackedPacket tracked && tracked.flow() != null) {
            answer.flow = tracked.flow().about(!tracked.reply());
        }
    }

    /** Where matchers and targets learn of addresses and ways; before the stack runs. */
    public void routing(RoutingView routing) {
        context.routing(routing);
    }

    /** Where matchers learn of the wall clock; before the stack runs. */
    public void clock(Clock clock) {
        context.clock(clock);
    }

    /** As whom endpoints of the stack send, for rules that ask; before the stack runs. */
    public void socketOwner(SocketOwner owner) {
        context.socketOwner(owner);
    }

    /** Where it is known which addresses have which names; before the stack runs. */
    public void namePins(NamePins pins) {
        namePins = pins;
        context.namePins(pins);
    }

    /**
     * Whether endpoints are to be told whose code opens them ({@code SO_CALLER}), which takes a look at the thread's stack each
     * time: a rule asks, or somebody {@linkplain #wantCallers wants} to know. Any thread.
     */
    public boolean wantsCallers() {
        return callersWanted || loaded.asksForCallers;
    }

    /** Somebody other than the rules wants to know whose code opens endpoints, or does not any more. Any thread. */
    public void wantCallers(boolean wanted) {
        callersWanted = wanted;
    }

    /** Gives a packet of ours that did not get away the addresses and ports with which it was sent. */
    public void untranslate(PacketBuffer packet) {
        if (packet.flow instanceof TrackedPacket tracked && tracked.flow() != null) {
            Translation.undo(packet, tracked, tracked.flow());
        }
    }

    /**
     * Where the packets of a connection were going before any translation, as SO_ORIGINAL_DST tells it.
     *
     * @param protocol that of the connection
     * @param local its own end as its endpoint has it
     * @param remote its peer as its endpoint has it
     * @return null if connection tracking does not know it
     */
    public @Nullable FullAddress originalDestination(int protocol, FullAddress local, FullAddress remote, long nowNs) {
        return connTrack == null ? null : connTrack.originalDestination(protocol, local, remote, nowNs);
    }

    /** Takes note that a verdict other than ACCEPT ended a packet: counts it and tells the listener. */
    public void denied(Hook hook, PacketBuffer packet, Verdict verdict, long nowNs) {
        denials.denied(hook, packet, verdict, nowNs);
    }

    /**
     * Who is told of denials, or null. After a quiet time 256 are told at once, then at most 100 a second; the rest is
     * counted as {@link DenialStats#unreported}.
     */
    public void denialListener(@Nullable DenialListener listener) {
        denials.listener(listener);
    }

    /** Whether the errors that senders get leave the rule to the listener; otherwise they name it. Any thread. */
    public void plainErrors(boolean plain) {
        plainErrors = plain;
    }

    /** Whether errors do not name rules. */
    public boolean hasPlainErrors() {
        return plainErrors;
    }

    /**
     * Who is told of packets by rules with LOG, NFLOG, AUDIT and TRACE, or null. They are told as fast as denials are, of a
     * count of their own; how many came too fast is said with the next one ({@link
     * LoggedPacket#untoldBefore}).
     */
    public void packetLogListener(@Nullable PacketLogListener listener) {
        packetLog.listener(listener);
    }

    /** How many packets were not told since the last one that was, as they came too fast. */
    public long untoldPackets() {
        return packetLog.untold();
    }

    /**
     * Who is told of flows, or null; connections are tracked while there is somebody. Before the stack runs: flows that have begun
     * already are not told.
     */
    public void flowListener(@Nullable FlowListener listener) {
        flowListener = listener;
        watchFlows();
    }

    /**
     * Who is told of packets that rules would have ended, or null. While there is somebody, rules end no packet and reject none:
     * they only look on. As often as {@link #denialListener}, and once for a flow. Before the stack runs.
     */
    public void auditListener(@Nullable DenialListener listener) {
        audit = listener == null ? null : new DenialGate();
        if (audit != null) {
            audit.listener(listener);
        }
        watchFlows();
    }

    /** Whether rules end no packet. */
    boolean isLookingOn() {
        return audit != null;
    }

    private void watchFlows() {
        if (connTrack != null) {
            connTrack.watch(flowListener != null || audit != null, flowListener);
        }
    }

    /** The stack ends, and with it every flow: who listens to flows is told. */
    public void close() {
        if (connTrack != null) {
            connTrack.tellAll();
        }
    }

    /** What each chain and rule counted since it came into force. */
    public List<ChainCounters> counters() {
        return loaded.counters();
    }

    /** How many ways of flows are known; for tests. */
    int paths() {
        return loaded.paths();
    }

    /** How many packets were ended. */
    public DenialStats denialStats() {
        return denials.stats();
    }

    /** What connection tracking holds; all 0 while nothing tracks. */
    public ConnTrackStats connTrackStats() {
        return connTrack == null ? ConnTrackStats.NONE : connTrack.stats();
    }

    /**
     * The rules in force with what they counted, and the connections that are known; not who listens to denials and logs.
     *
     * <p>Rules with matchers or targets of the caller's own are not written: the same ones have to be in force already
     * when their counters are restored.
     *
     * @throws ArchiveException if others are in force
     */
    public void archive(Archive archive) {
        archive.section("filter");
        LoadedRules rules = loaded;
        Class<?> foreign = ArchivedRules.foreignClass(rules.ruleSet);
        String foreignName = archive.text(foreign == null ? "" : foreign.getName());
        if (foreignName.isEmpty()) {
            RuleSet ruleSet = ArchivedRules.ruleSet(archive, archive.isRestoring() ? null : rules.ruleSet);
            if (archive.isRestoring()) {
                rules = new LoadedRules(ruleSet);
                loaded = rules;
            }
        }
        if (!rules.archiveCounters(archive)) {
            throw new ArchiveException(
                    foreignName.isEmpty()
                            ? "the counters are of other rules"
                            : "the rules that were in force had " + foreignName + ", which is not saved with a stack:"
                                    + " StackBuilder.rules must name the same rules again");
        }
        connTrack = archive.optional(archive.isRestoring() ? null : connTrack, ConnTrack::archived);
        rules.archiveMemory(archive);
        watchFlows();
        denials.archive(archive);
        packetLog.archive(archive);
        plainErrors = archive.bool(plainErrors);
    }
}
