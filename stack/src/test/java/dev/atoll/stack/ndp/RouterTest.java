package dev.atoll.stack.ndp;

import static dev.atoll.stack.check.Checks.destination6;
import static dev.atoll.stack.check.Checks.hopLimit;
import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.option6;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Nic;
import dev.atoll.stack.Route;
import dev.atoll.stack.RouteTable;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Router discovery, autoconfiguration and redirects, with routers played by this test. */
class RouterTest {
    private static final IpAddress ROUTER = IpAddress.parse("fe80::1");
    private static final IpAddress OTHER_ROUTER = IpAddress.parse("fe80::2");
    private static final Subnet PREFIX = Subnet.parse("2001:db8:1::/64");
    private static final IpAddress FAR = IpAddress.parse("2001:db8:ffff::5");
    /** From prefix and link address 02:00:00:00:00:01 (RFC 4291 appendix A). */
    private static final IpAddress FORMED = IpAddress.parse("2001:db8:1::ff:fe00:1");

    private static final MacAddress ROUTER_MAC = MacAddress.parse("02:00:00:00:00:41");
    private static final int HOUR = 3600;

    private OneStack net;

    RouterTest() throws StackException {
        net = new OneStack(Ipv6Settings.DEFAULT);
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private void restart(Ipv6Settings settings) throws StackException {
        net.close();
        net = new OneStack(settings);
    }

    private static String hex32(long value) {
        return String.format("%08x", value);
    }

    private static String prefix(int flags, long validSeconds, long preferredSeconds) {
        return "0304 40 " + String.format("%02x", flags) + hex32(validSeconds) + hex32(preferredSeconds) + "00000000"
                + "20010db8000100000000000000000000";
    }

    /** What a router says, its options in hexadecimal. */
    private void advertise(IpAddress router, int lifetimeSeconds, int preferenceBits, String options) {
        Bytes body = Bytes.hex("0000000000000000 0101 020000000041" + options);
        int rest = preferenceBits << 19 | lifetimeSeconds;
        net.send(new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, rest, body)
                .packet(router, IpAddress.V6_ALL_NODES));
    }

    private void advertise(int lifetimeSeconds, String options) {
        advertise(ROUTER, lifetimeSeconds, 0, options);
    }

    private List<RouteTable.Entry> defaultRoutes() {
        return net.stack.routes().list().stream()
                .filter(entry -> entry.destination().equals(Subnet.V6_ALL))
                .toList();
    }

    private List<Nic.Address> addresses(AddressKind kind) {
        return net.nic.addresses().stream()
                .filter(address -> address.kind() == kind)
                .toList();
    }

    private @Nullable AddressState formed() {
        return net.nic.addresses().stream()
                .filter(address -> address.address().equals(FORMED))
                .map(Nic.Address::state)
                .findFirst()
                .orElse(null);
    }

    // --- Solicitations (RFC 4861 section 6.3.7)

    private int solicitationsWithin(long spanNs) {
        net.frames();
        net.advance(spanNs);
        return (int) net.frames().stream()
                .filter(frame -> frame[54] == (byte) Icmpv6Message.ROUTER_SOLICITATION)
                .count();
    }

    /** RFC 7559 section 2: as long as nobody answers, ever more seldom, at last once an hour. */
    @Test
    void start_noRouterAnswers_solicitsEverMoreSeldom() {
        net.advance(20 * SECOND);
        assertEquals(1, solicitationsWithin(16 * SECOND));
        assertTrue(solicitationsWithin(9 * HOUR * SECOND) <= 19);
        int later = solicitationsWithin(20 * HOUR * SECOND);
        assertTrue(later >= 18 && later <= 22, later + " in 20 hours");
    }

    @Test
    @Requirement("RFC 4861 4.1-1")
    @Requirement("RFC 4861 6.3.7-1")
    @Requirement("RFC 4862 5.5.1-1")
    void start_noRouterAnswers_solicitsThreeTimesInTwentySeconds() {
        net.advance(2 * SECOND);
        List<byte[]> early = net.frames();
        net.advance(20 * SECOND);
        List<byte[]> all = new java.util.ArrayList<>(early);
        all.addAll(net.frames());
        List<byte[]> solicitations = all.stream()
                .filter(frame -> frame[54] == (byte) Icmpv6Message.ROUTER_SOLICITATION)
                .toList();
        assertEquals(3, solicitations.size());
        Checks.frame(
                solicitations.get(0),
                linkDestination(MacAddress.parse("33:33:00:00:00:02")),
                ipv6(
                        source6(LINK_LOCAL),
                        destination6(IpAddress.V6_ALL_ROUTERS),
                        hopLimit(255),
                        icmp6(
                                Icmpv6Message.ROUTER_SOLICITATION,
                                0,
                                option6(Icmpv6Message.SOURCE_LINK, Bytes.hex("020000000001")))));
    }

