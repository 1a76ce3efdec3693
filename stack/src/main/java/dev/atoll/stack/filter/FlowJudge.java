package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * Says whether rules that are about to come into force have anything left for a flow that lives: packets of it are made up, and
 * asked about as far as what the rules ask can be known of them. A condition that can be otherwise for another packet (a rate, chance,
 * what is in a packet) is taken to hold or not: a flow is denied only if none of its packets can be accepted, however
 * these turn out (decision 0270).
 *
 * <p>Counts nothing and changes nothing but packets of its own. Used under the stack's hold.
 */
final class FlowJudge {
    /** What may become of a packet in a chain, in bits. */
    private static final int ACCEPTED = 1;

    private static final int DENIED = 2;
    private static final int RETURNED = 4;

    /** Those flags of a segment in the middle of a connection that are the same for all of them. */
    private static final int STEADY_FLAGS = Tcp.SYN | Tcp.ACK;

    private final LoadedRules rules;
    private final PacketContext context;
    private final long nowNs;

    private boolean begins;
    private boolean marksKnown;
    private boolean stateKnown;
    private Verdict denial = Verdict.ACCEPT;

    /** A packet that the rules deny, and where. */
    record Denied(Hook hook, PacketBuffer packet, Verdict verdict) {}

    /**
     * @param context one that knows addresses, ways and owners
     */
    FlowJudge(LoadedRules rules, PacketContext context, long nowNs) {
        this.rules = rules;
        this.context = context;
        this.nowNs = nowNs;
    }

    /**
     * Judges a flow by its first packet, and if it was answered by an answer and by what follows.
     *
     * @param connection who sends what this host sends of it; null if nobody knows
     * @return what is denied, or null if it may go on
     */
    @Nullable Denied judge(Flow flow, @Nullable LiveConnection connection) {
        int mark = flow.mark;
        try {
            Denied denied = judge(flow, flow.begins(), Tcp.SYN, connection);
            if (denied == null && flow.replied) {
                denied = judge(flow, flow.packet(true), Tcp.ACK, connection);
            }
            if (denied == null && flow.replied) {
                denied = judge(flow, flow.packet(false), Tcp.ACK, connection);
            }
            return denied;
        } finally {
            flow.mark = mark;
        }
    }

    private @Nullable Denied judge(Flow flow, TrackedPacket place, int tcpFlags, @Nullable LiveConnection connection) {
        FlowTuple tuple = place.reply() ? flow.reply : flow.original;
        IpAddress from = new IpAddress(tuple.sourceHigh, tuple.sourceLow);
        IpAddress to = new IpAddress(tuple.destinationHigh, tuple.destinationLow);
        boolean sent = isLocal(from.high(), from.low());
        PacketBuffer packet = MadeUpPacket.of(
                tuple.protocol,
                new FullAddress(from, tuple.sourcePort),
                new FullAddress(to, tuple.destinationPort),
                tcpFlags,
                sent);
        if (sent) {
            packet.fromEndpoint = true;
            packet.caller = flow.caller;
            if (connection != null) {
                connection.describe(packet);
            }
        }
        begins = place.state() == ConnState.NEW;
        marksKnown = true;
        stateKnown = true;
        Hook denied = sent ? judgeSent(packet, place) : judgeReceived(packet, place);
        return denied == null ? null : new Denied(denied, packet, denial);
    }

    /** The hook at which a packet of this host is denied, or null. */
    private @Nullable Hook judgeSent(PacketBuffer packet, TrackedPacket place) {
        String out = context.nicTo(packet.destinationHigh, packet.destinationLow);
        if (isDenied(Hook.OUTPUT, packet, place, "", out)) {
            return Hook.OUTPUT;
        }
        out = context.nicTo(packet.destinationHigh, packet.destinationLow);
        if (isDenied(Hook.POSTROUTING, packet, place, "", out)) {
            return Hook.POSTROUTING;
        }
        if (!isLocal(packet.destinationHigh, packet.destinationLow)) {
            return null;
        }
        // It stays on this host, and keeps the state with which it left.
        return judgeArrived(packet, place, out);
    }

    private @Nullable Hook judgeReceived(PacketBuffer packet, TrackedPacket place) {
        return judgeArrived(packet, place, context.nicTo(packet.sourceHigh, packet.sourceLow));
    }

    private @Nullable Hook judgeArrived(PacketBuffer packet, TrackedPacket place, String in) {
        if (isDenied(Hook.PREROUTING, packet, place, in, "")) {
            return Hook.PREROUTING;
        }
        if (context.addressType(packet.destinationHigh, packet.destinationLow, "") != AddressType.UNICAST) {
            return isDenied(Hook.INPUT, packet, place, in, "") ? Hook.INPUT : null;
        }
        String out = context.nicTo(packet.destinationHigh, packet.destinationLow);
        if (isDenied(Hook.FORWARD, packet, place, in, out)) {
            return Hook.FORWARD;
        }
        return isDenied(Hook.POSTROUTING, packet, place, "", out) ? Hook.POSTROUTING : null;
    }

    private boolean isLocal(long high, long low) {
        return context.addressType(high, low, "") == AddressType.LOCAL;
    }

    /** Whether a packet ends at a hook in any case; in the order of {@link IpTables#check}. */
    private boolean isDenied(Hook hook, PacketBuffer packet, TrackedPacket place, String in, String out) {
        Verdict closed = rules.closed(packet.ipVersion);
        if (closed != null) {
            denial = closed;
            return hook != Hook.PREROUTING && hook != Hook.POSTROUTING;
        }
        context.begin(hook, packet, in, out, nowNs);
        try {
            if (isDenied(TableName.RAW)) {
                return true;
            }
            if (packet.flow == null) {
                packet.flow = place;
            }
            if (isDenied(TableName.MANGLE)) {
                return true;
            }
            // What table nat chose for a flow holds for as long as it lives: decision 0204.
            boolean inputFirst = hook == Hook.INPUT;
            if (inputFirst && isDenied(TableName.FILTER)) {
                return true;
            }
            translate(hook, packet);
            return !inputFirst && isDenied(TableName.FILTER);
        } finally {
            context.end();
        }
    }

