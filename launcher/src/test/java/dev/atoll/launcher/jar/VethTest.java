package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs on an interface that is there, which the host has back afterwards, and on a pair of the launcher's own. */
@Tag("jar")
@Timeout(240)
class VethTest {
    private static final String NEIGHBOUR = "10.5.0.1";
    private static final String BEYOND6 = "2001:db8::1";
    private static final String NEIGHBOUR6 = "fd05::1";
    private static final List<String> TAKE = List.of("--link", "veth:eth7");
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    Path directory;

    /** Where the launcher runs, and has eth7. */
    private HostSide host;

    /** The neighbour across the pair, and {@link HostSide#ADDRESS} behind it. */
    private HostSide neighbour;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @BeforeEach
    void makePair() throws Exception {
        Needs.veth();
        host = new HostSide();
        neighbour = new HostSide();
        // The program is to reach that address through its route.
        host.inside("ip", "address", "flush", "dev", "lo");
        host.inside("ip", "link", "add", "eth7", "type", "veth", "peer", "name", "far0", "netns", neighbour.name());
        neighbour.inside("ip", "address", "add", NEIGHBOUR + "/24", "dev", "far0");
        neighbour.inside("ip", "address", "add", "10.6.0.1", "peer", "10.6.0.2/32", "dev", "far0");
        neighbour.inside("ip", "link", "set", "far0", "up");
        neighbour.inside("ip", "address", "add", NEIGHBOUR6 + "/64", "dev", "far0", "nodad");
        neighbour.inside("ip", "address", "add", BEYOND6 + "/128", "dev", "lo");
        // A link-local address changes by itself some time after the interface came up.
        host.inside("ip", "link", "set", "eth7", "mtu", "1400", "addrgenmode", "none", "up");
        addIpv6("fd05::2");
        for (String each : List.of(
                "address add 10.5.0.2/24 broadcast + dev eth7",
                "address add 10.5.0.7/24 dev eth7 label eth7:two",
                "address add 10.6.0.2 peer 10.6.0.1/32 dev eth7",
                "address add 10.7.0.2/24 dev eth7 noprefixroute metric 7",
                "route add 192.0.2.0/24 via 10.5.0.1 metric 77 mtu lock 1300 src 10.5.0.7",
                "route add 192.0.2.0/24 via 10.5.0.9 metric 99",
                "route add 169.254.1.1 dev eth7 scope link",
                "route add 198.51.100.0/24 via 169.254.1.1 dev eth7 onlink table 99",
                "-6 route add 2001:db8::/32 via fd05::1 dev eth7")) {
            String[] words = ("ip " + each).split(" ", -1);
            host.inside(words);
        }
        host.inside("sh", "-c", "cd /proc/sys/net; echo 1 >ipv4/conf/eth7/rp_filter; echo 0 >ipv6/conf/eth7/accept_ra");
    }

    @AfterEach
    void remove() throws Exception {
        if (neighbour != null) {
            neighbour.close();
            host.close();
        }
    }