    @Test
    @Requirement("RFC 4861 6.3.7-3")
    void solicitation_answered_isNotRepeated() {
        net.advance(3 * SECOND);
        net.frames();
        advertise(1800, "");
        net.advance(20 * SECOND);
        net.expectNothing();
    }

    // --- Routers and prefixes (RFC 4861 section 6.3.4)

    @Test
    @Requirement("RFC 4861 6.3.4-3")
    @Requirement("features D10")
    void advertisement_withLifetime_makesADefaultRouteUntilItEnds() {
        advertise(30, "");
        assertEquals(ROUTER, defaultRoutes().get(0).gateway());
        net.advance(29 * SECOND);
        assertEquals(1, defaultRoutes().size());
        net.advance(SECOND);
        assertEquals(0, defaultRoutes().size());
    }

    @Test
    @Requirement("RFC 4861 6.3.4-3")
    void advertisement_withLifetimeZero_endsTheDefaultRoute() {
        advertise(1800, "");
        advertise(0, "");
        assertEquals(0, defaultRoutes().size());
    }

    @Test
    @Requirement("features D17")
    void defaultRoute_removedByHand_isGone() throws StackException {
        advertise(ROUTER, 1800, 0b01, "");
        advertise(OTHER_ROUTER, 1800, 0b00, "");
        net.stack.routes().remove(Subnet.V6_ALL, ROUTER, net.nic);
        assertEquals(
                List.of(OTHER_ROUTER),
                defaultRoutes().stream().map(RouteTable.Entry::gateway).toList());
    }

    /** RFC 4191 section 3.2. */
    @Test
    void advertisement_ofTwoRouters_thePreferredComesFirst() {
        advertise(ROUTER, 1800, 0b00, "");
        advertise(OTHER_ROUTER, 1800, 0b01, "");
        assertEquals(OTHER_ROUTER, defaultRoutes().get(0).gateway());
        advertise(OTHER_ROUTER, 1800, 0b11, "");
        assertEquals(ROUTER, defaultRoutes().get(0).gateway());
    }

    @Test
    @Requirement("RFC 4861 6.3.4-2")
    @Requirement("features D10")
    void advertisement_ofMoreRoutersThanTheLimit_isCounted() {
        for (int i = 1; i <= 12; i++) {
            advertise(new IpAddress(0xfe80L << 48, i), 1800, 0, "");
        }
        assertEquals(RouterDiscovery.MAX_ROUTERS, defaultRoutes().size());
        assertEquals(2, net.stack.counters().advertisedBeyondLimit);
    }

