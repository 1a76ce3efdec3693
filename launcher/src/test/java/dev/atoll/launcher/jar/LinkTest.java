package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a TAP link does to the host it is made on, and what it finds taken there. */
@Tag("jar")
@Timeout(240)
class LinkTest {
    @TempDir
    Path directory;

    @BeforeEach
    void needTap() {
        Needs.tap();
    }

    @Test
    void tap_isMadeWhereTheLauncherIs_upWithTheRoutersAddress_andNothingElseChanges() throws Exception {
        try (HostSide host = new HostSide()) {
            host.serve("8080");
            String before = host.state();
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            Path status = atoll.path("status.json");
            try (Running running = atoll.startProbe(
                    List.of(
                            "--link",
                            "tap:mine0",
                            "--address",
                            "10.9.8.7/24",
                            "--router",
                            "10.9.8.254",
                            "--dns",
                            "10.9.8.253",
                            "--status-file",
                            status.toString()),
                    "tcp:10.9.8.254:8080",
                    "tcp:" + HostSide.ADDRESS + ":8080",
                    "say:done",
                    "await:" + atoll.path("enough"))) {
                running.awaitOutput("done");
                String device = host.inside("ip", "-o", "-4", "address", "show", "dev", "mine0");
                assertTrue(device.contains("inet 10.9.8.254/24 "), device);
                assertTrue(
                        host.inside("ip", "-o", "link", "show", "dev", "mine0").contains(",UP"), "it is up");
                assertEquals(before, without(host.state(), "mine0"), "all else is as it was");
                Json json = Json.await(status);
                assertEquals("tap:mine0", json.text("link"));
                assertEquals("10.9.8.7/24", json.text("address"));
                assertEquals("10.9.8.254", json.text("router"));
                assertEquals("[10.9.8.253]", json.text("dns"));
                atoll.file("enough");
                Result result = running.result().assertExit(0);
                assertTrue(result.line("tcp:10.9.8.254:8080=").contains("=hello"), result::toString);
                assertTrue(result.line("tcp:" + HostSide.ADDRESS).contains("=hello"), result::toString);
            }
            assertEquals(before, host.state(), "nothing is left");
        }
    }

    @Test
    void tap_twoSandboxesAtOnce_haveSubnetsOfTheirOwnBesideTheHostsRoutes() throws Exception {
        try (HostSide host = new HostSide()) {
            host.serve("8080");
            host.inside("ip", "route", "add", "blackhole", "10.66.0.0/30");
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            String enough = "await:" + atoll.path("enough");
            String server = "tcp:" + HostSide.ADDRESS + ":8080";
            try (Running one = atoll.startProbe(status(atoll, "one"), server, "say:done", enough);
                    Running two = atoll.startProbe(status(atoll, "two"), server, "say:done", enough)) {
                one.awaitOutput("done");
                two.awaitOutput("done");
                atoll.file("enough");
                assertTrue(one.result().assertExit(0).line(server).contains("=hello"));
                assertTrue(two.result().assertExit(0).line(server).contains("=hello"));
            }
            Json first = Json.read(atoll.path("one"));
            Json second = Json.read(atoll.path("two"));
            assertEquals(
                    List.of("10.66.0.10/30", "10.66.0.6/30"),
                    List.of(first.text("address"), second.text("address")).stream()
                            .sorted()
                            .toList());
            assertFalse(first.text("link").equals(second.text("link")), "devices of their own");
        }
    }

    @Test
    void tap_nameTaken_isRefused_andTheOthersDeviceLeftAlone() throws Exception {
        try (HostSide host = new HostSide()) {
            host.inside("ip", "tuntap", "add", "dev", "taken0", "mode", "tap");
            String before = host.state();
            Atoll atoll = new Atoll(directory).behind(host.prefix());

            Result result =
                    atoll.runProbe(List.of("--link", "tap:taken0"), "say:never").assertExit(120);
            assertTrue(
                    result.stderr().startsWith("atoll: no TAP device can be made: there is a device taken0 already"),
                    result::toString);
            Result loopback =
                    atoll.runProbe(List.of("--link", "tap:lo"), "say:never").assertExit(120);
            assertTrue(loopback.stderr().contains("there is a device lo already"), loopback::toString);
            assertEquals(before, host.state());
        }
    }

    @Test
    void tap_addressTaken_isRefusedWithWhoHasIt() throws Exception {
        try (HostSide host = new HostSide()) {
            host.inside("ip", "route", "add", "blackhole", "198.51.100.0/24");
            Atoll atoll = new Atoll(directory).behind(host.prefix());

            Result route = atoll.runProbe(List.of("--link", "tap", "--address", "198.51.100.6/30"), "say:never")
                    .assertExit(120);
            assertEquals(
                    "atoll: address: the host has a route to 198.51.100.0/24, which overlaps 198.51.100.4/30;"
                            + " choose another --address\n",
                    route.stderr());
            Result own = atoll.runProbe(List.of("--link", "tap", "--address", "192.0.2.6/24"), "say:never")
                    .assertExit(120);
            assertEquals(
                    "atoll: address: the host has the address 192.0.2.1, which overlaps 192.0.2.0/24;"
                            + " choose another --address\n",
                    own.stderr());
        }
    }

    /** A device that was made and is gone again has used up a number: the next one would not have the next number. */
    @Test
    void mistakes_makeNoDevice() throws Exception {
        try (HostSide host = new HostSide()) {
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            Path rules = atoll.file("a.rules", "*filter", "-A OUTPUT -j NONSENSE", "COMMIT");
            int before = nextNumber(host, "before0");
            atoll.runProbe(List.of("--link", "tap", "--policy", rules.toString()), "say:never")
                    .assertExit(120);
            atoll.runProbe(List.of("--link", "tap", "--timeout", "soon"), "say:never")
                    .assertExit(120);
            atoll.runProbe(List.of("--link", "tap", "--pcap", "/nonexistent/x.pcapng"), "say:never")
                    .assertExit(120);
            atoll.runProbe(List.of("--link", "tap", "--status-file", "/nonexistent/status"), "say:never")
                    .assertExit(120);
            atoll.run("run", "--link", "tap", "--", "/nonexistent/java").assertExit(127);
            assertEquals(before + 1, nextNumber(host, "after0"));
        }
    }

    private static List<String> status(Atoll atoll, String name) {
        return List.of("--link", "tap", "--status-file", atoll.path(name).toString());
    }

    private static String without(String state, String device) {
        StringBuilder rest = new StringBuilder();
        state.lines().filter(line -> !line.contains(device)).forEach(line -> rest.append(line)
                .append('\n'));
        return rest.toString();
    }

    private static int nextNumber(HostSide host, String device) throws IOException, InterruptedException {
        host.inside("ip", "tuntap", "add", "dev", device, "mode", "tap");
        return Integer.parseInt(
                host.inside("cat", "/sys/class/net/" + device + "/ifindex").strip());
    }
}
