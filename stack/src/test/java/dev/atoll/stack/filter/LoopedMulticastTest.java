package dev.atoll.stack.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Own datagrams to a group come back to own members as if by the NIC they left by, and so past the policy. */
class LoopedMulticastTest {
    private static final IpAddress GROUP = IpAddress.parse("239.1.2.3");
    private static final IpAddress GROUP6 = IpAddress.parse("ff15::7");

    private static UdpEndpoint member(TwoStacks net, IpAddress group) throws StackException {
        UdpEndpoint endpoint = net.left.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V6_ANY, group.isV4() ? 5004 : 5006));
        endpoint.joinGroup(group, 2, null);
        return endpoint;
    }

    private static void send(UdpEndpoint from, IpAddress group) throws StackException {
        from.setOption(EndpointOption.IP_MULTICAST_IF, 2);
        from.send(ByteBuffer.wrap(new byte[] {1, 2}), new FullAddress(group, group.isV4() ? 5004 : 5006));
    }

    private static void isReceived(IpAddress group) throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {});
                UdpEndpoint member = member(net, group);
                UdpEndpoint sender = net.left.newUdpEndpoint()) {
            sender.setOption(EndpointOption.IP_MULTICAST_TTL, 5);
            sender.setOption(EndpointOption.IP_TOS, 0x28);
            send(sender, group);

            ReceivedMessage message = member.receiveMessage(ByteBuffer.allocate(10));
            assertNotNull(message);
            assertEquals(new FullAddress(2, group, group.isV4() ? 5004 : 5006), message.destination());
            assertEquals(
                    group.isV4() ? TwoStacks.LEFT : TwoStacks.LEFT6,
                    message.sender().address());
            assertEquals(5, message.ttl());
            assertEquals(0x28, message.tos());
            assertEquals(net.clock.nowNs(), message.arrivalNs());
            assertEquals(-1, member.nextLength());

            sender.setOption(EndpointOption.IP_MULTICAST_LOOP, false);
            send(sender, group);
            net.settle();
            assertEquals(-1, member.nextLength());
        }
    }

    @Test
    void datagramToAGroup_comesBackOnce_withItsHeader() throws StackException {
        isReceived(GROUP);
        isReceived(GROUP6);
    }

    @Test
    void inputThatIsDropped_isNotReceived() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {});
                UdpEndpoint member = member(net, GROUP);
                UdpEndpoint sender = net.left.newUdpEndpoint()) {
            net.left
                    .ipTables()
                    .replace(new Rules().add("INPUT", StandardTarget.DROP).build());
            send(sender, GROUP);

            assertEquals(-1, member.nextLength());
            assertEquals(1, net.left.counters().drops(DropReason.FILTERED));
        }
    }

    @Test
    void outputThatIsDropped_doesNotComeBackEither() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {});
                UdpEndpoint member = member(net, GROUP);
                UdpEndpoint sender = net.left.newUdpEndpoint()) {
            net.left
                    .ipTables()
                    .replace(new Rules().add("OUTPUT", StandardTarget.DROP).build());
            StackException refused = assertThrows(StackException.class, () -> send(sender, GROUP));

            assertEquals(StackError.NOT_PERMITTED, refused.error());
            assertEquals(-1, member.nextLength());
        }
    }
}