    /** RFC 4861 section 6.1.2: these are to be ignored. */
    @Test
    @Requirement("RFC 4861 6.1.2-1")
    void advertisement_invalid_ignored() {
        Bytes body = Bytes.hex("0000000000000000");
        Icmpv6Message message = new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, 1800, body);
        net.send(message.packet(ROUTER, IpAddress.V6_ALL_NODES).withHopLimit(254));
        net.send(message.packet(FAR, IpAddress.V6_ALL_NODES));
        net.send(new Icmpv6Message(message.type(), 0, 1800, Bytes.hex("00000000"))
                .packet(ROUTER, IpAddress.V6_ALL_NODES));
        assertEquals(3, net.stack.counters().drops(DropReason.NDP_INVALID));
        assertEquals(0, defaultRoutes().size());
    }

    @Test
    @Requirement("RFC 4861 6.3.4-7")
    @Requirement("RFC 4862 5.5.3-a")
    @Requirement("features D10")
    void prefix_onLink_isARouteToTheLink() {
        advertise(1800, prefix(0x80, 100, 100));
        assertTrue(net.stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(PREFIX) && entry.gateway() == null));
        assertEquals(0, addresses(AddressKind.SLAAC).size());
        net.advance(100 * SECOND);
        assertFalse(net.stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(PREFIX)));
    }

    /** The route to the subnet of an address set by hand is not the router's to take away. */
    @Test
    void prefix_ofAnAddressSetByHand_endsWithoutItsRoute() throws StackException {
        net.nic.addAddress(IpAddress.parse("2001:db8:1::99"), 64);
        advertise(1800, prefix(0x80, 100, 100));
        net.advance(101 * SECOND);
        assertTrue(net.stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(PREFIX)));
        net.nic.addAddress(IpAddress.parse("2001:db8:1::98"), 64);
        net.nic.removeAddress(IpAddress.parse("2001:db8:1::99"));
        assertTrue(net.stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(PREFIX)));
        net.nic.removeAddress(IpAddress.parse("2001:db8:1::98"));
        assertFalse(net.stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(PREFIX)));
    }

    private static String route(int prefixLength, int preferenceBits, long lifetimeSeconds) {
        return String.format("1802 %02x %02x", prefixLength, preferenceBits << 3) + hex32(lifetimeSeconds)
                + "20010db8ffff0000";
    }

    private List<RouteTable.Entry> routesTo(String subnet) {
        return net.stack.routes().list().stream()
                .filter(entry -> entry.destination().equals(Subnet.parse(subnet)))
                .toList();
    }

    /** RFC 4191 section 2.3: a way to some destinations, with a preference and a lifetime of its own. */
    @Test
    @Requirement("features D11")
    void routeInformation_isARouteUntilItEnds() {
        advertise(ROUTER, 1800, 0, route(48, 0b00, 100));
        advertise(OTHER_ROUTER, 0, 0, route(48, 0b01, 50));
        assertEquals(OTHER_ROUTER, routesTo("2001:db8:ffff::/48").get(0).gateway());
        assertEquals(1, defaultRoutes().size());
        net.advance(50 * SECOND);
        assertEquals(ROUTER, routesTo("2001:db8:ffff::/48").get(0).gateway());
        net.advance(50 * SECOND);
        assertEquals(0, routesTo("2001:db8:ffff::/48").size());
    }

    /** RFC 4191 sections 2.3 and 3.1: a reserved preference is ignored; one for everything overrides the header. */
    @Test
    void routeInformation_reservedOrForEverything() {
        advertise(ROUTER, 1800, 0, route(48, 0b10, 100) + "1801 00 08" + hex32(10));
        assertEquals(0, routesTo("2001:db8:ffff::/48").size());
        assertEquals(1023, defaultRoutes().get(0).metric());
        net.advance(10 * SECOND);
        assertEquals(0, defaultRoutes().size());
    }

    @Test
    void routeInformation_ofMoreThanTheLimit_isCounted() {
        StringBuilder options = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            options.append(route(52 + i, 0, 100));
        }
        advertise(ROUTER, 0, 0, options.toString());
        assertEquals(2, net.stack.counters().advertisedBeyondLimit);
    }

    /** RFC 4861 section 6.3.4: CurHopLimit goes for packets whose sender asked for nothing else. */
    @Test
    @Requirement("RFC 4861 6.3.4-4")
    void hopLimit_advertised_isUsedUnlessSetByHand() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(ROUTER, 1800, 0, "");
        int rest = 33 << 24 | 1800;
        net.send(new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, rest, Bytes.hex("0000000000000000"))
                .packet(ROUTER, IpAddress.V6_ALL_NODES));
        net.send(Icmpv6Message.advertisement(ROUTER, 7, ROUTER_MAC).packet(ROUTER, LINK_LOCAL));
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            Checks.frame(sendFar(endpoint), ipv6(hopLimit(33)));
            assertEquals(64, endpoint.getOption(EndpointOption.IP_TTL));
            endpoint.setOption(EndpointOption.IP_TTL, 64);
            Checks.frame(sendFar(endpoint), ipv6(hopLimit(64)));
        }
    }

    // --- A router itself (RFC 4861 sections 6.2.7 and 7.2.4)

    @Test
    @Requirement("RFC 4861 6.2.2-1")
    @Requirement("RFC 4861 6.2.5-1")
    @Requirement("RFC 4861 7.2.4-1")
    @Requirement("features D15")
    void forwarding_on_makesARouterOfTheHost() {
        net.advance(3 * SECOND);
        advertise(1800, "");
        net.frames();
        net.nic.setForwarding(false, true);
        assertEquals(0, defaultRoutes().size());
        assertTrue(net.frames().stream().anyMatch(frame -> frame[62] == (byte) Icmpv6Message.MLD2_REPORT));
        advertise(1800, "");
        assertEquals(0, defaultRoutes().size());
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, ROUTER_MAC.bits())
                .packet(ROUTER, LINK_LOCAL.solicitedNode()));
        net.expect(ipv6(icmp6(Icmpv6Message.ADVERTISEMENT, 0, rest6(0xe000_0000))));
        assertEquals(0, solicitationsWithin(100 * SECOND));
        net.nic.setForwarding(false, false);
        assertTrue(solicitationsWithin(2 * SECOND) > 0);
        advertise(1800, "");
        assertEquals(1, defaultRoutes().size());
    }

    @Test
    @Requirement("RFC 4861 6.3.4-8")
    void mtu_option_lowersWhatIsSent() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(1800, "0501 0000 00000514" + prefix(0xc0, HOUR, HOUR));
        net.frames();
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.send(ByteBuffer.allocate(1300 - 48), new FullAddress(FAR, 9));
            assertEquals(1, net.frames().size());
        }
    }

    @Test
    @Requirement("RFC 4861 6.3.4-4")
    void times_advertised_changeTheNeighborSettings() {
        net.send(new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, 0, Bytes.hex(hex32(10_000) + hex32(500)))
                .packet(ROUTER, IpAddress.V6_ALL_NODES));
        assertEquals(10 * SECOND, net.nic.neighbors().settings(false).baseReachableNs());
        assertEquals(SECOND / 2, net.nic.neighbors().settings(false).retransmitNs());
        assertEquals(30 * SECOND, net.nic.neighbors().settings(true).baseReachableNs());
    }

    /** RFC 4861 section 7.2.5: a router that says it is none is no default router any more. */
    @Test
    @Requirement("RFC 4861 7.2.5-6")
    @Requirement("features D5")
    void router_becomesHost_losesTheDefaultRoute() {
        net.advance(3 * SECOND);
        advertise(1800, "");
        net.send(Icmpv6Message.advertisement(ROUTER, 3, ROUTER_MAC).packet(ROUTER, LINK_LOCAL));
        assertEquals(0, defaultRoutes().size());
    }

    // --- Autoconfiguration (RFC 4862 section 5.5.3)

    @Test
    @Requirement("RFC 4862 5.4-1")
    @Requirement("RFC 4862 5.4-2")
    @Requirement("RFC 4862 5.4.2-4")
    @Requirement("RFC 4862 5.5-1")
    @Requirement("RFC 4862 5.5.3-d")
    @Requirement("features D12")
    void prefix_autonomous_givesAnAddressAfterItsCheck() {
        net.advance(3 * SECOND);
        net.frames();
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        assertEquals(AddressState.TENTATIVE, formed());
        // Whoever hears the same advertisement does not ask at the same moment.
        assertEquals(0, probesWithin(1_000_000));
        assertEquals(1, probesWithin(SECOND));
        net.advance(3 * SECOND);
        assertEquals(AddressState.PREFERRED, formed());
    }

    private int probesWithin(long spanNs) {
        net.advance(spanNs);
        return (int) net.frames().stream()
                .filter(frame -> frame[54] == (byte) Icmpv6Message.SOLICITATION)
                .count();
    }

    /** RFC 4862 section 5.5. */
    @Test
    @Requirement("RFC 4862 5.5-2")
    void autoconfiguration_switchedOff_givesNoAddress() throws StackException {
        restart(Ipv6Settings.DEFAULT.withAutoconfiguration(false));
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        assertEquals(0, addresses(AddressKind.SLAAC).size());
        assertTrue(hasPrefix());
    }

    /** RFC 4862 section 5.5.4: it is not for what begins, and good for all that knows it. */
    @Test
    @Requirement("RFC 4862 5.5.4-4")
    @Requirement("RFC 4862 5.5.4-5")
    @Requirement("RFC 4862 5.5.4-6")
    void deprecatedAddress_isUsedByWhatHasIt_byWhoAsksForIt_andTakenFromOthers() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(1800, prefix(0xc0, HOUR, 10));
        try (UdpEndpoint before = net.stack.newUdpEndpoint();
                UdpEndpoint bound = net.stack.newUdpEndpoint();
                UdpEndpoint after = net.stack.newUdpEndpoint()) {
            before.connect(new FullAddress(FAR, 9));
            net.advance(10 * SECOND);
            net.nic.addAddress(IpAddress.parse("2001:db8:1::99"), 64);
            assertEquals(AddressState.DEPRECATED, formed());
            net.frames();
            before.send(ByteBuffer.allocate(1), null);
            net.expect(ipv6(source6(FORMED)));
            bound.bind(new FullAddress(FORMED, 7));
            Checks.frame(sendFar(bound), ipv6(source6(FORMED)));
            Checks.frame(sendFar(after), ipv6(source6(IpAddress.parse("2001:db8:1::99"))));
        }
        net.frames();
        net.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY).packet(FAR, FORMED));
        net.expect(ipv6(source6(FORMED), icmp6(Icmpv6Message.ECHO_REPLY, 0)));
    }

    @Test
    @Requirement("RFC 4862 5.5.3-c")
    @Requirement("RFC 4862 5.5.3-d")
    @Requirement("RFC 4862 5.5.3-d2")
    void prefix_notOf64Bits_orPreferredLongerThanValid_orOver_givesNone() {
        advertise(1800, prefix(0xc0, 0, 0));
        advertise(1800, prefix(0xc0, 100, 200));
        advertise(1800, prefix(0xc0, HOUR, HOUR).replaceFirst("0304 40", "0304 41"));
        assertEquals(0, addresses(AddressKind.SLAAC).size());
    }

    @Test
    @Requirement("RFC 4862 5.5.4-1")
    @Requirement("RFC 4862 5.5.4-3")
    @Requirement("features B1")
    @Requirement("features B5")
    void address_lifetimes_deprecateThenRemove() {
        net.advance(3 * SECOND);
        advertise(1800, prefix(0xc0, 100, 50));
        net.advance(49 * SECOND);
        assertEquals(AddressState.PREFERRED, formed());
        net.advance(SECOND);
        assertEquals(AddressState.DEPRECATED, formed());
        net.advance(50 * SECOND);
        assertEquals(null, formed());
        net.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY).packet(ROUTER, FORMED));
        assertEquals(1, net.stack.counters().drops(DropReason.IP_NOT_LOCAL));
    }

    /** RFC 4862 section 5.5.4: a prefix of which a router says so is not preferred from now on. */
    @Test
    @Requirement("RFC 4862 5.5.3-e1")
    void address_preferredNoLonger_isDeprecatedAtOnce() {
        net.advance(3 * SECOND);
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        net.advance(3 * SECOND);
        advertise(1800, prefix(0xc0, HOUR, 0));
        assertEquals(AddressState.DEPRECATED, formed());
    }

    @Test
    @Requirement("RFC 4862 5.5.3-e1")
    void address_renewed_isPreferredAgain() {
        net.advance(3 * SECOND);
        advertise(1800, prefix(0xc0, 100, 50));
        net.advance(60 * SECOND);
        assertEquals(AddressState.DEPRECATED, formed());
        advertise(1800, prefix(0xc0, 100, 50));
        assertEquals(AddressState.PREFERRED, formed());
    }

    /** Section 5.5.3 e: an unauthenticated router cannot end an address at once. */
    @Test
    @Requirement("RFC 4862 5.5.3-e2")
    @Requirement("features D12")
    void address_shortened_livesTwoHoursMore() {
        net.advance(3 * SECOND);
        advertise(1800, prefix(0xc0, 10 * HOUR, 10 * HOUR));
        net.advance(3 * SECOND);
        advertise(1800, prefix(0xc0, 1, 1));
        net.advance(7199 * SECOND);
        assertNotNull(formed());
        net.advance(SECOND);
        assertEquals(null, formed());
    }

    /** ... and once less than two hours are left, it cannot shorten them at all. */
    @Test
    @Requirement("RFC 4862 5.5.3-e3")
    void address_withLessThanTwoHoursLeft_isNotShortened() {
        net.advance(3 * SECOND);
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        advertise(1800, prefix(0xc0, 1, 1));
        net.advance(3599 * SECOND);
        assertEquals(AddressState.DEPRECATED, formed());
        net.advance(SECOND);
        assertEquals(null, formed());
    }

    /** RFC 7217: the identifier depends on the prefix and not on the link address, and is the same next time. */
    @Test
    @Requirement("features D12")
    void prefix_withOpaqueIds_hidesTheLinkAddressAndIsStable() throws StackException {
        restart(Ipv6Settings.DEFAULT.withOpaqueIds(true).withDadTransmits(0));
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        IpAddress first = addresses(AddressKind.SLAAC).get(0).address();
        IpAddress linkLocal = addresses(AddressKind.LINK_LOCAL).get(0).address();
        assertTrue(PREFIX.contains(first));
        assertFalse(first.equals(FORMED));
        assertFalse(first.low() == linkLocal.low());
        net.nic.setEnabled(false);
        assertEquals(0, net.nic.addresses().size());
        net.nic.setEnabled(true);
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        assertEquals(first, addresses(AddressKind.SLAAC).get(0).address());
    }

    /** RFC 8981 sections 3.4 and 3.6: a second address for outgoing connections, replaced within a day. */
    @Test
    @Requirement("features B2")
    @Requirement("features D13")
    void temporary_address_isChosenAndReplaced() throws StackException {
        restart(Ipv6Settings.DEFAULT.withTemporaryAddresses(true).withDadTransmits(0));
        advertise(0xffff, prefix(0xc0, 30 * 24 * HOUR, 30 * 24 * HOUR));
        IpAddress first = addresses(AddressKind.TEMPORARY).get(0).address();
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.connect(new FullAddress(FAR, 9));
            assertEquals(
                    first,
                    java.util.Objects.requireNonNull(endpoint.localAddress()).address());
        }
        net.advance(24L * HOUR * SECOND);
        List<Nic.Address> later = addresses(AddressKind.TEMPORARY);
        assertEquals(2, later.size());
        assertEquals(AddressState.DEPRECATED, later.get(0).state());
        assertEquals(AddressState.PREFERRED, later.get(1).state());
        net.advance(7L * 24 * HOUR * SECOND);
        assertTrue(addresses(AddressKind.TEMPORARY).size() <= 8);
        assertFalse(addresses(AddressKind.TEMPORARY).stream()
                .anyMatch(address -> address.address().equals(first)));
    }

    /** RFC 8981 section 3.4: a renewed prefix renews its temporary address, within that address's own limits. */
    @Test
    void temporary_address_livesAsLongAsItsPrefixIsRenewed() throws StackException {
        restart(Ipv6Settings.DEFAULT.withTemporaryAddresses(true).withDadTransmits(0));
        advertise(1800, prefix(0xc0, HOUR, 1800));
        IpAddress first = addresses(AddressKind.TEMPORARY).get(0).address();
        for (int i = 0; i < 20; i++) {
            net.advance(1000 * SECOND);
            advertise(1800, prefix(0xc0, HOUR, 1800));
        }
        assertEquals(1, addresses(AddressKind.TEMPORARY).size());
        assertEquals(first, addresses(AddressKind.TEMPORARY).get(0).address());
        assertEquals(
                AddressState.PREFERRED, addresses(AddressKind.TEMPORARY).get(0).state());
        net.advance(1801 * SECOND);
        assertEquals(
                AddressState.DEPRECATED, addresses(AddressKind.TEMPORARY).get(0).state());
        net.advance(HOUR * SECOND);
        assertEquals(0, addresses(AddressKind.TEMPORARY).size());
        advertise(1800, prefix(0xc0, HOUR, 1800));
        assertEquals(1, addresses(AddressKind.TEMPORARY).size());
    }

    // --- Redirects (RFC 4861 section 8)

    private void redirect(IpAddress from, IpAddress destination, IpAddress target) {
        Bytes body = Bytes.of(ByteBuffer.allocate(40)
                .put(target.octets())
                .put(destination.octets())
                .put(Bytes.hex("0201 020000000042").toArray())
                .array());
        net.send(new Icmpv6Message(Icmpv6Message.REDIRECT, 0, 0, body).packet(from, LINK_LOCAL));
    }

    private byte[] sendFar(UdpEndpoint endpoint) throws StackException {
        net.frames();
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(FAR, 9));
        List<byte[]> frames = net.frames();
        assertEquals(1, frames.size());
        return frames.get(0);
    }

    @Test
    @Requirement("RFC 4861 8.1-1")
    @Requirement("RFC 4861 8.3-1")
    void redirect_byTheFirstHop_isFollowedByWhatIsConnected() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.connect(new FullAddress(FAR, 9));
            Checks.frame(sendFar(endpoint), linkDestination(ROUTER_MAC));
            redirect(OTHER_ROUTER, FAR, OTHER_ROUTER);
            Checks.frame(sendFar(endpoint), linkDestination(ROUTER_MAC));
            redirect(ROUTER, FAR, OTHER_ROUTER);
            Checks.frame(sendFar(endpoint), linkDestination(MacAddress.parse("02:00:00:00:00:42")));
        }
        assertEquals(1, net.stack.counters().drops(DropReason.NDP_INVALID));
    }

    /** RFC 4861 section 7.3.3: a router that does not answer gives way to another. */
    @Test
    @Requirement("RFC 4861 6.3.6-1")
    @Requirement("RFC 4861 7.3.3-2")
    void router_unreachable_anotherIsUsed() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(ROUTER, 1800, 0, prefix(0xc0, HOUR, HOUR));
        advertise(OTHER_ROUTER, 1800, 0, "");
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            sendFar(endpoint);
            net.advance(12 * SECOND);
            assertEquals(OTHER_ROUTER, defaultRoutes().get(0).gateway());
        }
        advertise(ROUTER, 1800, 1, "");
        assertEquals(ROUTER, defaultRoutes().get(0).gateway());
    }

    /** Each time one of them does not answer the next is asked, and all are before the first is again. */
    @Test
    @Requirement("RFC 4861 6.3.6-2")
    void routers_noneAnswers_areAskedInTurn() throws StackException {
        IpAddress third = IpAddress.parse("fe80::3");
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(ROUTER, 1800, 1, prefix(0xc0, HOUR, HOUR));
        advertise(OTHER_ROUTER, 1800, 0, "");
        advertise(third, 1800, 3, "");
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            for (int i = 0; i < 3; i++) {
                for (IpAddress next : List.of(ROUTER, OTHER_ROUTER, third)) {
                    net.frames();
                    endpoint.send(ByteBuffer.allocate(1), new FullAddress(FAR, 9));
                    // As long as it takes to give a neighbour up, and to forget that it was.
                    net.advance(12 * SECOND);
                    List<IpAddress> asked = neighborsAskedFor();
                    assertFalse(asked.isEmpty());
                    assertTrue(asked.stream().allMatch(next::equals), next + " in round " + i + ": " + asked);
                }
            }
        }
    }

    private List<IpAddress> neighborsAskedFor() {
        List<IpAddress> targets = new ArrayList<>();
        for (byte[] frame : net.frames()) {
            if (frame[54] == (byte) Icmpv6Message.SOLICITATION) {
                ByteBuffer target = ByteBuffer.wrap(frame, 62, 16);
                targets.add(new IpAddress(target.getLong(), target.getLong()));
            }
        }
        return targets;
    }

    /** RFC 4861 section 6.3.4: what an advertisement does not say stays as it was. */
    @Test
    @Requirement("RFC 4861 6.3.4-1")
    @Requirement("RFC 4861 6.3.4-9")
    void advertisement_thatSaysLess_changesNothingElse() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        int rest = 33 << 24 | 1800;
        Bytes all = Bytes.hex(hex32(10_000) + hex32(500) + "0501 0000 00000514" + prefix(0x80, HOUR, HOUR));
        net.send(new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, rest, all)
                .packet(ROUTER, IpAddress.V6_ALL_NODES));
        advertise(1800, "");
        advertise(1800, prefix(0, HOUR, HOUR));
        assertEquals(10 * SECOND, net.nic.neighbors().settings(false).baseReachableNs());
        assertEquals(SECOND / 2, net.nic.neighbors().settings(false).retransmitNs());
        assertTrue(net.stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(PREFIX) && entry.gateway() == null));
        Route route = java.util.Objects.requireNonNull(net.stack.findRoute(new FullAddress(FAR, 0), null));
        assertEquals(33, route.defaultTtl());
        assertEquals(1300, route.mtuBytes());
    }

    /** RFC 4861 section 4.6.2: every link has the link-local prefix; nobody gives or takes it. */
    @Test
    @Requirement("RFC 4861 6.3.4-6")
    @Requirement("RFC 4862 5.5.3-b")
    void prefix_linkLocal_isIgnored() {
        List<RouteTable.Entry> before = net.stack.routes().list();
        advertise(0, prefix(0xc0, HOUR, HOUR).replace("20010db80001", "fe8000000000"));
        assertEquals(before, net.stack.routes().list());
        assertEquals(1, net.nic.addresses().size());
    }

    /** RFC 4861 section 6.3.4: an on-link prefix lives as long as its last option says, and ends with 0. */
    @Test
    @Requirement("RFC 4861 6.3.4-7")
    void prefix_advertisedAgain_livesAsLongAsThatSays() {
        advertise(1800, prefix(0x80, 100, 100));
        net.advance(50 * SECOND);
        advertise(1800, prefix(0x80, 100, 100));
        net.advance(99 * SECOND);
        assertTrue(hasPrefix());
        advertise(1800, prefix(0x80, 0, 0));
        assertFalse(hasPrefix());
    }

    private boolean hasPrefix() {
        return net.stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(PREFIX));
    }

    /** RFC 4861 sections 8.1 and 8.3: these are to be ignored; the last one is good. */
    @Test
    @Requirement("RFC 4861 8.1-1")
    void redirect_invalid_isIgnored() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        IpAddress group = IpAddress.parse("ff05::1");
        Bytes good = redirectBody(OTHER_ROUTER, FAR);
        send(ROUTER, 254, 0, good);
        send(ROUTER, 255, 1, good);
        send(ROUTER, 255, 0, good.slice(0, 31));
        send(IpAddress.parse("2001:db8:1::5"), 255, 0, good);
        send(ROUTER, 255, 0, redirectBody(OTHER_ROUTER, group));
        send(ROUTER, 255, 0, redirectBody(IpAddress.parse("2001:db8:1::5"), FAR));
        send(ROUTER, 255, 0, Bytes.hex(hex(good.slice(0, 32)) + "0200 020000000042"));
        assertEquals(7, net.stack.counters().drops(DropReason.NDP_INVALID));
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            Checks.frame(sendFar(endpoint), linkDestination(ROUTER_MAC));
            send(ROUTER, 255, 0, good);
            Checks.frame(sendFar(endpoint), linkDestination(MacAddress.parse("02:00:00:00:00:42")));
        }
    }

    private static Bytes redirectBody(IpAddress target, IpAddress destination) {
        return Bytes.of(ByteBuffer.allocate(40)
                .put(target.octets())
                .put(destination.octets())
                .put(Bytes.hex("0201 020000000042").toArray())
                .array());
    }

    private static String hex(Bytes bytes) {
        return java.util.HexFormat.of().formatHex(bytes.toArray());
    }

    private void send(IpAddress from, int hopLimit, int code, Bytes body) {
        net.send(new Icmpv6Message(Icmpv6Message.REDIRECT, code, 0, body)
                .packet(from, LINK_LOCAL)
                .withHopLimit(hopLimit));
    }

    /** RFC 4861 section 8.3: with the destination as target it is a neighbour, whatever its prefix. */
    @Test
    @Requirement("RFC 4861 8.3-2")
    void redirect_toTheDestinationItself_isANeighbor() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(1800, prefix(0xc0, HOUR, HOUR));
        send(ROUTER, 255, 0, redirectBody(FAR, FAR));
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            Checks.frame(sendFar(endpoint), linkDestination(MacAddress.parse("02:00:00:00:00:42")));
        }
        assertTrue(net.nic.neighbors().list().stream()
                .anyMatch(entry -> entry.address().equals(FAR) && !entry.isRouter()));
    }

    /** RFC 4861 section 6.3.4: what a router says of its link address is no proof that it can be reached. */
    @Test
    @Requirement("RFC 4861 6.3.4-5")
    void advertisement_withLinkAddress_makesAStaleEntryOfARouter() {
        advertise(1800, "");
        assertTrue(net.nic.neighbors().list().stream()
                .anyMatch(entry -> entry.address().equals(ROUTER)
                        && entry.isRouter()
                        && entry.state().equals("STALE")
                        && ROUTER_MAC.equals(entry.linkAddress())));
    }

    /** RFC 4861 section 6.3.5: what went by a router that is no default router any more finds another way. */
    @Test
    @Requirement("RFC 4861 6.3.5-1")
    void router_whoseLifetimeEnded_isNotUsedByWhatIsConnected() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        advertise(ROUTER, 30, 0b01, prefix(0xc0, HOUR, HOUR));
        advertise(OTHER_ROUTER, 1800, 0b00, "");
        net.nic.neighbors().setStatic(OTHER_ROUTER, MacAddress.parse("02:00:00:00:00:42"));
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.connect(new FullAddress(FAR, 9));
            Checks.frame(sendFar(endpoint), linkDestination(ROUTER_MAC));
            net.advance(30 * SECOND);
            Checks.frame(sendFar(endpoint), linkDestination(MacAddress.parse("02:00:00:00:00:42")));
        }
    }

    /** RFC 4861 section 6.3.7: hosts that start together do not ask together. */
    @Test
    @Requirement("RFC 4861 6.3.7-2")
    void start_firstSolicitation_waitsForUpToASecond() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        assertEquals(0, solicitationsWithin(1_000_000));
        assertEquals(1, solicitationsWithin(SECOND));
    }

    /** RFC 4861 section 8.2: a router finds its ways by itself. */
    @Test
    @Requirement("RFC 4861 8.2-3")
    void redirect_toARouter_isNotFollowed() throws StackException {
        restart(Ipv6Settings.DEFAULT.withDadTransmits(0));
        net.nic.addAddress(IpAddress.parse("2001:db8:1::7"), 64);
        net.nic.setForwarding(false, true);
        net.nic.neighbors().setStatic(ROUTER, ROUTER_MAC);
        net.stack.routes().add(Subnet.V6_ALL, ROUTER, net.nic);
        send(ROUTER, 255, 0, redirectBody(OTHER_ROUTER, FAR));
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            Checks.frame(sendFar(endpoint), linkDestination(ROUTER_MAC));
        }
    }

    /** RFC 4862 section 5.1: DupAddrDetectTransmits. */
    @Test
    @Requirement("RFC 4862 5.1-1")
    void dadTransmits_decideHowLongAnAddressIsChecked() throws StackException {
        assertEquals(1, Ipv6Settings.DEFAULT.dadTransmits());
        for (int probes : new int[] {0, 1, 3}) {
            restart(Ipv6Settings.DEFAULT.withDadTransmits(probes).withRouterDiscovery(false));
            net.advance(10 * SECOND);
            long sent = net.frames().stream()
                    .filter(frame -> frame[54] == (byte) Icmpv6Message.SOLICITATION)
                    .count();
            assertEquals(probes, sent);
            assertEquals(AddressState.PREFERRED, net.nic.addresses().get(0).state());
        }
    }
}
