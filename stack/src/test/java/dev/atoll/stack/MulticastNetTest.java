package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.MulticastRouteTable.Outgoing;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A router that learns which groups are asked for as they are, a sender behind it and members on two other links. */
class MulticastNetTest {
    private static final int PORT = 5004;
    private static final int HOPS = 9;
    private static final int NIC = 2;
    /** Datagrams that wait for their route; they come in one go, before anybody is told. */
    private static final int WAITING = 3;

    private final MulticastForwardingListener listener = new MulticastForwardingListener() {
        @Override
        public void onMissingRoute(IpAddress source, IpAddress group, int inputNicId) {
            asked++;
            addRoute(source, group, inputNicId);
        }
    };

    private @Nullable NattedNet net;
    private int asked;

    private NattedNet begin(boolean v4) throws StackException {
        NattedNet begun = new NattedNet(v4, 1280, builder -> builder.multicastForwardingListener(listener));
        begun.router.nics().get(1).setMulticastForwarding(v4, true);
        net = begun;
        return begun;
    }

    @AfterEach
    void close() {
        if (net != null) {
            net.close();
        }
    }

    /** To all other links. */
    private void addRoute(IpAddress source, IpAddress group, int inputNicId) {
        assertNotNull(net);
        List<Outgoing> others = net.router.nics().stream()
                .filter(nic -> !nic.isLoopback() && nic.id() != inputNicId)
                .map(nic -> new Outgoing(nic.id(), 0))
                .toList();
        try {
            net.router.multicastRoutes().add(new MulticastRouteTable.Entry(source, group, inputNicId, others));
        } catch (StackException e) {
            throw new AssertionError(e);
        }
    }

    private static UdpEndpoint member(Stack stack, IpAddress group) throws StackException {
        UdpEndpoint member = stack.newUdpEndpoint();
        member.bind(new FullAddress(IpAddress.V6_ANY, PORT));
        member.joinGroup(group, NIC, null);
        return member;
    }

    private static void expect(UdpEndpoint member, IpAddress sender, int bytes) throws StackException {
        assertEquals(bytes, member.nextLength());
        ReceivedMessage message = member.receiveMessage(ByteBuffer.allocate(3000));
        assertNotNull(message);
        assertEquals(sender, message.sender().address());
        assertEquals(HOPS - 1, message.ttl());
    }

    /** The first datagrams wait for the route that the listener adds, and go the way of all that follow. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features C6")
    void datagramsToAGroup_reachMembersOnOtherLinks_allOfThem(boolean v4) throws StackException {
        NattedNet it = begin(v4);
        IpAddress group = IpAddress.parse(v4 ? "239.1.2.3" : "ff15::7");
        try (UdpEndpoint near = member(it.second, group);
                UdpEndpoint far = member(it.outside, group);
                UdpEndpoint sender = it.inside.newUdpEndpoint()) {
            sender.setOption(EndpointOption.IP_MULTICAST_IF, NIC);
            sender.setOption(EndpointOption.IP_MULTICAST_TTL, HOPS);
            int[] sizes = {1, 2500, 100, 1000};
            for (int i = 0; i < sizes.length; i++) {
                if (i == WAITING) {
                    assertTrue(it.run(() -> near.nextLength() >= 0, 1_000_000_000L));
                }
                sender.send(ByteBuffer.allocate(sizes[i]), new FullAddress(group, PORT));
            }
            it.settle();
            for (int bytes : sizes) {
                expect(near, it.insideAddress, bytes);
                // Over IPv6 nobody cuts what came in fragments too large for this link.
                if (v4 || bytes < 1200) {
                    expect(far, it.insideAddress, bytes);
                }
            }
            assertNull(near.receiveMessage(ByteBuffer.allocate(1)));
            assertNull(far.receiveMessage(ByteBuffer.allocate(1)));
            assertEquals(1, asked);
            assertEquals(
                    sizes.length,
                    it.router
                            .multicastRoutes()
                            .statistics(it.insideAddress, group)
                            .packets());
        }
    }
}
