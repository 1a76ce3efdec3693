package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.OwnerMatcher;
import dev.atoll.stack.filter.OwnerMatcher.Ids;
import dev.atoll.stack.filter.OwnerMatcher.Socket;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose packets a stack sends, as rules with {@code -m owner} see them. */
class OwnerTest {
    private static final Origin ORIGIN = new Origin("test", 1, "owner");
    private static final FullAddress PEER = new FullAddress(TwoStacks.RIGHT, 9);

    private static TwoStacks net() throws StackException {
        TwoStacks net = TwoStacks.with(builder -> builder.socketOwner(new SocketOwner(1000, 100, List.of(7L))));
        Rule owned = new Rule(
                List.of(new OwnerMatcher(Socket.ANY, new Ids(1000, 1000, false), new Ids(7, 7, false), true)),
                StandardTarget.ACCEPT,
                ORIGIN);
        Rule nobodys =
                new Rule(List.of(new OwnerMatcher(Socket.MISSING, null, null, false)), StandardTarget.ACCEPT, ORIGIN);
        Chain output = new Chain(Hook.OUTPUT.name(), ChainPolicy.DROP, List.of(owned, nobodys), ORIGIN);
        net.left
                .ipTables()
                .replace(RuleSet.of(
                        List.of(Table.acceptAll(TableName.FILTER, Family.IPV4).with(output))));
        return net;
    }

    private static long packets(TwoStacks net, int rule) {
        return net.left.ipTables().counters().stream()
                .filter(chain -> chain.chain().name().equals(Hook.OUTPUT.name()))
                .findFirst()
                .orElseThrow()
                .rules()
                .get(rule)
                .packets();
    }

    @Test
    void messages_areTheEndpoints_andAnswersOfTheStackAreNobodys() throws StackException {
        try (TwoStacks net = net()) {
            UdpEndpoint udp = net.left.newUdpEndpoint();
            udp.send(ByteBuffer.allocate(1), PEER);
            IcmpEndpoint ping = net.left.newIcmpEndpoint(true);
            ping.send(ByteBuffer.allocate(8).put(0, (byte) 8), PEER);
            assertEquals(2, packets(net, 0));
            assertEquals(0, packets(net, 1));

            UdpEndpoint far = net.right.newUdpEndpoint();
            far.send(ByteBuffer.allocate(1), new FullAddress(TwoStacks.LEFT, 99));
            net.settle();
            assertEquals(1, packets(net, 1), "port unreachable");
            assertEquals(2, packets(net, 0));
        }
    }

    /** As on Linux, FIN is sent while the socket is still there; what answers the peer's FIN is not. */
    @Test
    void connection_isItsEndpoints_untilThatWasClosed() throws StackException {
        try (TwoStacks net = net()) {
            TcpListener listener = net.right.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V4_ANY, 9));
            listener.listen(1);
            TcpEndpoint near = net.left.newTcpEndpoint();
            near.connect(PEER);
            net.settle();
            TcpEndpoint far = listener.accept();
            assertNotNull(far);
            near.close();
            long owned = packets(net, 0);
            assertEquals(3, owned, "SYN, ACK, FIN");
            assertEquals(0, packets(net, 1));
            net.settle();
            far.close();
            net.settle();
            assertEquals(owned, packets(net, 0));
            assertTrue(packets(net, 1) > 0, "ACK of the peer's FIN");
        }
    }
}
