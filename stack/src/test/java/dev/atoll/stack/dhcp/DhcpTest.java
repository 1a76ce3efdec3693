package dev.atoll.stack.dhcp;

import static dev.atoll.stack.check.Checks.arp;
import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.operation;
import static dev.atoll.stack.check.Checks.sender;
import static dev.atoll.stack.check.Checks.source;
import static dev.atoll.stack.check.Checks.target;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.DhcpClient;
import dev.atoll.stack.DhcpListener;
import dev.atoll.stack.Nic;
import dev.atoll.stack.RouteTable;
import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client in virtual time, its server played by this test, which makes and reads every message itself. */
class DhcpTest {
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    private static final IpAddress GIVEN = IpAddress.parse("10.0.0.50");
    private static final IpAddress OTHER = IpAddress.parse("10.0.0.51");
    private static final MacAddress ALL = MacAddress.parse("ff:ff:ff:ff:ff:ff");
    private static final MacAddress STRANGER = MacAddress.parse("02:00:00:00:00:77");

    private static final int DISCOVER = 1;
    private static final int OFFER = 2;
    private static final int REQUEST = 3;
    private static final int DECLINE = 4;
    private static final int ACK = 5;
    private static final int NAK = 6;
    private static final int RELEASE = 7;

    private static final String MASK = "0104 ffffff00";
    private static final String ROUTER = "0304 0a000001";
    private static final String HOUR = "3304 00000e10";
    private static final String FROM_SERVER = "3604 0a000001";
    private static final String TERMS = MASK + ROUTER + HOUR + FROM_SERVER;

    private final OneStack net =
            new OneStack(Ipv6Settings.DEFAULT.withLinkLocal(false).withRouterDiscovery(false));
    private final List<String> events = new ArrayList<>();
    private @Nullable DhcpClient client;
    private @Nullable DhcpLease lease;

    private final DhcpListener listener = new DhcpListener() {
        @Override
        public void onLease(int nicId, DhcpLease newLease) {
            events.add("lease " + newLease.address());
            lease = newLease;
        }

        @Override
        public void onLeaseLost(int nicId, DhcpLoss why) {
            events.add("lost " + why);
        }
    };

    DhcpTest() throws StackException {}

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private DhcpClient start(DhcpSettings settings, @Nullable IpAddress previous) throws StackException {
        DhcpClient started = net.stack.startDhcp(net.nic, settings, previous, listener);
        client = started;
        return started;
    }

    private DhcpClient start() throws StackException {
        return start(DhcpSettings.DEFAULT.withConflictProbes(0), null);
    }

    /** A message of the client's as it is in its packet. */
    private record Sent(Ipv4Packet packet, Bytes message) {
        static Sent of(byte[] frame) {
            Ipv4Packet packet = Ipv4Packet.decode(EthernetFrame.decode(frame).payload());
            UdpDatagram datagram = UdpDatagram.decode(packet);
            assertEquals(68, datagram.sourcePort());
            assertEquals(67, datagram.destinationPort());
            assertTrue(datagram.payload().length() >= 300);
            assertEquals(Bytes.hex("010106 00").i32(0), datagram.payload().i32(0));
            assertEquals(0x63825363, datagram.payload().i32(236));
            return new Sent(packet, datagram.payload());
        }

        @Nullable Bytes option(int wanted) {
            int at = 240;
            while (message.u8(at) != 255) {
                int length = message.u8(at + 1);
                if (message.u8(at) == wanted) {
                    return message.slice(at + 2, at + 2 + length);
                }
                at += 2 + length;
            }
            return null;
        }

        int type() {
            return Objects.requireNonNull(option(53)).u8(0);
        }

        int transaction() {
            return message.i32(4);
        }

        IpAddress clientAddress() {
            return IpAddress.v4(message.i32(12));
        }
    }

    /** The one message that was sent since the last time, ARP aside. */
    private Sent sent(int type) {
        List<byte[]> messages = net.frames().stream()
                .filter(frame -> EthernetFrame.decode(frame).etherType() == EthernetFrame.IPV4)
                .toList();
        assertEquals(1, messages.size());
        Sent sent = Sent.of(messages.get(0));
        assertEquals(type, sent.type());
        return sent;
    }

