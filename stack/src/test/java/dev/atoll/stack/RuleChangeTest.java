package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.FlowTarget;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.LimitMatcher;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.NamePins;
import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.OwnerMatcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of live connections when other rules come into force: the left stack's rules change. */
class RuleChangeTest {
    private static final Target REJECT = new StandardTarget.Reject(RejectWith.ICMP_ADMIN_PROHIBITED);
    private static final Matcher ANSWERS =
            new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnState.ESTABLISHED.bit(), false);

    /** Matches five packets and then almost none. */
    private static final Matcher LIMITED = new LimitMatcher(10_000L * 3600, 5);

    /** One table's chain, rule by rule; others accept. */
    private static final class Rules {
        private final TableName table;
        private final Hook hook;
        private final ChainPolicy policy;
        private final List<Rule> rules = new ArrayList<>();

        Rules(TableName table, Hook hook, ChainPolicy policy) {
            this.table = table;
            this.hook = hook;
            this.policy = policy;
        }

        static Rules output(ChainPolicy policy) {
            return new Rules(TableName.FILTER, Hook.OUTPUT, policy);
        }

        static Rules input(ChainPolicy policy) {
            return new Rules(TableName.FILTER, Hook.INPUT, policy);
        }

        Rules add(Target target, Matcher... matchers) {
            Origin origin = new Origin("new.rules", rules.size() + 1, "-A " + hook);
            rules.add(new Rule(List.of(matchers), target, origin));
            return this;
        }

        Table table() {
            Chain chain = new Chain(hook.name(), policy, rules, new Origin("new.rules", 0, ":" + hook));
            return Table.acceptAll(table, Family.IPV4).with(chain);
        }

        RuleSet build() {
            return RuleSet.of(List.of(table()));
        }
    }

    /** A connection from the left stack to the right one, or the other way. */
    private record Pair(TcpEndpoint left, TcpEndpoint right) {
        void talks(TwoStacks net) throws StackException {
            for (int i = 0; i < 3; i++) {
                assertEquals(1, left.write(ByteBuffer.wrap(new byte[] {1})));
                assertEquals(1, right.write(ByteBuffer.wrap(new byte[] {2})));
                net.settle();
                assertEquals(1, left.read(ByteBuffer.allocate(8)));
                assertEquals(1, right.read(ByteBuffer.allocate(8)));
            }
        }

        /** The program's side hears what denied it, the peer gets a reset. */
        void isDenied(TwoStacks net, String message) {
            StackException ended = assertThrows(StackException.class, () -> left.read(ByteBuffer.allocate(8)));
            assertEquals(message, ended.getMessage());
            net.settle();
            StackException reset = assertThrows(StackException.class, () -> right.read(ByteBuffer.allocate(8)));
            assertEquals(StackError.RESET, reset.error());
        }
    }

    private static Matcher[] to(int port, Matcher... more) {
        List<Matcher> matchers = new ArrayList<>();
        matchers.add(new ProtocolMatcher(IpProtocol.TCP, false));
        matchers.add(new TcpMatcher(PortRange.ANY, new PortRange(port, port, false), 0, 0, false));
        matchers.addAll(List.of(more));
        return matchers.toArray(new Matcher[0]);
    }

    private static TcpListener listen(Stack stack, int port) throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, port));
        listener.listen(10);
        return listener;
    }

    private static Pair connect(TwoStacks net, int port) throws StackException {
        return connect(net, port, net.left.newTcpEndpoint());
    }

    private static Pair connect(TwoStacks net, int port, TcpEndpoint near) throws StackException {
        try (TcpListener listener = listen(net.right, port)) {
            near.connect(new FullAddress(TwoStacks.RIGHT, port));
            net.settle();
            TcpEndpoint far = listener.accept();
            assertNotNull(far);
            return new Pair(near, far);
        }
    }

    /** What name servers say of the right stack's address; it may change. */
    private static final class Names implements NamePins {
        List<String> ofRight = List.of("a.example");

        @Override
        public List<String> namesOf(IpAddress address, long nowNs) {
            return address.equals(TwoStacks.RIGHT) ? ofRight : List.of();
        }

        @Override
        public @Nullable Origin refusal(PacketBuffer question, long nowNs) {
            return null;
        }

        @Override
        public void received(PacketBuffer answer, long nowNs) {}
    }

    private static RuleSet onlyNamed(String name) {
        return Rules.output(ChainPolicy.DROP)
                .add(StandardTarget.ACCEPT, new NameMatcher(List.of(name), false, true))
                .add(REJECT)
                .build();
    }

    @Test
    void connectionByName_keepsTheNamesItBeganWith() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Names names = new Names();
            net.left.ipTables().namePins(names);
            net.left.ipTables().replace(onlyNamed("a.example"));
            Pair pair = connect(net, 80);
            names.ofRight = List.of("b.example");
            assertEquals(0, net.left.replaceRules(onlyNamed("*.example")));
            pair.talks(net);
            assertEquals(0, net.left.replaceRules(onlyNamed("a.example")));
            pair.talks(net);
            assertEquals(1, net.left.replaceRules(onlyNamed("b.example")));
            pair.isDenied(net, "No route to host (new.rules:2: -A OUTPUT)");
        }
    }

    @Test
    void connectionThatNobodyTracked_hasTheNamesOfNow() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            net.left.ipTables().namePins(new Names());
            Pair pair = connect(net, 80);
            assertEquals(0, net.left.replaceRules(onlyNamed("a.example")));
            pair.talks(net);
            assertEquals(1, net.left.replaceRules(onlyNamed("b.example")));
        }
    }

    private static TwoStacks tracked() throws StackException {
        TwoStacks net = new TwoStacks();
        net.left
                .ipTables()
                .replace(Rules.output(ChainPolicy.ACCEPT)
                        .add(StandardTarget.ACCEPT, ANSWERS)
                        .build());
        return net;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherRules_whatTheyAllowGoesOn_whatTheyDenyEndsWithTheRule(boolean tracked) throws StackException {
        try (TwoStacks net = tracked ? tracked() : new TwoStacks()) {
            Pair allowed = connect(net, 9);
            Pair denied = connect(net, 10);
            List<Denial> denials = new ArrayList<>();
            net.left.ipTables().denialListener(denials::add);
            RuleSet next = Rules.output(ChainPolicy.ACCEPT)
                    .add(StandardTarget.ACCEPT, ANSWERS)
                    .add(StandardTarget.ACCEPT, to(9))
                    .add(REJECT)
                    .build();
            assertEquals(1, net.left.replaceRules(next));
            allowed.talks(net);
            denied.isDenied(net, "No route to host (new.rules:3: -A OUTPUT)");
            allowed.talks(net);
            assertEquals(1, denials.size(), denials::toString);
            assertEquals(10, denials.get(0).destination().port());
            assertEquals(0, net.left.replaceRules(next), "what is left may stay");
        }
    }

    @Test
    void dropped_isNotPermitted() throws StackException {
        try (TwoStacks net = tracked()) {
            Pair pair = connect(net, 9);
            assertEquals(
                    1,
                    net.left.replaceRules(Rules.output(ChainPolicy.DROP)
                            .add(StandardTarget.ACCEPT, ANSWERS)
                            .build()));
            pair.isDenied(net, "Operation not permitted (new.rules:0: :OUTPUT)");
        }
    }

    @Test
    void answersDenied_ends() throws StackException {
        try (TwoStacks net = tracked()) {
            Pair pair = connect(net, 9);
            assertEquals(1, net.left.replaceRules(Rules.input(ChainPolicy.DROP).build()));
            pair.isDenied(net, "Operation not permitted (new.rules:0: :INPUT)");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void accepted_isJudgedAtInput_bothWays(boolean tracked) throws StackException {
        try (TwoStacks net = tracked ? tracked() : new TwoStacks();
                TcpListener listener = listen(net.left, 80)) {
            TcpEndpoint far = net.right.newTcpEndpoint();
            far.connect(new FullAddress(TwoStacks.LEFT, 80));
            net.settle();
            TcpEndpoint near = listener.accept();
            assertNotNull(near);
            Pair pair = new Pair(near, far);
            Matcher fromCable = new InterfaceMatcher(InterfaceMatcher.Side.IN, "eth0", false);
            assertEquals(
                    0,
                    net.left.replaceRules(Rules.input(ChainPolicy.DROP)
                            .add(StandardTarget.ACCEPT, ANSWERS)
                            .add(StandardTarget.ACCEPT, to(80, fromCable))
                            .build()));
            pair.talks(net);
            assertEquals(
                    1,
                    net.left.replaceRules(Rules.input(ChainPolicy.DROP)
                            .add(StandardTarget.ACCEPT, ANSWERS)
                            .add(StandardTarget.ACCEPT, to(81))
                            .build()));
            pair.isDenied(net, "Operation not permitted (new.rules:0: :INPUT)");
        }
    }

    /** What may hold for one packet and not for the next ends nothing that a packet might still get through. */
    @Test
    void conditionsThatVary_endNothingByThemselves() throws StackException {
        try (TwoStacks net = tracked()) {
            Pair pair = connect(net, 9);
            RuleSet perhapsAllowed = Rules.output(ChainPolicy.DROP)
                    .add(StandardTarget.ACCEPT, ANSWERS)
                    .add(StandardTarget.ACCEPT, to(9, LIMITED))
                    .build();
            RuleSet perhapsDenied = Rules.output(ChainPolicy.ACCEPT)
                    .add(StandardTarget.ACCEPT, ANSWERS)
                    .add(REJECT, to(9, LIMITED))
                    .build();
            assertEquals(0, net.left.replaceRules(perhapsAllowed));
            assertEquals(0, net.left.replaceRules(perhapsDenied));
            pair.talks(net);
            RuleSet deniedAnyway = Rules.output(ChainPolicy.ACCEPT)
                    .add(StandardTarget.ACCEPT, ANSWERS)
                    .add(StandardTarget.DROP, to(9, LIMITED))
                    .add(REJECT, to(9))
                    .build();
            assertEquals(1, net.left.replaceRules(deniedAnyway));
            pair.isDenied(net, "No route to host (new.rules:3: -A OUTPUT)");
        }
    }

    /** The question itself takes nothing from a rule's allowance and counts nothing. */
    @Test
    void asking_countsNothing() throws StackException {
        try (TwoStacks net = tracked()) {
            for (int i = 0; i < 20; i++) {
                connect(net, 9).talks(net);
            }
            RuleSet next = Rules.output(ChainPolicy.DROP)
                    .add(StandardTarget.ACCEPT, ANSWERS)
                    .add(StandardTarget.ACCEPT, to(9, LIMITED))
                    .build();
            assertEquals(0, net.left.replaceRules(next));
            long counted = net.left.ipTables().counters().stream()
                    .flatMap(chain -> chain.rules().stream())
                    .mapToLong(rule -> rule.packets())
                    .sum();
            assertEquals(0, counted);
            connect(net, 9).talks(net);
        }
    }

    @Test
    void markAndOwner_areThoseOfTheEndpoint() throws StackException {
        try (TwoStacks net = tracked()) {
            net.left.setSocketOwner(new SocketOwner(1000, 100, List.of()));
            TcpEndpoint marked = net.left.newTcpEndpoint();
            marked.setOption(EndpointOption.SO_MARK, 7);
            Pair kept = connect(net, 9, marked);
            Pair ended = connect(net, 9);
            RuleSet next = Rules.output(ChainPolicy.ACCEPT)
                    .add(REJECT, new MarkMatcher(7, -1, true))
                    .add(
                            REJECT,
                            new OwnerMatcher(
                                    OwnerMatcher.Socket.ANY, new OwnerMatcher.Ids(1000, 1000, true), null, false))
                    .build();
            assertEquals(1, net.left.replaceRules(next));
            ended.isDenied(net, "No route to host (new.rules:1: -A OUTPUT)");
            kept.talks(net);
        }
    }

    /** A translation holds for as long as its connection, and rules see the packets as translated. */
    @Test
    void translated_isJudgedBehindItsTranslation() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Rules redirect = new Rules(TableName.NAT, Hook.OUTPUT, ChainPolicy.ACCEPT)
                    .add(
                            new NatTarget.Dnat(
                                    NatRange.ANY.address(TwoStacks.RIGHT).ports(9, 9)),
                            to(8));
            net.left.ipTables().replace(redirect.build());
            TcpEndpoint near = net.left.newTcpEndpoint();
            TcpListener listener = listen(net.right, 9);
            near.connect(new FullAddress(TwoStacks.RIGHT, 8));
            net.settle();
            TcpEndpoint far = listener.accept();
            assertNotNull(far);
            Pair pair = new Pair(near, far);
            assertEquals(
                    0,
                    net.left.replaceRules(
                            Rules.output(ChainPolicy.ACCEPT).add(REJECT, to(8)).build()));
            pair.talks(net);
            assertEquals(
                    1,
                    net.left.replaceRules(
                            Rules.output(ChainPolicy.ACCEPT).add(REJECT, to(9)).build()));
            pair.isDenied(net, "No route to host (new.rules:1: -A OUTPUT)");
        }
    }

    /** A connection without a flow is followed from the change on: its packets are not new ones. */
    @Test
    void untracked_isFollowedFromTheChangeOn() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Pair pair = connect(net, 9);
            RuleSet next = Rules.input(ChainPolicy.DROP)
                    .add(StandardTarget.ACCEPT, ANSWERS)
                    .build();
            assertEquals(0, net.left.replaceRules(next));
            assertEquals(1, net.left.ipTables().connTrackStats().flows());
            pair.talks(net);
        }
    }

    @Test
    void exemptFromTracking_isJudgedWithoutState() throws StackException {
        try (TwoStacks net = tracked()) {
            Pair pair = connect(net, 9);
            Table raw = new Rules(TableName.RAW, Hook.OUTPUT, ChainPolicy.ACCEPT)
                    .add(new FlowTarget.NoTrack(FlowTarget.NoTrack.Spelling.CT))
                    .table();
            Matcher untracked =
                    new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnState.UNTRACKED.bit(), false);
            RuleSet next = RuleSet.of(List.of(
                    raw,
                    Rules.output(ChainPolicy.DROP)
                            .add(StandardTarget.ACCEPT, untracked)
                            .table()));
            assertEquals(0, net.left.replaceRules(next));
            pair.talks(net);
        }
    }

    @Test
    void onThisHost_bothEndsEnd() throws StackException {
        try (TwoStacks net = tracked();
                TcpListener listener = listen(net.left, 9)) {
            TcpEndpoint client = net.left.newTcpEndpoint();
            client.connect(new FullAddress(IpAddress.V4_LOOPBACK, 9));
            net.settle();
            TcpEndpoint server = listener.accept();
            assertNotNull(server);
            Matcher loopback = new InterfaceMatcher(InterfaceMatcher.Side.IN, "lo", false);
            assertEquals(
                    0,
                    net.left.replaceRules(Rules.input(ChainPolicy.DROP)
                            .add(StandardTarget.ACCEPT, loopback)
                            .build()));
            new Pair(client, server).talks(net);
            // Nothing has followed it since: each end is asked about by itself.
            assertEquals(2, net.left.replaceRules(Rules.input(ChainPolicy.DROP).build()));
            for (TcpEndpoint end : List.of(client, server)) {
                StackException ended = assertThrows(StackException.class, () -> end.read(ByteBuffer.allocate(8)));
                assertEquals("Operation not permitted (new.rules:0: :INPUT)", ended.getMessage());
            }
        }
    }

    @Test
    void datagrams_beginAgain() throws StackException {
        try (TwoStacks net = tracked()) {
            UdpEndpoint udp = net.left.newUdpEndpoint();
            FullAddress peer = new FullAddress(TwoStacks.RIGHT, 53);
            udp.send(ByteBuffer.allocate(1), peer);
            net.settle();
            RuleSet next = Rules.output(ChainPolicy.ACCEPT)
                    .add(StandardTarget.ACCEPT, ANSWERS)
                    .add(REJECT)
                    .build();
            assertTrue(net.left.replaceRules(next) > 0);
            StackException refused = assertThrows(StackException.class, () -> udp.send(ByteBuffer.allocate(1), peer));
            assertEquals("No route to host (new.rules:2: -A OUTPUT)", refused.getMessage());
        }
    }
}
