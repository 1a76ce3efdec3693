package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The neighbours of a NIC as its caller sees and sets them. */
class NeighborTableTest {
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");
    private static final IpAddress PEER6 = IpAddress.parse("fe80::9");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:09");

    private static List<String> states(NeighborTable table) {
        return table.list().stream()
                .map(entry -> entry.address() + " " + entry.state())
                .toList();
    }

    private static OneStack open() throws StackException {
        OneStack net = OneStack.ready();
        net.nic.addAddress(OURS, 24);
        net.frames();
        return net;
    }

    @Test
    @Requirement("features D7")
    @Requirement("features M12")
    void entries_ofBothFamilies_areListedRemovedAndCleared() throws StackException {
        try (OneStack net = open()) {
            NeighborTable table = net.nic.neighbors();
            table.addHint(PEER6, MAC);
            table.setStatic(PEER, MAC);
            NeighborTable.Entry set = table.list().get(0);
            assertEquals(new NeighborTable.Entry(PEER, MAC, "STATIC", false, net.clock.nowNs()), set);
            assertEquals(List.of("10.0.0.9 STATIC", "fe80::9 STALE"), states(table));
            table.remove(PEER);
            assertEquals(List.of("fe80::9 STALE"), states(table));
            StackException refused = assertThrows(StackException.class, () -> table.remove(PEER));
            assertEquals(StackError.BAD_LOCAL_ADDRESS, refused.error());
            table.setStatic(PEER, MAC);
            table.clear();
            assertEquals(List.of(), states(table));
        }
    }

    private static int questions(OneStack net) throws StackException {
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.send(ByteBuffer.allocate(1), new FullAddress(PEER, 9));
            net.advance(100 * OneStack.SECOND);
            return net.frames().size();
        }
    }

    @Test
    @Requirement("RFC 1122 2.3.2.1-3")
    @Requirement("RFC 4861 10-1")
    @Requirement("features D2")
    void settings_ofAFamily_holdFromNowOn() throws StackException {
        try (OneStack net = open()) {
            NeighborTable table = net.nic.neighbors();
            assertEquals(NeighborSettings.DEFAULT, table.settings(true));
            assertEquals(3, questions(net));
            NeighborSettings five =
                    new NeighborSettings(OneStack.SECOND, 1, 1, 2 * OneStack.SECOND, OneStack.SECOND, 5, 1);
            table.setSettings(true, five);
            assertEquals(five, table.settings(true));
            assertEquals(NeighborSettings.DEFAULT, table.settings(false));
            assertEquals(5, questions(net));
        }
    }

    /** RFC 4861 section 10. */
    @Test
    @Requirement("RFC 4861 10-1")
    @Requirement("features D2")
    @Requirement("features M21")
    void settings_areThoseOfTheRfc_andWrongOnesAreRefusedByName() {
        long ms = 1_000_000;
        assertEquals(new NeighborSettings(30_000 * ms, 0.5, 1.5, 1000 * ms, 5000 * ms, 3, 3), NeighborSettings.DEFAULT);
        assertName("baseReachableNs", () -> new NeighborSettings(ms - 1, 0.5, 1.5, ms, 0, 1, 1));
        assertName("minRandomFactor", () -> new NeighborSettings(ms, 0, 1.5, ms, 0, 1, 1));
        assertName("maxRandomFactor", () -> new NeighborSettings(ms, 0.5, 0.4, ms, 0, 1, 1));
        assertName("retransmitNs", () -> new NeighborSettings(ms, 0.5, 1.5, ms - 1, 0, 1, 1));
        assertName("delayFirstProbeNs", () -> new NeighborSettings(ms, 0.5, 1.5, ms, -1, 1, 1));
        assertName("maxMulticastProbes", () -> new NeighborSettings(ms, 0.5, 1.5, ms, 0, 0, 1));
        assertName("maxUnicastProbes", () -> new NeighborSettings(ms, 0.5, 1.5, ms, 0, 1, 0));
    }

    private static void assertName(String name, Runnable wrong) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, wrong::run);
        assertTrue(String.valueOf(refused.getMessage()).startsWith(name), refused.getMessage());
    }

    /** RFC 4861 section 7.3.1: acknowledgments say that the next hop is there, so it is not asked. */
    @Test
    @Requirement("RFC 1122 3.3.1.4-2")
    @Requirement("RFC 1122 3.3.1.4-3")
    @Requirement("RFC 4861 7.3.1-1")
    @Requirement("features D5")
    void connectionThatProgresses_keepsItsNeighborReachable() throws StackException {
        List<String> changes = new ArrayList<>();
        NeighborListener listen = (nicId, event, entry) -> {
            if (entry.address().equals(TwoStacks.RIGHT)) {
                changes.add(event + " " + entry.state());
            }
        };
        try (TwoStacks net = TwoStacks.with(builder -> builder.neighborListener(listen));
                TcpListener listener = net.right.newTcpListener();
                TcpEndpoint client = net.left.newTcpEndpoint()) {
            listener.bind(new FullAddress(TwoStacks.RIGHT, 80));
            listener.listen(1);
            client.connect(new FullAddress(TwoStacks.RIGHT, 80));
            net.settle();
            TcpEndpoint server = listener.accept();
            assertNotNull(server);
            for (int i = 0; i < 60; i++) {
                client.write(ByteBuffer.allocate(10));
                net.runUntil(() -> false, 5 * OneStack.SECOND);
                server.read(ByteBuffer.allocate(10));
            }
            assertEquals(List.of("ADDED INCOMPLETE", "CHANGED REACHABLE"), changes);
            net.runUntil(() -> false, 50 * OneStack.SECOND);
            assertEquals("CHANGED STALE", changes.get(2));
            server.close();
        }
    }
}