    private static Bytes message(int transaction, IpAddress yours, String options) {
        ByteBuffer header = ByteBuffer.allocate(240)
                .put(0, (byte) 2)
                .put(1, (byte) 1)
                .put(2, (byte) 6)
                .putInt(4, transaction)
                .putInt(16, yours.v4Bits())
                .putLong(28, TestLink.MAC.bits() << 16)
                .putInt(236, 0x63825363);
        byte[] all =
                java.util.Arrays.copyOf(header.array(), 240 + Bytes.hex(options).length());
        System.arraycopy(Bytes.hex(options).toArray(), 0, all, 240, all.length - 240);
        return Bytes.of(all);
    }

    private void answer(MacAddress to, IpAddress destination, Bytes message) {
        Bytes datagram = new UdpDatagram(67, 68, message).encode(SERVER, destination);
        net.send(
                to,
                EthernetFrame.IPV4,
                Ipv4Packet.of(SERVER, destination, Ipv4Packet.UDP, datagram).encode());
    }

    /** An answer as a server sends it that trusts the client to take unicast packets to an address it has not yet. */
    private void answer(Sent question, int type, IpAddress yours, String options) {
        String all = "3501" + String.format("%02x", type) + options + "ff";
        answer(TestLink.MAC, yours.isUnspecified() ? GIVEN : yours, message(question.transaction(), yours, all));
    }

    private Sent discovered() {
        net.advance(SECOND);
        return sent(DISCOVER);
    }

    /** The NIC has {@link #GIVEN} by these terms from now on. */
    private void bound(String terms) {
        answer(discovered(), OFFER, GIVEN, terms);
        answer(sent(REQUEST), ACK, GIVEN, terms);
        assertEquals("BOUND", Objects.requireNonNull(client).state());
        net.frames();
    }

    private List<Nic.Address> addresses() {
        return net.nic.addresses().stream()
                .filter(address -> address.kind() == AddressKind.DHCP)
                .toList();
    }

    private List<String> routes() {
        return net.stack.routes().list().stream()
                .map(entry -> entry.destination() + " " + (entry.gateway() == null ? "link" : entry.gateway()))
                .toList();
    }

    // --- Getting a lease (RFC 2131 section 3.1)

    @Test
    @Requirement("features B2")
    void start_serverAnswers_nicIsConfigured() throws StackException {
        start(DhcpSettings.DEFAULT.withConflictProbes(0).withHostName("box"), null);
        net.advance(SECOND);
        List<byte[]> frames = net.frames();
        Checks.frame(
                frames.get(0),
                linkDestination(ALL),
                ipv4(source(IpAddress.V4_ANY), destination(IpAddress.V4_BROADCAST)));
        Sent discover = Sent.of(frames.get(0));
        assertEquals(DISCOVER, discover.type());
        assertEquals(Bytes.hex("ff 00000001 0003 0001 020000000001"), discover.option(61));
        assertEquals(Bytes.hex("626f78"), discover.option(12));
        assertEquals(1500, Objects.requireNonNull(discover.option(57)).u16(0));
        assertNull(discover.option(50));
        answer(discover, OFFER, GIVEN, TERMS);
        Sent request = sent(REQUEST);
        assertEquals(discover.transaction(), request.transaction());
        assertEquals(Bytes.hex("0a000032"), request.option(50));
        assertEquals(Bytes.hex("0a000001"), request.option(54));
        assertEquals(IpAddress.V4_ANY, request.clientAddress());
        answer(
                request,
                ACK,
                GIVEN,
                TERMS + "0608 0a000002 0a000003" + "0f0b 6578616d706c652e6f7267" + "1a02 0578"
                        + "770c 03 666f6f 00 03 626172 c000 00");
        assertEquals(List.of("lease 10.0.0.50"), events);
        DhcpLease got = Objects.requireNonNull(lease);
        assertEquals(24, got.prefixLength());
        assertEquals(3600, got.leaseSeconds());
        assertEquals(SERVER, got.server());
        assertEquals(List.of(IpAddress.parse("10.0.0.2"), IpAddress.parse("10.0.0.3")), got.dnsServers());
        assertEquals("example.org", got.domain());
        assertEquals(List.of("foo", "bar.foo"), got.searchDomains());
        assertEquals(1400, got.mtuBytes());
        assertEquals(GIVEN, addresses().get(0).address());
        assertEquals(List.of("10.0.0.0/24 link", "0.0.0.0/0 10.0.0.1"), routes().subList(0, 2));
        net.expect(arp(operation(1), sender(TestLink.MAC, GIVEN), target(new MacAddress(0), GIVEN)));
        assertEquals(got, Objects.requireNonNull(client).lease());
    }

