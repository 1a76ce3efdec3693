package dev.atoll.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The doors before they are open, and what they make of what is behind them. */
@SuppressWarnings("AddressSelection") // literals only
class DoorsTest {
    @Test
    void doors_notOpen_refuse() {
        assertThrows(IllegalStateException.class, () -> Doors.socketImpl(false));
        assertThrows(IllegalStateException.class, Doors::selectorProvider);
        assertThrows(IllegalStateException.class, () -> Doors.lookupAllHostAddr("localhost"));
        assertThrows(IllegalStateException.class, Doors::getAll);
    }

    @Test
    void tripwire_always_namesWhoCalled() {
        SocketException e = assertThrows(SocketException.class, Doors::tripwire);
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("atoll: "), message);
        assertTrue(message.contains("around the sandbox's network"), message);
    }

    @Test
    void probe_ofADoor_stopsThatDoorInThisThreadOnly() throws Exception {
        Doors.probe("hasIpv6");
        try {
            DoorReached reached = assertThrows(DoorReached.class, Doors::hasIpv6);
            assertEquals("hasIpv6", reached.door());
            assertThrows(IllegalStateException.class, Doors::getLocalHostName);
            Thread other = new Thread(() -> assertThrows(IllegalStateException.class, Doors::hasIpv6));
            other.start();
            other.join();
        } finally {
            Doors.probe(null);
        }
        assertThrows(IllegalStateException.class, Doors::hasIpv6);
    }

    @Test
    void lookupOrder_eachPolicy_filtersAndSorts() throws Exception {
        InetAddress v4 = InetAddress.getByName("192.0.2.1");
        InetAddress v6 = InetAddress.getByName("2001:db8::1");
        InetAddress[] both = {v6, v4};
        assertArrayEquals(both, LookupOrder.apply("host", both, 1 | 2));
        assertArrayEquals(new InetAddress[] {v4, v6}, LookupOrder.apply("host", both, 1 | 2 | 4));
        assertArrayEquals(new InetAddress[] {v6, v4}, LookupOrder.apply("host", both, 1 | 2 | 8));
        assertArrayEquals(new InetAddress[] {v4}, LookupOrder.apply("host", both, 1));
        UnknownHostException e =
                assertThrows(UnknownHostException.class, () -> LookupOrder.apply("host", new InetAddress[] {v6}, 1));
        assertEquals("host: No address associated with hostname", e.getMessage());
    }

    @Test
    void lookupOrder_byDefault_isThatOfThePropertyWhereThereIsIpv6() {
        assertEquals(1 | 2 | 4, LookupOrder.byDefault(true, null));
        assertEquals(1 | 2 | 4, LookupOrder.byDefault(true, "false"));
        assertEquals(1 | 2 | 8, LookupOrder.byDefault(true, "True"));
        assertEquals(1 | 2, LookupOrder.byDefault(true, "system"));
        assertEquals(1, LookupOrder.byDefault(false, "true"));
    }

    @Test
    void interfaces_fromViews_areWhatTheViewsSay() throws Exception {
        Inet4Address broadcast = (Inet4Address) InetAddress.getByName("192.0.2.255");
        InterfaceView view = new InterfaceView(
                "eth7",
                9,
                List.of(new InterfaceView.Binding(InetAddress.getByName("192.0.2.1"), 24, broadcast)),
                true,
                false,
                false,
                true,
                0x0a0b0c0d0e0fL,
                1500);
        NetworkInterface made = InterfaceFactory.make(view);
        assertEquals("eth7", made.getName());
        assertEquals("eth7", made.getDisplayName());
        assertEquals(9, made.getIndex());
        assertEquals(
                "[/192.0.2.1/24 [/192.0.2.255]]", made.getInterfaceAddresses().toString());
        assertArrayEquals(new byte[] {10, 11, 12, 13, 14, 15}, InterfaceFactory.hardwareAddress(view));
        assertEquals(view, InterfaceFactory.byIndex(List.of(view), 9));
        assertEquals(view, InterfaceFactory.byAddress(List.of(view), InetAddress.getByName("192.0.2.1")));
        assertNull(InterfaceFactory.byName(List.of(view), "eth0"));
        assertThrows(SocketException.class, () -> InterfaceFactory.known(List.of(view), "eth0"));
    }
}
