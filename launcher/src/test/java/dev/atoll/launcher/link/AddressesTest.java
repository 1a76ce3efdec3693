package dev.atoll.launcher.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.link.HostRoutes.Route;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets which address, and which are taken. */
class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "10.66.0.2/24,            , 10.66.0.1",
        "10.66.0.1/24,            , 10.66.0.2",
        "10.66.0.2/24,  10.66.0.254, 10.66.0.254",
        "10.66.0.2/30,            , 10.66.0.1",
        "10.66.3.9/1,             , 0.0.0.1",
    })
    void router_isTheFirstOtherHostUnlessChosen(String address, String router, String expected) throws Exception {
        AddressPlan plan = AddressPlan.of(address(address), router == null ? null : IpAddress.parse(router));

        assertEquals(IpAddress.parse(expected), plan.router());
        assertEquals(address(address), plan.program());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.66.0.0/24   |           | address 10.66.0.0/24 is the network's or broadcast address of 10.66.0.0/24",
                "10.66.0.255/24 |           | address 10.66.0.255/24 is the network's or broadcast address of 10.66.0.0/24",
                "10.66.0.2/31   |           | address 10.66.0.2/31: the prefix length must be 1 to 30, to hold a router",
                "10.66.0.2/24   | 10.66.1.1 | router 10.66.1.1 is not another host of the program's subnet 10.66.0.0/24",
                "10.66.0.2/24   | 10.66.0.2 | router 10.66.0.2 is not another host of the program's subnet 10.66.0.0/24",
                "10.66.0.2/24   | 10.66.0.0 | router 10.66.0.0 is not another host of the program's subnet 10.66.0.0/24",
                "10.66.0.2/24   | fe80::1   | router fe80::1 is not another host of the program's subnet 10.66.0.0/24",
                "fd00::2/64     |           | address fd00::2/64 is an IPv6 address; give it with --address6",
            })
    void addresses_thatCannotBeNeighbours_areRefused(String address, String router, String message) {
        LaunchException failure = assertThrows(
                LaunchException.class,
                () -> AddressPlan.of(address(address), router == null ? null : IpAddress.parse(router)));

        assertEquals(message, failure.line());
        assertEquals(ExitCode.CONFIGURATION, failure.exitCode());
    }

    @ParameterizedTest
    @CsvSource({
        "fd00::2/64,       , fd00::1",
        "fd00::1/64,       , fd00::2",
        "fd00::2/64, fd00::ff, fd00::ff",
        "fd00::7/126,      , fd00::5",
    })
    void ipv6Router_isTheFirstOtherHostUnlessChosen(String address, String router, String expected) throws Exception {
        AddressPlan plan = AddressPlan.ofIpv6(address(address), router == null ? null : IpAddress.parse(router));

        assertEquals(IpAddress.parse(expected), plan.router());
        assertEquals(address(address), plan.program());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.66.0.2/24 |         | address6 10.66.0.2/24 is not an IPv6 address that others can reach",
                "fe80::2/64   |         | address6 fe80::2/64 is not an IPv6 address that others can reach",
                "ff02::1/64   |         | address6 ff02::1/64 is not an IPv6 address that others can reach",
                "::1/64       |         | address6 ::1/64 is not an IPv6 address that others can reach",
                "fd00::2/127  |         | address6 fd00::2/127: the prefix length must be 1 to 126, to hold a router",
                "fd00::/64    |         | address6 fd00::/64 is the address of any router of fd00::/64",
                "fd00::2/64   | fd01::1 | router6 fd01::1 is not another host of the program's subnet fd00::/64",
                "fd00::2/64   | fd00::2 | router6 fd00::2 is not another host of the program's subnet fd00::/64",
                "fd00::2/64   | fd00::  | router6 fd00:: is not another host of the program's subnet fd00::/64",
            })
    void ipv6Addresses_thatCannotBeNeighbours_areRefused(String address, String router, String message) {
        LaunchException failure = assertThrows(
                LaunchException.class,
                () -> AddressPlan.ofIpv6(address(address), router == null ? null : IpAddress.parse(router)));

        assertEquals(message, failure.line());
        assertEquals(ExitCode.CONFIGURATION, failure.exitCode());
    }

    @Test
    void ipv6Routes_areReadFromTheKernelsTable_withoutDefaultRouteAndGroups() {
        String zero = "00000000000000000000000000000000";
        String rest = " " + zero + " 00 " + zero + " 00000400 00000001 00000000 00000001     eth0";
        List<Route> routes = HostRoutes.parseIpv6(List.of(
                "fd610000000000000000000000000000 10" + rest,
                "fd000000000000000000000000000002 80" + rest,
                zero + " 00" + rest,
                "ff000000000000000000000000000000 08" + rest,
                ""));

        assertEquals(
                List.of(new Route("eth0", Subnet.parse("fd61::/16")), new Route("eth0", Subnet.parse("fd00::2/128"))),
                routes);
    }

    @Test
    void freeIpv6Subnets_skipsRoutesAndWhatIsLeased_untilGivenBack() throws Exception {
        List<Route> routes = List.of(new Route("x", Subnet.parse("fd61:746f:6c6c::/63")));
        FreeSubnets.Lease first = FreeSubnets.takeIpv6(routes);
        try (FreeSubnets.Lease second = FreeSubnets.takeIpv6(routes)) {
            assertTrue(
                    Subnet.parse(FreeSubnets.IPV6_POOL).contains(first.subnet().network()));
            assertTrue(first.subnet().network().high()
                    >= IpAddress.parse("fd61:746f:6c6c:2::").high());
            assertTrue(
                    second.subnet().network().high() > first.subnet().network().high());
            assertEquals(64, second.subnet().prefixLength());
        }
        Subnet given = first.subnet();
        first.close();
        try (FreeSubnets.Lease again = FreeSubnets.takeIpv6(routes)) {
            assertEquals(given, again.subnet());
        }
    }

    @Test
    void routes_areReadFromTheKernelsTable_withoutDefaultRoute() {
        List<Route> routes = HostRoutes.parse(List.of(
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
                "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                "*\t0000420A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0",
                ""));

        assertEquals(
                List.of(new Route("eth0", Subnet.parse("192.0.2.0/24")), new Route("*", Subnet.parse("10.66.0.0/16"))),
                routes);
        assertEquals("a route to 192.0.2.0/24 through eth0", routes.get(0).description());
        assertEquals("a route to 10.66.0.0/16", routes.get(1).description());
    }

    @Test
    void ownAddresses_areReadFromTheKernelsTries_once() {
        List<String> local = List.of(
                "Local:",
                "  +-- 0.0.0.0/0 3 0 5",
                "     +-- 127.0.0.0/31 1 0 0",
                "        |-- 127.0.0.0",
                "           /8 host LOCAL",
                "        |-- 127.0.0.1",
                "           /32 host LOCAL",
                "     |-- 192.0.2.2",
                "        /32 host LOCAL",
                "     |-- 192.0.2.255",
                "        /32 link BROADCAST");
        List<Route> addresses = HostRoutes.parseAddresses(
                java.util.stream.Stream.concat(local.stream(), local.stream()).toList());

        assertEquals(
                List.of(Route.toHost(IpAddress.parse("127.0.0.1")), Route.toHost(IpAddress.parse("192.0.2.2"))),
                addresses);
        assertEquals("the address 192.0.2.2", addresses.get(1).description());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.66.0.0/30, true",
        "10.66.0.0/30, 10.0.0.0/8, true",
        "10.66.0.0/30, 10.66.0.4/30, false",
        "192.0.2.1/32, 192.0.2.0/24, true",
    })
    void routes_overlap_ifOneContainsTheOther(String a, String b, boolean expected) {
        assertEquals(expected, new Route("x", Subnet.parse(a)).overlaps(Subnet.parse(b)));
    }

    @Test
    void freeSubnets_skipsRoutesAndWhatIsLeased_untilGivenBack() throws Exception {
        List<Route> routes = List.of(new Route("x", Subnet.parse("10.66.0.0/23")));
        FreeSubnets.Lease first = FreeSubnets.take(routes);
        try (FreeSubnets.Lease second = FreeSubnets.take(routes)) {
            assertTrue(first.subnet().network().v4Bits()
                    >= IpAddress.parse("10.66.2.0").v4Bits());
            assertTrue(second.subnet().network().v4Bits()
                    > first.subnet().network().v4Bits());
            assertEquals(30, second.subnet().prefixLength());
        }
        Subnet given = first.subnet();
        first.close();
        try (FreeSubnets.Lease again = FreeSubnets.take(routes)) {
            assertEquals(given, again.subnet());
        }
    }

    @Test
    void freeSubnets_noneLeft_saysWhatToDo() {
        LaunchException failure = assertThrows(
                LaunchException.class, () -> FreeSubnets.take(List.of(new Route("x", Subnet.parse("10.0.0.0/8")))));

        assertEquals("no free /30 is left in 10.66.0.0/17; give one with --address ADDRESS/LENGTH", failure.line());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "carrier-pigeon | link: there is no kind \"carrier-pigeon\"; there are tap, veth, stream, none, demo",
                "tap:a/b        | link tap:a/b: a device's name has 1 to 15 letters, digits, dots, dashes, underscores",
                "veth:a/b       | link veth:a/b: a device's name has 1 to 15 letters, digits, dots, dashes, underscores",
                "tap:1234567890123456 | link tap:1234567890123456: a device's name has 1 to 15 letters, digits, dots, dashes, underscores",
                "stream:x       | link stream:x: the link stream takes nothing after a colon",
                "none:x         | link none:x: the link none takes nothing after a colon",
                "auto:x         | link auto:x: the link auto takes nothing after a colon",
            })
    void links_unknownKindOrArgument_isRefused(String link, String message) {
        LaunchException failure = assertThrows(
                LaunchException.class,
                () -> Links.open(link, new LinkRequest("", null, null, Ipv6Request.AS_FOUND, 1500, true, false)));

        assertEquals(message, failure.line());
        assertEquals(ExitCode.CONFIGURATION, failure.exitCode());
    }

    @Test
    void noLink_withAnAddress_isRefused() {
        LaunchException failure = assertThrows(
                LaunchException.class,
                () -> Links.open(
                        "none",
                        new LinkRequest("", address("10.0.0.2/24"), null, Ipv6Request.AS_FOUND, 1500, true, false)));

        assertEquals("link none: there is no link that could have the address 10.0.0.2/24", failure.line());
    }

    @Test
    void stream_hasItsAddressesAndBothEnds() throws Exception {
        try (OpenLink link =
                Links.open("stream", new LinkRequest("", null, null, Ipv6Request.AS_FOUND, 1500, true, false))) {
            LinkAddresses addresses = assertNotNullAddresses(link);
            assertEquals("[10.66.0.2/30]", addresses.program().toString());
            assertEquals("10.66.0.1", String.valueOf(addresses.router()));
            assertTrue(link.programDescriptor() > 2);
            assertTrue(link.service().isPresent(), "the launcher serves the other end");
        }
    }

    private static LinkAddresses assertNotNullAddresses(OpenLink link) {
        LinkAddresses addresses = link.addresses();
        assertNotNull(addresses);
        return java.util.Objects.requireNonNull(addresses);
    }

    private static Address address(String text) {
        int slash = text.indexOf('/');
        return new Address(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }
}