    /** What the server said of the MTU is in force. */
    @Test
    void mtu_ofTheLease_isTheNics() throws StackException {
        start();
        bound(TERMS + "1a02 0400");
        net.nic.neighbors().setStatic(SERVER, PEER_MAC);
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.send(ByteBuffer.allocate(1100), new FullAddress(SERVER, 9));
            assertEquals(2, net.frames().size());
        }
    }

    /** RFC 3442: classless routes instead of the router; a gateway of 0.0.0.0 is the link. */
    @Test
    void routes_classless_replaceTheRouter() throws StackException {
        start();
        bound(TERMS + "7916 00 0a000009 18 c00002 0a000008 20 c6336401 00000000");
        assertEquals(
                List.of("198.51.100.1/32 link", "10.0.0.0/24 link", "192.0.2.0/24 10.0.0.8", "0.0.0.0/0 10.0.0.9"),
                routes().subList(0, 4));
    }

    /** RFC 2131 section 4.1: 4, 8, 16, 32, then every 64 seconds, a second more or less; the same question. */
    @Test
    void discover_unanswered_isRepeatedEverMoreSeldom() throws StackException {
        start();
        Sent first = discovered();
        long last = net.clock.nowNs();
        for (int wait : new int[] {4, 8, 16, 32, 64, 64, 64}) {
            List<byte[]> frames = List.of();
            while (frames.isEmpty()) {
                net.advance(SECOND / 10);
                frames = net.frames();
            }
            assertEquals(first.transaction(), Sent.of(frames.get(0)).transaction());
            long waitedNs = net.clock.nowNs() - last;
            assertTrue(Math.abs(waitedNs - wait * SECOND) < SECOND + SECOND / 2, wait + ": " + waitedNs);
            last = net.clock.nowNs();
        }
    }

    @Test
    void request_unanswered_beginsAnew() throws StackException {
        start();
        answer(discovered(), OFFER, GIVEN, TERMS);
        Sent request = sent(REQUEST);
        net.advance(70 * SECOND);
        List<byte[]> frames = net.frames();
        assertEquals(REQUEST, Sent.of(frames.get(0)).type());
        assertEquals(DISCOVER, Sent.of(frames.get(frames.size() - 1)).type());
        assertFalse(
                request.transaction() == Sent.of(frames.get(frames.size() - 1)).transaction());
    }

    @Test
    void answers_thatAreNotForUs_areIgnored() throws StackException {
        start();
        Sent discover = discovered();
        answer(TestLink.MAC, GIVEN, message(discover.transaction() + 1, GIVEN, "350102" + TERMS + "ff"));
        answer(discover, OFFER, GIVEN, MASK + HOUR);
        answer(discover, OFFER, IpAddress.parse("224.0.0.1"), TERMS);
        answer(discover, ACK, GIVEN, TERMS);
        answer(discover, NAK, IpAddress.V4_ANY, FROM_SERVER);
        answer(TestLink.MAC, GIVEN, message(discover.transaction(), GIVEN, "350102" + "36ff0a"));
        answer(TestLink.MAC, GIVEN, message(discover.transaction(), GIVEN, "").slice(0, 239));
        assertEquals(2, net.stack.counters().drops(DropReason.DHCP_INVALID));
        net.expectNothing();
        assertEquals("SELECTING", Objects.requireNonNull(client).state());
        answer(ALL, IpAddress.V4_BROADCAST, message(discover.transaction(), GIVEN, "350102" + TERMS + "ff"));
        sent(REQUEST);
    }

    /** RFC 3396 and RFC 2132 section 9.3: an option in pieces, and options where names would be. */
    @Test
    void options_inPiecesAndInOtherFields_areRead() throws StackException {
        start();
        Sent discover = discovered();
        byte[] offer = message(discover.transaction(), GIVEN, "340103 350102" + HOUR + "ff")
                .toArray();
        Bytes file = Bytes.hex(MASK + "3602 0a00 ff");
        Bytes name = Bytes.hex("3602 0001 ff");
        System.arraycopy(file.toArray(), 0, offer, 108, file.length());
        System.arraycopy(name.toArray(), 0, offer, 44, name.length());
        answer(TestLink.MAC, GIVEN, Bytes.of(offer));
        assertEquals(Bytes.hex("0a000001"), sent(REQUEST).option(54));
    }

    // --- INIT-REBOOT (section 3.2)

    @Test
    void start_withAPreviousAddress_asksForIt() throws StackException {
        start(DhcpSettings.DEFAULT.withConflictProbes(0), GIVEN);
        Sent request = sent(REQUEST);
        assertEquals(Bytes.hex("0a000032"), request.option(50));
        assertNull(request.option(54));
        answer(request, ACK, GIVEN, TERMS);
        assertEquals(GIVEN, addresses().get(0).address());
    }

    @Test
    void start_withAnAddressOfAnotherNet_isRefusedAndBeginsAnew() throws StackException {
        start(DhcpSettings.DEFAULT.withConflictProbes(0), IpAddress.parse("192.168.7.7"));
        answer(sent(REQUEST), NAK, IpAddress.V4_ANY, FROM_SERVER);
        net.advance(SECOND);
        sent(DISCOVER);
    }

    // --- Renewing (section 4.4.5)

    @Test
    void lease_renewedAtHalfTime_goesOn() throws StackException {
        start();
        bound(TERMS);
        net.nic.neighbors().setStatic(SERVER, PEER_MAC);
        net.advance(1800 * SECOND);
        List<byte[]> frames = net.frames();
        Checks.frame(frames.get(0), linkDestination(PEER_MAC), ipv4(source(GIVEN), destination(SERVER)));
        Sent request = Sent.of(frames.get(0));
        assertEquals(GIVEN, request.clientAddress());
        assertNull(request.option(50));
        assertNull(request.option(54));
        answer(request, ACK, GIVEN, TERMS);
        assertEquals(List.of("lease 10.0.0.50", "lease 10.0.0.50"), events);
        net.expectNothing();
        net.advance(1799 * SECOND);
        net.expectNothing();
        net.advance(SECOND);
        sent(REQUEST);
    }

    /** The server's own times; then every server is asked, and at the end the address is gone. */
    @Test
    void lease_notRenewed_isReboundAndThenLost() throws StackException {
        start();
        bound(TERMS + "3a04 00000258 3b04 00000a8c");
        net.nic.neighbors().setStatic(SERVER, PEER_MAC);
        net.advance(600 * SECOND);
        assertEquals(SERVER, sent(REQUEST).packet().destination());
        net.advance(1050 * SECOND);
        assertEquals(SERVER, sent(REQUEST).packet().destination());
        net.advance(1050 * SECOND - SECOND);
        net.frames();
        net.advance(SECOND);
        Sent rebind = sent(REQUEST);
        assertEquals(IpAddress.V4_BROADCAST, rebind.packet().destination());
        assertEquals(GIVEN, rebind.clientAddress());
        assertEquals("REBINDING", Objects.requireNonNull(client).state());
        net.advance(900 * SECOND);
        assertEquals(List.of("lease 10.0.0.50", "lost EXPIRED"), events);
        assertEquals(0, addresses().size());
        assertTrue(routes().stream().noneMatch(route -> route.contains("10.0.0.")));
        net.frames();
        net.advance(5 * SECOND);
        sent(DISCOVER);
    }

    @Test
    void renewal_withOtherTerms_changesTheRoutes() throws StackException {
        start();
        bound(TERMS);
        net.nic.neighbors().setStatic(SERVER, PEER_MAC);
        net.advance(1800 * SECOND);
        answer(sent(REQUEST), ACK, GIVEN, MASK + "0304 0a0000fe" + HOUR + FROM_SERVER);
        assertTrue(routes().contains("0.0.0.0/0 10.0.0.254"));
        assertFalse(routes().contains("0.0.0.0/0 10.0.0.1"));
        assertEquals(1, addresses().size());
    }

    @Test
    void renewal_refused_takesTheAddressAway() throws StackException {
        start();
        bound(TERMS);
        net.nic.neighbors().setStatic(SERVER, PEER_MAC);
        net.advance(1800 * SECOND);
        answer(sent(REQUEST), NAK, IpAddress.V4_ANY, FROM_SERVER);
        assertEquals(List.of("lease 10.0.0.50", "lost REFUSED"), events);
        assertEquals(0, addresses().size());
        net.advance(SECOND);
        sent(DISCOVER);
    }

    @Test
    void lease_withoutEnd_isNotRenewed() throws StackException {
        start();
        bound(MASK + "3304 ffffffff" + FROM_SERVER);
        net.advance(10_000_000 * SECOND);
        net.expectNothing();
        assertEquals(DhcpLease.INFINITE, Objects.requireNonNull(lease).leaseSeconds());
    }

    // --- Conflicts (RFC 5227)

    private void arpFromStranger(int operation, IpAddress sender, IpAddress target) {
        net.send(
                ALL, EthernetFrame.ARP, new ArpPacket(operation, STRANGER, sender, new MacAddress(0), target).encode());
    }

    /** Sections 2.1.1 and 2.3: three questions as nobody, then two seconds, then the announcement. */
    @Test
    @Requirement("features D8")
    void address_isCheckedBeforeItIsUsed() throws StackException {
        start(DhcpSettings.DEFAULT, null);
        answer(discovered(), OFFER, GIVEN, TERMS);
        answer(sent(REQUEST), ACK, GIVEN, TERMS);
        assertEquals("CHECKING", Objects.requireNonNull(client).state());
        net.advance(2 * SECOND);
        assertEquals(0, addresses().size());
        net.advance(8 * SECOND);
        List<byte[]> frames = net.frames();
        assertEquals(4, frames.size());
        for (int i = 0; i < 3; i++) {
            Checks.frame(
                    frames.get(i),
                    linkDestination(ALL),
                    arp(operation(1), sender(TestLink.MAC, IpAddress.V4_ANY), target(new MacAddress(0), GIVEN)));
        }
        Checks.frame(frames.get(3), arp(sender(TestLink.MAC, GIVEN), target(new MacAddress(0), GIVEN)));
        assertEquals(1, addresses().size());
    }

    /** RFC 2131 section 3.1, step 5: the server is told, and ten seconds later asked for another. */
    @Test
    void address_thatSomebodyHas_isDeclined() throws StackException {
        for (boolean probing : new boolean[] {false, true}) {
            events.clear();
            DhcpClient started = start(DhcpSettings.DEFAULT, null);
            answer(discovered(), OFFER, GIVEN, TERMS);
            answer(sent(REQUEST), ACK, GIVEN, TERMS);
            net.advance(2 * SECOND);
            net.frames();
            if (probing) {
                arpFromStranger(1, IpAddress.V4_ANY, GIVEN);
            } else {
                arpFromStranger(2, GIVEN, IpAddress.V4_ANY);
            }
            Sent decline = sent(DECLINE);
            assertEquals(Bytes.hex("0a000032"), decline.option(50));
            assertEquals(Bytes.hex("0a000001"), decline.option(54));
            assertEquals(List.of("lost CONFLICT"), events);
            net.advance(9 * SECOND);
            net.expectNothing();
            net.advance(SECOND);
            sent(DISCOVER);
            assertEquals(0, addresses().size());
            started.close();
        }
    }

    /** RFC 5227 section 2.4 (b): defended once; a second claim within ten seconds wins. */
    @Test
    void address_claimedWhileInUse_isDefendedOnce() throws StackException {
        start();
        bound(TERMS);
        arpFromStranger(1, GIVEN, SERVER);
        net.expect(arp(operation(1), sender(TestLink.MAC, GIVEN)));
        net.advance(11 * SECOND);
        arpFromStranger(1, GIVEN, SERVER);
        net.expect(arp(operation(1), sender(TestLink.MAC, GIVEN)));
        arpFromStranger(1, GIVEN, SERVER);
        sent(DECLINE);
        assertEquals(List.of("lease 10.0.0.50", "lost CONFLICT"), events);
        assertEquals(0, addresses().size());
        assertEquals(3, net.stack.counters().addressConflicts);
    }

    // --- Ends

    @Test
    void release_tellsTheServer_andTakesAllAway() throws StackException {
        DhcpClient started = start();
        bound(TERMS);
        net.nic.neighbors().setStatic(SERVER, PEER_MAC);
        started.release();
        Sent release = sent(RELEASE);
        assertEquals(GIVEN, release.clientAddress());
        assertEquals(SERVER, release.packet().destination());
        assertEquals(Bytes.hex("0a000001"), release.option(54));
        assertEquals(0, addresses().size());
        assertEquals(List.of("lease 10.0.0.50", "lost RELEASED"), events);
        assertEquals("STOPPED", started.state());
        net.advance(10_000 * SECOND);
        net.expectNothing();
        assertNull(started.lease());
    }

    /** What was set by hand is not DHCP's to take away. */
    @Test
    void close_leavesWhatWasSetByHand() throws StackException {
        net.nic.addAddress(OTHER, 24);
        net.stack.routes().add(Subnet.V4_ALL, SERVER, net.nic, DhcpInterface.METRIC);
        net.frames();
        DhcpClient started = start();
        bound(TERMS);
        List<RouteTable.Entry> before = net.stack.routes().list();
        started.close();
        net.expectNothing();
        assertEquals(before, net.stack.routes().list());
        assertEquals(1, net.nic.addresses().size());
    }

    @Test
    void start_twice_isRefused() throws StackException {
        DhcpClient started = start();
        StackException refused = assertThrows(StackException.class, this::start);
        assertEquals(StackError.ADDRESS_IN_USE, refused.error());
        started.close();
        assertNotNull(start());
    }

    /** The link may be another one after a NIC was off: the old address is asked for, and kept if nobody answers. */
    @Test
    void nic_switchedOnAgain_asksForItsAddress() throws StackException {
        start();
        bound(TERMS);
        net.nic.setEnabled(false);
        net.nic.setEnabled(true);
        Sent request = sent(REQUEST);
        assertEquals(Bytes.hex("0a000032"), request.option(50));
        assertEquals(IpAddress.V4_ANY, request.clientAddress());
        net.advance(70 * SECOND);
        assertEquals("BOUND", Objects.requireNonNull(client).state());
        assertEquals(1, addresses().size());
        net.nic.setEnabled(false);
        net.nic.setEnabled(true);
        net.frames();
        net.nic.setEnabled(false);
        net.nic.setEnabled(true);
        answer(sent(REQUEST), NAK, IpAddress.V4_ANY, FROM_SERVER);
        assertEquals(0, addresses().size());
    }

    @Test
    void nic_removed_endsTheClient() throws StackException {
        DhcpClient started = start();
        bound(TERMS);
        net.stack.removeNic(net.nic);
        net.advance(10_000 * SECOND);
        assertEquals("STOPPED", started.state());
    }

    /** RFC 1035 section 4.1.4: pointers may only lead back, so that no list is endless. */
    @Test
    void searchList_malformed_isNone() throws StackException {
        start();
        for (String list : new String[] {"7702 c000", "7704 03 666f6f", "7707 04 666f2e6f 00 ff", "7703 05 6162"}) {
            events.clear();
            DhcpClient now = Objects.requireNonNull(client);
            answer(discovered(), OFFER, GIVEN, TERMS);
            answer(sent(REQUEST), ACK, GIVEN, TERMS + list);
            assertEquals(List.of(), Objects.requireNonNull(lease).searchDomains(), list);
            now.close();
            net.frames();
            start();
        }
    }
}