    private static void translate(Hook hook, PacketBuffer packet) {
        if (hook != Hook.FORWARD && packet.flow instanceof TrackedPacket tracked && tracked.flow() != null) {
            boolean unused = Translation.apply(packet, tracked, tracked.flow(), NatSide.at(hook));
        }
    }

    private boolean isDenied(TableName table) {
        LoadedRules.LoadedChain chain =
                rules.at(context.packet().ipVersion, context.hook()).of(table);
        if (chain == null) {
            return false;
        }
        int outcomes = walk(chain);
        if ((outcomes & RETURNED) != 0) {
            Verdict policy = chain.policy();
            if (policy.kind() == Verdict.Kind.ACCEPT) {
                return false;
            }
            denial = policy;
        }
        return (outcomes & ACCEPTED) == 0;
    }

    // --- Chains

    /** What may become of the packet in a chain. */
    private int walk(LoadedRules.LoadedChain chain) {
        int outcomes = 0;
        int next = 0;
        while (next < chain.size()) {
            RuleRun run = chain.rule(next).run();
            if (run != null) {
                next = run.next(next, context);
                if (next == run.end()) {
                    continue;
                }
            }
            LoadedRules.LoadedRule rule = chain.rule(next);
            next++;
            Answer answer = ask(rule);
            if (answer == Answer.NO) {
                continue;
            }
            int after = follow(rule, answer);
            outcomes |= after & ~GOES_ON;
            if (answer == Answer.YES && (after & GOES_ON) == 0) {
                return outcomes;
            }
        }
        return outcomes | RETURNED;
    }

    /** Beside the outcomes: the next rule of the chain may be asked. */
    private static final int GOES_ON = 8;

    /** What may become of a packet that a rule matches, or may match. */
    private int follow(LoadedRules.LoadedRule rule, Answer answer) {
        Target target = rule.target();
        if (!target.isConstant()) {
            return change(target, answer);
        }
        switch (target.apply(context)) {
            case CONTINUE:
                return GOES_ON;
            case ACCEPT:
                return ACCEPTED;
            case DROP:
                denial = rule.drop();
                return DENIED;
            case REJECT:
                denial = rule.reject();
                return DENIED;
            case RETURN:
                return RETURNED;
            case JUMP:
                int called = walk(rule.destination());
                return (called & RETURNED) == 0 ? called : called & ~RETURNED | GOES_ON;
            case GOTO:
                return walk(rule.destination());
        }
        throw new IllegalStateException("a target of no action: " + target);
    }

    /** A target that does something to the packet or its flow. */
    private int change(Target target, Answer answer) {
        if (target instanceof StandardTarget.Mark || target instanceof FlowTarget) {
            if (answer == Answer.YES) {
                Target.Action unused = target.apply(context);
            } else if (target instanceof FlowTarget.NoTrack) {
                stateKnown = false;
            } else {
                marksKnown = false;
            }
            return GOES_ON;
        }
        // What is rewritten in a header is nothing that is known of packets to come; what a caller's own target decides
        // is not known.
        return target instanceof StandardTarget ? GOES_ON : ACCEPTED | GOES_ON;
    }

    // --- Conditions

    private enum Answer {
        NO,
        /** For one packet, and for another not. */
        PERHAPS,
        YES
    }

    private Answer ask(LoadedRules.LoadedRule rule) {
        Answer answer = Answer.YES;
        for (Matcher matcher : rule.matchers()) {
            if (!isKnown(matcher)) {
                answer = Answer.PERHAPS;
            } else if (matcher.match(context) != Matcher.Result.YES) {
                return Answer.NO;
            }
        }
        return answer;
    }

    /** Whether what a condition asks is known of the packets that this one stands for. */
    private boolean isKnown(Matcher matcher) {
        if (matcher instanceof TcpMatcher tcp) {
            return isKnown(tcp);
        } else if (matcher instanceof MarkMatcher || matcher instanceof ConnMarkMatcher) {
            return marksKnown;
        } else if (matcher instanceof ConnStateMatcher) {
            return stateKnown;
        } else if (matcher instanceof ConnTrackMatcher tracked) {
            return stateKnown && isKnown(tracked);
        }
        return matcher.isConstant()
                || matcher instanceof OwnerMatcher
                || matcher instanceof AddressTypeMatcher
                || matcher instanceof FragmentMatcher;
    }

    private static boolean isKnown(ConnTrackMatcher matcher) {
        for (FlowCondition condition : matcher.conditions()) {
            if (condition instanceof FlowCondition.Status || condition instanceof FlowCondition.Expiry) {
                return false;
            }
        }
        return true;
    }

    private boolean isKnown(TcpMatcher matcher) {
        PacketBuffer packet = context.packet();
        if (packet.transportProtocol != IpProtocol.TCP || matcher.option() != TcpMatcher.ANY_OPTION) {
            return packet.transportProtocol != IpProtocol.TCP;
        }
        int mask = matcher.flagsMask();
        if (begins || (mask & ~STEADY_FLAGS) == 0) {
            return true;
        }
        int flags = Tcp.flags(packet.data(), packet.transportOffset);
        return ((flags ^ matcher.flagsSet()) & mask & STEADY_FLAGS) != 0;
    }
}
