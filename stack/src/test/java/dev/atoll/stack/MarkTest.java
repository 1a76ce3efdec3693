package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Marks that endpoints and rules put on packets (SO_MARK of socket(7)). */
class MarkTest {
    private static final Origin ORIGIN = new Origin("test", 1, "mark");

    private static Table table(TableName name, Hook hook, Rule rule) {
        return Table.acceptAll(name, Family.IPV4)
                .with(new Chain(hook.name(), ChainPolicy.ACCEPT, List.of(rule), ORIGIN));
    }

    private static Rule marked(int mark, Target target) {
        return new Rule(List.of(new MarkMatcher(mark, -1, false)), target, ORIGIN);
    }

    private interface Sending {
        void send() throws StackException;
    }

    private static void isRejectedOnlyWithTheMark(Endpoint endpoint, Sending sending) throws StackException {
        assertEquals(0, endpoint.getOption(EndpointOption.SO_MARK));
        sending.send();
        endpoint.setOption(EndpointOption.SO_MARK, 7);
        assertEquals(7, endpoint.getOption(EndpointOption.SO_MARK));
        StackException refused = assertThrows(StackException.class, sending::send);
        assertEquals(StackError.HOST_UNREACHABLE, refused.error());
    }

    @Test
    @Requirement("features H8")
    void markOfAnEndpoint_isSeenByRules() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Target reject = new StandardTarget.Reject(RejectWith.ICMP_ADMIN_PROHIBITED);
            net.left.ipTables().replace(RuleSet.of(List.of(table(TableName.FILTER, Hook.OUTPUT, marked(7, reject)))));
            FullAddress peer = new FullAddress(TwoStacks.RIGHT, 9);
            UdpEndpoint udp = net.left.newUdpEndpoint();
            isRejectedOnlyWithTheMark(udp, () -> udp.send(ByteBuffer.allocate(1), peer));
            IcmpEndpoint ping = net.left.newIcmpEndpoint(true);
            isRejectedOnlyWithTheMark(
                    ping, () -> ping.send(ByteBuffer.allocate(8).put(0, (byte) 8), peer));
            TcpEndpoint tcp = net.left.newTcpEndpoint();
            tcp.setOption(EndpointOption.SO_MARK, 7);
            assertThrows(StackException.class, () -> tcp.connect(peer));
            TcpEndpoint unmarked = net.left.newTcpEndpoint();
            unmarked.connect(peer);
        }
    }

    @Test
    void markOfARule_isSeenByLaterTables_andOverLoopback() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Rule mark = new Rule(List.of(), new StandardTarget.Mark(3, -1), ORIGIN);
            net.left
                    .ipTables()
                    .replace(RuleSet.of(List.of(
                            table(TableName.MANGLE, Hook.OUTPUT, mark),
                            table(TableName.FILTER, Hook.INPUT, marked(3, StandardTarget.DROP)))));
            UdpEndpoint udp = net.left.newUdpEndpoint();
            udp.bind(new FullAddress(IpAddress.V4_ANY, 9));
            udp.send(ByteBuffer.allocate(1), new FullAddress(IpAddress.V4_LOOPBACK, 9));
            assertEquals(-1, udp.nextLength());
            assertEquals(
                    1,
                    net.left.ipTables().counters().stream()
                            .filter(chain -> chain.table() == TableName.FILTER
                                    && chain.chain().name().equals("INPUT"))
                            .findFirst()
                            .orElseThrow()
                            .rules()
                            .get(0)
                            .packets());
        }
    }
}
