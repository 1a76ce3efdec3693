package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packet filter of one stack: which rules are in force, what they counted, which connections are known.
 *
 * <p>{@link #replace} and {@link #ruleSet} may be called by any thread, and a packet meets either the old rules or the
 * new ones; everything else is called under the stack's hold.
 *
 * <p>A packet that comes in meets PREROUTING, then INPUT if it is for this host, else FORWARD and POSTROUTING; one that
 * goes out meets OUTPUT and POSTROUTING. Netfilter's order at a hook: table raw, connection tracking, then mangle, nat and filter, where a table's verdict
 * other than ACCEPT ends the packet. A flow becomes known once its first packet was accepted. Connections are tracked
 * only while a rule asks for their state; what was known is forgotten when no rule does any more.
 */
public final class IpTables {
    private final Rng rng;
    private final PacketContext context = new PacketContext();
    private final DenialGate denials = new DenialGate();
    private volatile LoadedRules loaded = new LoadedRules(RuleSet.EMPTY);
    private @Nullable ConnTrack connTrack;

    /**
     * A filter that accepts everything until it is given rules.
     *
     * @param rng seeds the connection table's hash
     */
    public IpTables(Rng rng) {
        this.rng = rng;
    }

    /** Puts a rule set in force in place of the one before, all of it at once. Counters begin at 0. */
    public void replace(RuleSet ruleSet) {
        loaded = new LoadedRules(ruleSet);
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
        Verdict closed = rules.closed(packet.ipVersion);
        if (closed != null) {
            return closed;
        }
        ConnTrack tracking = connTrackFor(rules);
        LoadedRules.LoadedChain raw = rules.raw(packet.ipVersion, hook);
        LoadedRules.LoadedChain[] chains = rules.chains(packet.ipVersion, hook);
        if (tracking == null && raw == null && chains.length == 0) {
            return Verdict.ACCEPT;
        }
        context.begin(hook, packet, inNic, outNic, nowNs);
        Verdict verdict = raw == null ? Verdict.ACCEPT : rules.evaluate(raw, context);
        if (verdict.kind() == Verdict.Kind.ACCEPT && tracking != null) {
            context.connState(tracking.track(context));
        }
        for (int i = 0; i < chains.length && verdict.kind() == Verdict.Kind.ACCEPT; i++) {
            verdict = rules.evaluate(chains[i], context);
        }
        if (tracking != null
                && verdict.kind() == Verdict.Kind.ACCEPT
                && isLast(hook, packet.ipVersion)
                && !tracking.confirm(packet, nowNs)) {
            verdict = ConnTrack.TABLE_FULL;
        }
        context.end();
        return verdict;
    }

    /**
     * Whether any chain is to be asked at a hook. PREROUTING and POSTROUTING need not be met otherwise: connections are
     * tracked at the hooks that every packet meets.
     */
    public boolean asks(Hook hook, int ipVersion) {
        return loaded.asks(ipVersion, hook);
    }

    /** Whether a packet that passed this hook has met all that might end it: only then its flow is known. */
    private boolean isLast(Hook hook, int ipVersion) {
        return switch (hook) {
            case PREROUTING -> false;
            case INPUT, POSTROUTING -> true;
            case FORWARD, OUTPUT -> !asks(Hook.POSTROUTING, ipVersion);
        };
    }

    private @Nullable ConnTrack connTrackFor(LoadedRules rules) {
        if (rules.tracks) {
            if (connTrack == null) {
                connTrack = new ConnTrack(rng.nextLong());
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

    /** What each chain and rule counted since it came into force. */
    public List<ChainCounters> counters() {
        return loaded.counters();
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
     * The rules in force with what they counted, and the connections that are known; not who listens to denials.
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
        denials.archive(archive);
    }
}
