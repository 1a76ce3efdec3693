package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RewriteTarget;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.TosMatcher;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Headers that rules write anew, as the other end sees them. */
class RewriteTest {
    private static final Origin ORIGIN = new Origin("test", 1, "rewrite");

    private static void rules(Stack stack, Hook hook, List<Matcher> matchers, Target... targets) {
        List<Rule> rules = new ArrayList<>();
        for (Target target : targets) {
            rules.add(new Rule(matchers, target, ORIGIN));
        }
        List<Table> tables = new ArrayList<>();
        for (Family family : Family.values()) {
            tables.add(Table.acceptAll(TableName.MANGLE, family)
                    .with(new Chain(hook.name(), ChainPolicy.ACCEPT, rules, ORIGIN)));
        }
        stack.ipTables().replace(RuleSet.of(tables));
    }

    private static ReceivedMessage message(IpAddress to, Hook hook) throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {})) {
            rules(
                    hook == Hook.OUTPUT ? net.left : net.right,
                    hook,
                    List.of(new ProtocolMatcher(17, false)),
                    new RewriteTarget.SetTos(TosMatcher.Spelling.TOS, 0x28, 0xff),
                    new RewriteTarget.SetHops(RewriteTarget.SetHops.Change.SET, 7));
            UdpEndpoint receiver = net.right.newUdpEndpoint();
            receiver.bind(new FullAddress(IpAddress.V6_ANY, 9));
            net.left.newUdpEndpoint().send(ByteBuffer.allocate(3), new FullAddress(to, 9));
            net.settle();
            ReceivedMessage message = receiver.receiveMessage(ByteBuffer.allocate(9));
            assertNotNull(message);
            return message;
        }
    }

    @Test
    void datagram_hasWhatWasWritten_onEitherSide() throws StackException {
        for (Hook hook : List.of(Hook.OUTPUT, Hook.INPUT)) {
            ReceivedMessage message = message(TwoStacks.RIGHT, hook);
            assertEquals(0x28, message.tos());
            assertEquals(7, message.ttl());
            assertEquals(0x28, message(TwoStacks.RIGHT6, Hook.INPUT).tos());
        }
    }

    /** What the far end may send in a segment, if the near end announces 1400 bytes over a path of 1200. */
    private static int farSegmentBytes(IpAddress to, RewriteTarget target) throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {})) {
            Subnet link = to.isV4() ? Subnet.parse("10.0.0.2/32") : Subnet.parse("fd00::2/128");
            RouteOptions options = RouteOptions.DEFAULT.withMtuBytes(1300).withAdvertisedMssBytes(1400);
            net.left.routes().add(link, null, Objects.requireNonNull(net.left.findNic("eth0")), options);
            rules(
                    net.left,
                    Hook.POSTROUTING,
                    List.of(
                            new ProtocolMatcher(6, false),
                            new TcpMatcher(PortRange.ANY, PortRange.ANY, 0x06, 0x02, false)),
                    target);
            TcpListener listener = net.right.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V6_ANY, 9));
            listener.listen(1);
            TcpEndpoint near = net.left.newTcpEndpoint();
            near.connect(new FullAddress(to, 9));
            net.settle();
            TcpEndpoint far = listener.accept();
            assertNotNull(far);
            return far.info().sndMss();
        }
    }

    @Test
    void segmentSize_isWhatTheRuleSays_orWhatThePathCarries() throws StackException {
        int stamps = 12;
        assertEquals(1000 - stamps, farSegmentBytes(TwoStacks.RIGHT, new RewriteTarget.TcpMss(1000)));
        assertEquals(1400 - stamps, farSegmentBytes(TwoStacks.RIGHT, new RewriteTarget.TcpMss(1401)));
        RewriteTarget clamped = new RewriteTarget.TcpMss(RewriteTarget.TcpMss.CLAMP_TO_PMTU);
        assertEquals(1260 - stamps, farSegmentBytes(TwoStacks.RIGHT, clamped));
        assertEquals(1240 - stamps, farSegmentBytes(TwoStacks.RIGHT6, clamped));
    }
}