    /** The kernel makes the route to an own address by itself, some time after it has the address. */
    private void addIpv6(String address, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("ip", "address", "add", address + "/64", "dev", "eth7", "nodad"));
        command.addAll(List.of(more));
        host.inside(command.toArray(new String[0]));
        long start = System.nanoTime();
        while (!host.inside("ip", "-6", "route", "show", "table", "local").contains("local " + address + " ")) {
            assertTrue(System.nanoTime() - start < LIMIT_NS, address);
        }
    }

    private Atoll atoll() throws IOException {
        return new Atoll(directory).behind(host.prefix());
    }

    private void awaitState(String expected) throws Exception {
        long start = System.nanoTime();
        String state = host.state();
        while (!state.equals(expected) && System.nanoTime() - start < LIMIT_NS) {
            state = host.state();
        }
        assertEquals(expected, state);
    }

    private boolean hasInterface() throws Exception {
        return host.inside("ip", "-o", "link").contains(" eth7@");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void taken_theProgramHasItsAddressesAndRoutes_underThePolicy_andTheHostHasItBack(int feature) throws Exception {
        Needs.needsCommand("iptables", "iptables");
        neighbour.serve("8080", "8081");
        // What the program says it takes is what the route's MTU leaves.
        String other = "-A INPUT -p tcp --syn -d " + HostSide.ADDRESS + " -m tcpmss ! --mss 1260 -j REJECT";
        neighbour.inside(("iptables " + other).split(" ", -1));
        String before = host.state();
        Atoll atoll = atoll().on(Jdks.require(feature));
        Path rules = atoll.file(
                "a.rules",
                "*filter",
                "-A OUTPUT -p tcp --dport 8081 -j REJECT --reject-with icmp-admin-prohibited",
                // The route there has another source than the one chosen without it.
                "-A OUTPUT -s 10.5.0.2 -d " + HostSide.ADDRESS + " -j REJECT",
                "COMMIT");
        Path status = atoll.path("status.json");
        List<String> options =
                List.of("--link", "veth:eth7", "--policy", rules.toString(), "--status-file", status.toString());
        try (Running running = atoll.startProbe(
                options,
                "tcp:" + NEIGHBOUR + ":8080",
                "tcp:" + HostSide.ADDRESS + ":8080",
                "tcp:10.6.0.1:8080",
                "udp:" + NEIGHBOUR + ":8080",
                "tcp:" + NEIGHBOUR + ":8081",
                "tcp:" + NEIGHBOUR6 + ":8080",
                "say:done",
                "await:" + atoll.path("enough"))) {
            running.awaitOutput("done");
            assertFalse(hasInterface(), "it is the program's");
            Json json = Json.read(status);
            assertEquals("veth:eth7", json.text("link"));
            assertEquals("10.5.0.2/24", json.text("address"));
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            assertTrue(result.line("tcp:" + NEIGHBOUR + ":8080=").contains("=hello"), result::toString);
            assertTrue(result.line("tcp:" + HostSide.ADDRESS).contains("=hello"), result::toString);
            assertTrue(result.line("tcp:10.6.0.1").contains("=hello"), result::toString);
            assertTrue(result.line("udp:" + NEIGHBOUR).contains("=ping"), result::toString);
            assertTrue(result.line("tcp:" + NEIGHBOUR + ":8081").contains("a.rules:2: -A OUTPUT"), result::toString);
            // Nobody wrote rules for it.
            assertTrue(result.line("tcp:" + NEIGHBOUR6).contains("no IPv6 policy given"), result::toString);
            assertTrue(
                    result.stderr().contains("a.rules has only IPv4 rules), so IPv6 stays closed"), result::toString);
            assertTrue(
                    result.stderr().contains("atoll: denied tcp [fd05::2]:")
                            && result.stderr().contains(" -> [fd05::1]:8080: "),
                    result::toString);
            assertFalse(result.stderr().contains("icmpv6"), result::toString);
        }
        // At once: the launcher has waited for it.
        assertEquals(before, host.state());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void taken_theProgramHasItsIpv6AddressesAndRoutes_andTheHostHasItBack(int feature) throws Exception {
        neighbour.serve("8080");
        addIpv6("fd05::7", "preferred_lft", "0");
        addIpv6("fe80::7");
        String before = host.state();
        Atoll atoll = atoll().on(Jdks.require(feature));

        Result result = atoll.runProbe(
                        TAKE,
                        "tcp:" + NEIGHBOUR6 + ":8080",
                        "udp:" + NEIGHBOUR6 + ":8080",
                        "tcp:" + BEYOND6 + ":8080",
                        "tcp:" + NEIGHBOUR + ":8080",
                        "addresses:eth0",
                        "families")
                .assertExit(0);

        assertEquals(
                "families= socket 127.0.0.1 ::1 channel 127.0.0.1 ::1 ipv4 127.0.0.1 not ::1", result.line("families"));
        assertTrue(result.line("tcp:" + NEIGHBOUR6).contains("=hello"), result::toString);
        assertTrue(result.line("udp:" + NEIGHBOUR6).contains("=ping"), result::toString);
        assertTrue(result.line("tcp:" + BEYOND6).contains("=hello"), result::toString);
        assertTrue(result.line("tcp:" + NEIGHBOUR + ":").contains("=hello"), result::toString);
        String addresses = result.line("addresses:eth0=");
        assertTrue(
                addresses.contains(" fd05:0:0:0:0:0:0:2/64 ") && addresses.contains(" fe80:0:0:0:0:0:0:7/64 "),
                addresses);
        assertFalse(addresses.contains("fd05:0:0:0:0:0:0:7"), addresses);
        assertEquals(before, host.state());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void taken_withIpv6Alone_isAllTheProgramHas_andTheHostHasItBack(int feature) throws Exception {
        neighbour.serve("8080");
        host.inside("ip", "-4", "address", "flush", "dev", "eth7");
        String before = host.state();
        Atoll atoll = atoll().on(Jdks.require(feature));
        Path status = atoll.path("status.json");

        Result result = atoll.runProbe(
                        List.of("--link", "veth:eth7", "--status-file", status.toString()),
                        "tcp:" + NEIGHBOUR6 + ":8080",
                        "udp:" + NEIGHBOUR6 + ":8080",
                        "tcp:" + BEYOND6 + ":8080",
                        "short:" + NEIGHBOUR + ":8080",
                        "addresses:eth0",
                        "families")
                .assertExit(0);

        assertTrue(result.line("tcp:" + NEIGHBOUR6).contains("=hello"), result::toString);
        assertTrue(result.line("udp:" + NEIGHBOUR6).contains("=ping"), result::toString);
        assertTrue(result.line("tcp:" + BEYOND6).contains("=hello"), result::toString);
        assertTrue(result.line("short:" + NEIGHBOUR).contains("Network is unreachable"), result::toString);
        String addresses = result.line("addresses:eth0=");
        assertTrue(addresses.contains(" fd05:0:0:0:0:0:0:2/64 ") && !addresses.contains("10.5.0."), addresses);
        assertEquals(
                "families= socket 127.0.0.1 ::1 channel 127.0.0.1 ::1 ipv4 127.0.0.1 not ::1", result.line("families"));
        assertEquals("fd05::2/64", Json.read(status).text("address"));
        assertEquals(before, host.state());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void taken_preferIpv4Stack_JavaSeesNoIpv6(int feature) throws Exception {
        neighbour.serve("8080");
        Result result = atoll().on(Jdks.require(feature))
                .programOption("-Djava.net.preferIPv4Stack=true")
                .runProbe(
                        TAKE,
                        "tcp:" + NEIGHBOUR + ":8080",
                        "short:" + NEIGHBOUR6 + ":8080",
                        "lookup:localhost",
                        "addresses:eth0",
                        "families")
                .assertExit(0);

        assertTrue(result.line("tcp:" + NEIGHBOUR).contains("=hello"), result::toString);
        assertTrue(result.line("short:" + NEIGHBOUR6).contains("Protocol family unavailable"), result::toString);
        assertTrue(result.line("lookup:localhost").contains("=127.0.0.1  ["), result::toString);
        String addresses = result.line("addresses:eth0=");
        assertTrue(addresses.contains(" 10.5.0.2/24 ") && !addresses.contains("fd05"), addresses);
        assertEquals(
                "families= socket 127.0.0.1 not ::1 channel 127.0.0.1 not ::1 ipv4 127.0.0.1 not ::1",
                result.line("families"));
    }

    @ParameterizedTest
    @CsvSource({"false,127.0.0.1 0:0:0:0:0:0:0:1", "true,0:0:0:0:0:0:0:1 127.0.0.1", "system,0:0:0:0:0:0:0:1 127.0.0.1"
    })
    void taken_preferIpv6Addresses_isTheOrderOfANamesAddresses(String preferred, String addresses) throws Exception {
        for (int feature : jdks()) {
            Result result = atoll().on(Jdks.require(feature))
                    .programOption("-Djava.net.preferIPv6Addresses=" + preferred)
                    .runProbe(TAKE, "lookup:localhost")
                    .assertExit(0);
            assertTrue(result.line("lookup:localhost").contains("=" + addresses + "  ["), result::toString);
        }
    }

    @Test
    void taken_otherJvmsHaveLoopbackAlone_andThatIsSaid() throws Exception {
        Atoll atoll = atoll();
        Path status = atoll.path("status.json");
        String connect = "short:" + NEIGHBOUR + ":9";
        try (Running running = atoll.startProbe(
                List.of("--link", "veth:eth7", "--status-file", status.toString()),
                connect,
                "jvm:" + connect + ",say:last,await:" + atoll.path("enough"))) {
            JvmsTest.assertLoopbackAlone(running, status, "veth:eth7");
            atoll.file("enough");
            running.result().assertExit(0);
        }
    }

    /** RFC 8200 section 5. */
    @Test
    void taken_mtuTooSmallForIpv6_isRefusedUnlessIpv6IsLeftOut() throws Exception {
        // The kernel takes the addresses of an interface that becomes so small.
        host.inside("ip", "link", "set", "eth7", "mtu", "1279");
        List<String> chosen = List.of("--link", "veth:eth7", "--address6", "fd05::2/64");

        Result refused = atoll().runProbe(chosen, "say:never").assertExit(120);
        assertEquals("atoll: mtu is 1279, IPv6 needs 1280; --address6 none if it is not needed\n", refused.stderr());
        atoll().runProbe(TAKE, "say:IPv4").assertExit(0);

        neighbour.serve("8080");
        host.inside("ip", "link", "set", "eth7", "mtu", "1280");
        Result taken = atoll().runProbe(chosen, "tcp:" + NEIGHBOUR6 + ":8080").assertExit(0);
        assertTrue(taken.line("tcp:").contains("=hello"), taken::toString);
    }

    @Test
    void pair_mtuTooSmallForIpv6_isRefused() throws Exception {
        String before = host.state();
        Atoll atoll = atoll();
        String config = atoll.file("small.conf", "atoll.mtu = 1279").toString();
        Result refused = atoll.runProbe(
                        List.of("--config", config, "--link", "veth", "--address6", "free"), "say:never")
                .assertExit(120);
        assertEquals("atoll: mtu is 1279, IPv6 needs 1280; --address6 none if it is not needed\n", refused.stderr());
        assertEquals(before, host.state());
    }

    /** And nothing is said of a family that is not there. Without an address on the link there is still {@code ::1}. */
    @ParameterizedTest
    @CsvSource({"--address6=none, Network is unreachable, true", "--ipv6=off, Protocol family unavailable, false"})
    void taken_withoutIpv6IfTheUserSaysSo(String option, String error, boolean loopback) throws Exception {
        Atoll atoll = atoll();
        Path rules = atoll.file("a.rules", "*filter", "-A OUTPUT -p tcp --dport 81 -j REJECT", "COMMIT");
        Result result = atoll.runProbe(
                        List.of("--link", "veth:eth7", option, "--policy", rules.toString()),
                        "short:" + NEIGHBOUR6 + ":8080",
                        "addresses:eth0",
                        "addresses:lo")
                .assertExit(0);
        assertTrue(result.line("short:").contains(error), result::toString);
        assertFalse(result.line("addresses:eth0").contains("fd05"), result::toString);
        assertEquals(loopback, result.line("addresses:lo").contains("0:0:0:1"), result::toString);
        assertEquals("", result.stderr());
    }

    @Test
    void pair_withIpv6_leadsToTheHost_atOnce() throws Exception {
        host.inside("ip", "address", "add", BEYOND6 + "/128", "dev", "lo");
        host.inside("ip", "route", "add", "blackhole", "fd61:746f:6c6c::/64");
        host.serve("8080");
        String before = host.state();
        Atoll atoll = atoll();
        try (Running running = atoll.startProbe(
                List.of("--link", "veth", "--address6", "free"),
                "short:fd61:746f:6c6c:1::1:8080",
                "short:" + BEYOND6 + ":8080",
                "say:done",
                "await:" + atoll.path("enough"))) {
            running.awaitOutput("done");
            String address = host.inside("ip", "-o", "-6", "address", "show", "dev", "atoll0", "scope", "global");
            assertTrue(address.contains("inet6 fd61:746f:6c6c:1::1/64 "), address);
            for (String off : List.of("accept_ra", "autoconf", "disable_ipv6", "forwarding")) {
                assertEquals(
                        "0",
                        host.inside("cat", "/proc/sys/net/ipv6/conf/atoll0/" + off)
                                .strip(),
                        off);
            }
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            assertTrue(result.line("short:fd61").contains("=hello"), result::toString);
            assertTrue(result.line("short:" + BEYOND6).contains("=hello"), result::toString);
        }
        assertEquals(before, host.state());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "veth:eth7 | free | link veth:eth7: what is free on its network is not known here; give the program an --address6"
                        + " ADDRESS/LENGTH",
                "none | free | address6: the link none carries no IPv6; use --link tap or veth",
                "veth | fd05::9/64 | address6: the host has a route to fd05::/64 through eth7, which overlaps fd05::/64; choose"
                        + " another --address6",
            })
    void ipv6_thatCannotBe_isRefused(String link, String address, String message) throws Exception {
        Result result = atoll().runProbe(List.of("--link", link, "--address6", address), "say:never")
                .assertExit(120);
        assertEquals("atoll: " + message + "\n", result.stderr());
    }

    /** The kernel's own stack is in the namespace that holds the interface, and must not answer the program's neighbours. */
    @Test
    void taken_theKernelHasNeitherAddressNorArpNorIpv6There() throws Exception {
        try (Running running = atoll().startProbe(TAKE, "say:done", "wait")) {
            running.awaitOutput("done");
            String namespace = "--net=/proc/" + watcher() + "/fd/4";
            String links = host.inside("nsenter", namespace, "ip", "-o", "link");
            assertEquals(2, links.lines().count(), links);
            assertTrue(links.contains(" eth7@") && links.contains("NOARP"), links);
            assertTrue(links.contains(",UP"), links);
            assertEquals("", host.inside("nsenter", namespace, "ip", "-o", "address"));
            assertEquals("", host.inside("nsenter", namespace, "ip", "-6", "route", "show", "table", "all"));
            running.signal("TERM").result();
        }
    }

    private String watcher() throws Exception {
        return host.inside("pgrep", "-o", "-f", "-x", "sh -c .* atoll-interface-eth7 .*")
                .strip();
    }

    @Test
    void taken_launcherKilledAsSoonAsItHasIt_isGivenBack() throws Exception {
        String before = host.state();
        try (Running running = atoll().startProbe(TAKE, "wait")) {
            long start = System.nanoTime();
            while (hasInterface()) {
                assertTrue(running.isAlive() && System.nanoTime() - start < LIMIT_NS, "it was not taken");
            }
            running.signal("KILL");
        }
        awaitState(before);
    }

    @Test
    void taken_launcherKilledWhileTheProgramRuns_isGivenBack_andNothingIsLeft() throws Exception {
        neighbour.serve("8080");
        String before = host.state();
        try (Running running = atoll().startProbe(TAKE, "tcp:" + NEIGHBOUR + ":8080", "say:done", "wait")) {
            running.awaitOutput("done");
            running.signal("KILL");
        }
        awaitState(before);
        assertFalse(Needs.succeeds("pgrep", "-f", "-x", "sh -c .* atoll-interface-eth7 .*"), "the watcher has ended");
        // And nobody is in the way of the next.
        atoll().runProbe(TAKE, "tcp:" + NEIGHBOUR + ":8080").assertExit(0);
        assertEquals(before, host.state());
    }

    @Test
    void taken_nameGoneMeanwhile_isGivenBackUnderAnother_andSaid() throws Exception {
        Atoll atoll = atoll();
        try (Running running = atoll.startProbe(TAKE, "say:done", "await:" + atoll.path("enough"))) {
            running.awaitOutput("done");
            host.inside("ip", "link", "add", "eth7", "type", "bridge");
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            assertTrue(
                    result.stderr().contains("atoll: eth7 was not given back as it was: it is called atoll"),
                    result::toString);
        }
        String addresses = host.inside("ip", "-o", "-4", "address");
        assertTrue(
                addresses.lines().anyMatch(line -> line.matches("\\d+: atoll\\d+ +inet 10\\.5\\.0\\.2/24 .*")),
                addresses);
    }

    @Test
    void taken_interfaceGoneWhileTheProgramRuns_endsTheRun() throws Exception {
        try (Running running = atoll().startProbe(TAKE, "say:done", "wait")) {
            running.awaitOutput("done");
            neighbour.inside("ip", "link", "delete", "far0");
            Result result = running.result().assertExit(122);
            assertTrue(
                    result.stderr().contains("atoll: the link has ended: the interface cannot be read"),
                    result::toString);
        }
    }

    @Test
    void taken_bySomebody_isRefused() throws Exception {
        try (Running running = atoll().startProbe(TAKE, "say:done", "wait")) {
            running.awaitOutput("done");
            Path second = Files.createDirectory(directory.resolve("second"));
            Result result = new Atoll(second)
                    .behind(host.prefix())
                    .runProbe(TAKE, "say:never")
                    .assertExit(120);
            assertEquals("atoll: link veth:eth7: another sandbox has it, or is giving it back\n", result.stderr());
            running.signal("TERM").result();
        }
    }

    @Test
    void defaultRoute_isRefusedUnlessMeant() throws Exception {
        neighbour.serve("8080");
        host.inside("ip", "route", "delete", "192.0.2.0/24");
        host.inside("ip", "route", "delete", "192.0.2.0/24");
        host.inside("ip", "route", "add", "default", "via", NEIGHBOUR);
        String before = host.state();

        Result refused = atoll().runProbe(TAKE, "say:never").assertExit(120);
        assertEquals(
                "atoll: link veth:eth7: a default route of this host goes through it, by 10.5.0.1, which would be gone while"
                        + " the program runs; --take-default if that is meant\n",
                refused.stderr());
        Result taken = atoll().runProbe(
                        List.of("--link", "veth:eth7", "--take-default"), "tcp:" + HostSide.ADDRESS + ":8080")
                .assertExit(0);
        assertTrue(taken.line("tcp:").contains("=hello"), taken::toString);
        assertEquals(before, host.state());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "link set eth7 down | it is down; ip link set dev eth7 up",
                "link delete eth7 | there is no such interface here; there are lo",
                "link add link eth7 name up5 type macvlan | the macvlan up5 is on top of it and would go; ip link delete up5",
                "address flush dev eth7 | it has no address that others can reach; give it one, or the program with --address"
                        + " ADDRESS/LENGTH",
                "route add 198.18.0.0/24 nexthop via 10.5.0.1 nexthop via 10.5.0.9 | its route to 198.18.0.0/24 goes several"
                        + " ways at once, which Atoll cannot give back; remove it first",
            })
    void whatCannotBeTaken_isRefused(String change, String message) throws Exception {
        host.inside(("ip " + change).split(" ", -1));
        String before = host.state();

        Result result = atoll().runProbe(TAKE, "say:never").assertExit(120);

        assertEquals("atoll: link veth:eth7: " + message + "\n", result.stderr());
        assertEquals(before, host.state());
    }

    @Test
    void whatIsNoEthernetInterfaceOfItsOwn_isRefused() throws Exception {
        Result loopback =
                atoll().runProbe(List.of("--link", "veth:lo"), "say:never").assertExit(120);
        assertEquals("atoll: link veth:lo: it is no Ethernet interface\n", loopback.stderr());

        host.inside("ip", "link", "add", "br0", "type", "bridge");
        host.inside("ip", "link", "set", "eth7", "master", "br0");
        Result port = atoll().runProbe(TAKE, "say:never").assertExit(120);
        assertEquals(
                "atoll: link veth:eth7: it belongs to br0, a bridge or the like; ip link set dev eth7 nomaster\n",
                port.stderr());
    }

    @Test
    void withoutPrivilege_saysWhatIsMissing() throws Exception {
        Result result = atoll().asOrdinaryUser().runProbe(TAKE, "say:never").assertExit(121);

        assertEquals(
                "atoll: link veth:eth7 needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN over the network namespace; run as"
                        + " root, or in one of your own (unshare --user --map-root-user --net), or use --link stream;"
                        + " missing are CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN\n",
                result.stderr());
    }

    /** Where the queues cannot be as large as they should, and nobody has rights over the host. */
    @Test
    void namespacesOfTheUsersOwn_needNoPrivilege() throws Exception {
        String setUp = "ip link add eth7 type veth peer name far0; ip address add 10.5.0.2/24 dev eth7;"
                + "ip link set far0 up; ip link set eth7 up; \"$@\" && ip -o -4 address show dev eth7";
        List<String> own = List.of("unshare", "--user", "--map-root-user", "--net", "sh", "-ec", setUp, "sh");
        for (String link : List.of("veth:eth7", "veth")) {
            Result result = new Atoll(directory)
                    .asOrdinaryUser()
                    .behind(own)
                    .runProbe(List.of("--link", link), "say:inside")
                    .assertExit(0);
            assertEquals("inside", result.stdout().lines().findFirst().orElse(""), result::toString);
            assertTrue(result.stdout().contains("inet 10.5.0.2/24 "), result::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void pair_leadsToTheHost_andGoesWithTheProgram(int feature) throws Exception {
        host.serve("8080");
        String before = host.state();
        Atoll atoll = atoll().on(Jdks.require(feature));
        Path status = atoll.path("status.json");
        try (Running running = atoll.startProbe(
                List.of("--link", "veth", "--address", "10.9.8.7/24", "--status-file", status.toString()),
                "tcp:10.9.8.1:8080",
                "say:done",
                "await:" + atoll.path("enough"))) {
            running.awaitOutput("done");
            assertEquals("veth:atoll0", Json.await(status).text("link"));
            String address = host.inside("ip", "-o", "address", "show", "dev", "atoll0");
            assertTrue(address.contains("inet 10.9.8.1/24 ") && address.lines().count() == 1, address);
            assertEquals(
                    "1",
                    host.inside("cat", "/proc/sys/net/ipv4/conf/atoll0/rp_filter")
                            .strip());
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            assertTrue(result.line("tcp:").contains("=hello"), result::toString);
        }
        assertEquals(before, host.state());
    }

    @Test
    void pair_launcherKilled_goes() throws Exception {
        String before = host.state();
        try (Running running = atoll().startProbe(List.of("--link", "veth"), "say:done", "wait")) {
            running.awaitOutput("done");
            assertTrue(host.inside("ip", "-o", "link").contains(" atoll0@"));
            running.signal("KILL");
        }
        awaitState(before);
    }
}
