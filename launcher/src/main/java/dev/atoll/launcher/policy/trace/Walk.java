package dev.atoll.launcher.policy.trace;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.MadeUpPacket;
import dev.atoll.stack.filter.NamePins;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RoutingView;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Leads a connection's first packet and the answer to it through the filter of a stack, at the hooks at which the stack's IP
 * layer asks it, and notes what they meet. A packet that stays on this host is one that goes out and comes in by {@code lo}.
 */
public final class Walk {
    /** The program's interface in a sandbox. */
    private static final String NIC = "eth0";

    private static final String LOOPBACK_NIC = "lo";

    /** Between a packet and its answer. */
    private static final long ROUND_TRIP_NS = 1_000_000;

    /** Of which only the wall clock is asked, by {@code -m time}. */
    private static final Clock NOW = new Clock() {
        @Override
        public long nowNs() {
            return System.nanoTime();
        }

        @Override
        public long epochNs() {
            return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        }
    };

    private final Connection connection;
    private final IpTables filter = new IpTables(Rng.seeded(1));
    private final List<Step> steps = new ArrayList<>();
    private final List<Leg> legs = new ArrayList<>();
    private long nowNs;

    private Walk(RuleSet ruleSet, Connection connection) {
        this.connection = connection;
        filter.replace(TracedRules.of(ruleSet, steps::add));
        filter.routing(new Ways());
        filter.clock(NOW);
        filter.namePins(new NameOfGoal());
        if (connection.owner() != null) {
            filter.socketOwner(connection.owner());
        }
    }

    /** What a connection meets under these rules, up to where it ends. */
    public static Explanation of(RuleSet ruleSet, Connection connection) {
        Walk walk = new Walk(ruleSet, connection);
        walk.run();
        return new Explanation(connection, walk.legs);
    }

    /** The addresses of a program: those of the connection, and localhost's. */
    private final class Ways implements RoutingView {
        @Override
        public IpAddress find(String nic, IpAddress peer) {
            if (nic.equals(LOOPBACK_NIC)) {
                return peer.isV4() ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
            }
            return own();
        }

        private IpAddress own() {
            return (connection.outgoing() ? connection.from() : connection.to()).address();
        }

        @Override
        public AddressType typeOf(long high, long low, String nic) {
            IpAddress address = new IpAddress(high, low);
            if (address.isMulticast()) {
                return AddressType.MULTICAST;
            } else if (address.isLimitedBroadcast()) {
                return AddressType.BROADCAST;
            }
            boolean local = nic.equals(LOOPBACK_NIC) ? address.isLoopback() : address.equals(own());
            return local || (nic.isEmpty() && address.isLoopback()) ? AddressType.LOCAL : AddressType.UNICAST;
        }

        @Override
        public int pathMtuBytes(IpAddress to, String nic) {
            return Integer.MAX_VALUE;
        }
    }

    /** What was looked up: the connection's goal has the name by which it was given, and nothing else has one. */
    private final class NameOfGoal implements NamePins {
        @Override
        public List<String> namesOf(IpAddress address, long now) {
            boolean known = !connection.host().isEmpty()
                    && address.equals(connection.to().address());
            return known ? List.of(connection.host()) : List.of();
        }

        @Override
        public @Nullable Origin refusal(PacketBuffer question, long now) {
            return null;
        }

        @Override
        public void received(PacketBuffer answer, long now) {}
    }

    private void run() {
        FullAddress from = connection.from();
        FullAddress to = connection.to();
        PacketBuffer packet = MadeUpPacket.of(connection.protocol(), from, to, Tcp.SYN, connection.outgoing());
        packet.caller = connection.outgoing() ? connection.caller() : null;
        boolean local = connection.outgoing() && goOut(packet, false);
        if (isRefused()) {
            return;
        }
        String arrivesBy = local || to.address().isLoopback() ? LOOPBACK_NIC : NIC;
        if (local || !connection.outgoing()) {
            comeIn(packet, arrivesBy, false);
        }
        if (isRefused()) {
            return;
        }
        nowNs += ROUND_TRIP_NS;
        PacketBuffer answer = answerTo(packet);
        boolean returns = connection.outgoing() && !local;
        if (!returns) {
            goOut(answer, true);
        }
        if (!isRefused() && (local || returns)) {
            comeIn(answer, local ? LOOPBACK_NIC : NIC, true);
        }
    }

    private boolean isRefused() {
        return !legs.isEmpty() && !legs.get(legs.size() - 1).isPassed();
    }

    /** Whether the packet stays on this host. */
    private boolean goOut(PacketBuffer packet, boolean answer) {
        packet.fromEndpoint = true;
        ask(Hook.OUTPUT, packet, nic(packet), answer);
        if (!isRefused() && filter.asks(Hook.POSTROUTING, packet.ipVersion)) {
            ask(Hook.POSTROUTING, packet, nic(packet), answer);
        }
        return nic(packet).equals(LOOPBACK_NIC);
    }

    private void comeIn(PacketBuffer packet, String nic, boolean answer) {
        if (filter.asks(Hook.PREROUTING, packet.ipVersion)) {
            ask(Hook.PREROUTING, packet, nic, answer);
        }
        if (!isRefused()) {
            ask(Hook.INPUT, packet, nic, answer);
        }
    }

    private void ask(Hook hook, PacketBuffer packet, String nic, boolean answer) {
        String before = describe(packet);
        boolean out = hook == Hook.OUTPUT || hook == Hook.POSTROUTING;
        steps.clear();
        Verdict verdict = filter.check(hook, packet, out ? null : nic, out ? nic : null, nowNs);
        // Met for connection tracking alone, it says nothing.
        boolean everyPacketMeetsIt = hook == Hook.INPUT || hook == Hook.OUTPUT;
        if (everyPacketMeetsIt || !steps.isEmpty() || verdict.kind() != Verdict.Kind.ACCEPT) {
            legs.add(new Leg(hook, answer, before, nic, steps, verdict));
        }
    }

    /** The way to where the packet goes now: targets may have led it elsewhere. */
    private String nic(PacketBuffer packet) {
        IpAddress destination = destination(packet).address();
        boolean own =
                connection.outgoing() && destination.equals(connection.from().address());
        return destination.isLoopback() || own ? LOOPBACK_NIC : NIC;
    }

    private PacketBuffer answerTo(PacketBuffer packet) {
        return MadeUpPacket.of(
                connection.protocol(), destination(packet), source(packet), Tcp.SYN | Tcp.ACK, !connection.outgoing());
    }

    private String describe(PacketBuffer packet) {
        String flags = packet.transportProtocol != IpProtocol.TCP
                ? ""
                : (Tcp.flags(packet.data(), packet.transportOffset) & Tcp.ACK) == 0 ? " SYN" : " SYN,ACK";
        return Reasons.protocol(packet.transportProtocol) + " " + source(packet) + " -> " + destination(packet) + flags;
    }

    private static FullAddress source(PacketBuffer packet) {
        return new FullAddress(
                new IpAddress(packet.sourceHigh, packet.sourceLow),
                Tcp.sourcePort(packet.data(), packet.transportOffset));
    }

    private static FullAddress destination(PacketBuffer packet) {
        return new FullAddress(
                new IpAddress(packet.destinationHigh, packet.destinationLow),
                Tcp.destinationPort(packet.data(), packet.transportOffset));
    }
}
