package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The routes of a stack as its caller sees and sets them. */
class RouteTableTest {
    private static final IpAddress FAR = IpAddress.parse("192.0.2.1");
    private static final IpAddress ONE = IpAddress.parse("10.0.0.251");
    private static final IpAddress TWO = IpAddress.parse("10.0.0.252");
    private static final Subnet NET = Subnet.parse("192.0.2.0/24");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final Stack stack =
            Stack.builder().clock(new ManualClock()).rng(Rng.seeded(1)).build();
    private final RouteTable routes = stack.routes();
    private final Nic nic;

    RouteTableTest() throws StackException {
        nic = stack.createNic("eth0", new ChannelLink(1500, MAC));
        nic.addAddress(IpAddress.parse("10.0.0.1"), 24);
    }

    @AfterEach
    void close() {
        stack.close();
    }

    private @Nullable IpAddress nextHop() {
        Route route = stack.findRoute(new FullAddress(FAR, 0), null);
        return route == null ? null : route.nextHop();
    }

    @Test
    @Requirement("RFC 1122 3.3.1.2-4")
    @Requirement("RFC 1122 3.3.1.2-5")
    @Requirement("RFC 1122 3.3.1.6-1")
    @Requirement("features C1")
    @Requirement("features C2")
    void longestPrefix_thenLeastMetric_thenFirstAdded_isTaken() throws StackException {
        assertNull(nextHop());
        routes.add(Subnet.V4_ALL, ONE, nic);
        assertEquals(ONE, nextHop());
        routes.add(NET, TWO, nic, 20);
        assertEquals(TWO, nextHop());
        routes.add(NET, ONE, nic, 20);
        assertEquals(TWO, nextHop());
        routes.add(NET, null, nic, 10);
        assertEquals(FAR, nextHop());
        assertEquals(
                List.of(
                        new RouteTable.Entry(Subnet.parse("10.0.0.0/24"), null, nic.id(), 0),
                        new RouteTable.Entry(NET, null, nic.id(), 10),
                        new RouteTable.Entry(NET, TWO, nic.id(), 20),
                        new RouteTable.Entry(NET, ONE, nic.id(), 20),
                        new RouteTable.Entry(Subnet.V4_ALL, ONE, nic.id(), 0)),
                routes.list());
    }

    @Test
    @Requirement("features C1")
    void route_thatIsThere_isNotAddedAgain_andOneThatIsNot_isNotRemoved() throws StackException {
        routes.add(NET, ONE, nic, 5);
        routes.add(NET, ONE, nic, 6);
        StackException refused = assertThrows(StackException.class, () -> routes.add(NET, ONE, nic, 5));
        assertEquals(StackError.DUPLICATE_ADDRESS, refused.error());

        routes.remove(NET, ONE, nic);
        assertNull(nextHop());
        refused = assertThrows(StackException.class, () -> routes.remove(NET, ONE, nic));
        assertEquals(StackError.NETWORK_UNREACHABLE, refused.error());
    }

    @Test
    @Requirement("features C3")
    void routeThatSomebodyHas_followsTheTable_andTellsOfTheLastWay() throws StackException {
        routes.add(NET, ONE, nic);
        Route kept = stack.findRoute(new FullAddress(FAR, 0), null);
        assertNotNull(kept);
        routes.add(Subnet.V4_ALL, TWO, nic);
        routes.remove(NET, ONE, nic);
        assertEquals(TWO, kept.nextHop());
        routes.remove(Subnet.V4_ALL, TWO, nic);
        assertEquals(TWO, kept.nextHop());
        nic.neighbors().setStatic(ONE, MAC);
        routes.add(NET, ONE, nic);
        assertEquals(MAC, kept.linkAddress());
    }

    private @Nullable IpAddress source() {
        Route route = stack.findRoute(new FullAddress(FAR, 0), null);
        return route == null ? null : route.source();
    }

    /** ip-route(8), src: an own address, of whichever NIC. */
    @Test
    @Requirement("features C7")
    void source_ofARoute_isTaken_whileItIsOurs() throws StackException {
        IpAddress second = IpAddress.parse("10.0.0.7");
        Nic other = stack.createNic("eth1", new ChannelLink(1500, MAC));
        RouteOptions options = RouteOptions.DEFAULT.withSource(second);
        StackException refused = assertThrows(StackException.class, () -> routes.add(NET, ONE, nic, options));
        assertEquals(StackError.BAD_LOCAL_ADDRESS, refused.error());
        other.addAddress(second, 32);
        routes.add(NET, ONE, nic, options);
        assertEquals(second, source());
        assertEquals(
                List.of(second),
                routes.list().stream()
                        .filter(entry -> entry.destination().equals(NET))
                        .map(entry -> entry.options().source())
                        .toList());
        other.removeAddress(second);
        assertEquals(IpAddress.parse("10.0.0.1"), source());
    }

    /** A NIC without an address of its own sends with that of another, as Linux's unnumbered links do. */
    @Test
    @Requirement("features C7")
    void source_ofARoute_makesDoWithoutAddressesOfTheNic() throws StackException {
        Nic bare = stack.createNic("ptp", new ChannelLink(1500, MAC));
        routes.add(NET, null, bare);
        assertNull(source());
        routes.replace(NET, null, bare, RouteOptions.DEFAULT.withSource(IpAddress.parse("10.0.0.1")));
        assertEquals(IpAddress.parse("10.0.0.1"), source());
    }

    @Test
    @Requirement("features C7")
    void replace_takesThePlaceOfThoseWithTheSameMetric() throws StackException {
        routes.add(NET, ONE, nic, 5);
        routes.add(NET, TWO, nic, 6);
        Route kept = stack.findRoute(new FullAddress(FAR, 0), null);
        assertNotNull(kept);
        assertEquals(1500, kept.mtuBytes());
        RouteOptions narrow = RouteOptions.ofMetric(5).withMtuBytes(1000);
        routes.replace(NET, null, nic, narrow);
        assertEquals(
                List.of(new RouteTable.Entry(NET, null, nic.id(), narrow), new RouteTable.Entry(NET, TWO, nic.id(), 6)),
                routes.list().subList(1, 3));
        assertEquals(FAR, kept.nextHop());
        assertEquals(1000, kept.mtuBytes());
    }

    @Test
    void wrongOptions_areRefusedByName() throws StackException {
        assertMessage("mtuBytes", () -> RouteOptions.DEFAULT.withMtuBytes(67));
        assertMessage("mtuLocked", () -> new RouteOptions(0, null, 0, true, 0, 0));
        assertMessage("advertisedMssBytes", () -> RouteOptions.DEFAULT.withAdvertisedMssBytes(-1));
        assertMessage("initialWindowSegments", () -> RouteOptions.DEFAULT.withInitialWindowSegments(1 << 16));
        RouteOptions small = RouteOptions.DEFAULT.withMtuBytes(1279);
        assertMessage("mtuBytes", () -> routes.add(Subnet.V6_ALL, null, nic, small));
        RouteOptions six = RouteOptions.DEFAULT.withSource(IpAddress.parse("fd00::1"));
        assertMessage("source", () -> routes.add(NET, null, nic, six));
    }

    private static void assertMessage(String field, Executable wrong) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, wrong);
        assertTrue(String.valueOf(refused.getMessage()).startsWith(field + " is "), refused.getMessage());
    }
}
