package dev.atoll.runtime.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.runtime.host.Programs;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.TapLink;
import dev.atoll.stack.DhcpClient;
import dev.atoll.stack.DhcpListener;
import dev.atoll.stack.Nic;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** DHCP with a server that we did not write, dnsmasq, behind a TAP. */
@Timeout(120)
class DhcpServerTest {
    private static final IpAddress SERVER = IpAddress.parse("10.77.0.1");
    private static final Subnet POOL = Subnet.parse("10.77.0.0/24");
    private static final MacAddress OURS = MacAddress.parse("02:00:00:00:00:02");

    private static final MacAddress CONFLICT = MacAddress.parse("02:00:00:00:00:03");

    @TempDir
    Path folder;

    private HostNamespace namespace;
    private Sandbox sandbox;
    private Process server;

    /** A lease, or why there is none any more. */
    private record Event(
            @Nullable DhcpLease lease, @Nullable DhcpLoss loss) {}

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final DhcpListener listener = new DhcpListener() {
        @Override
        public void onLease(int nicId, DhcpLease lease) {
            events.add(new Event(lease, null));
        }

        @Override
        public void onLeaseLost(int nicId, DhcpLoss why) {
            events.add(new Event(null, why));
        }
    };

    @BeforeEach
    void open(TestInfo test) throws Exception {
        assumeTrue(Programs.isInstalled("dnsmasq"), "needs dnsmasq (apt-get install dnsmasq-base)");
        namespace = HostNamespace.open();
        HostDescriptor tap = HostDescriptor.adopt(namespace.call(() -> HostCalls.openTap("tap0")));
        namespace.run("ip", "address", "add", SERVER + "/24", "dev", "tap0");
        namespace.run("ip", "link", "set", "tap0", "up");
        MacAddress ours = test.getTags().contains("conflict") ? CONFLICT : OURS;
        sandbox = Sandbox.builder().link(new TapLink(tap, ours, 1500, true)).start();
        server = serve();
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
        if (sandbox != null) {
            sandbox.close();
            namespace.close();
        }
    }

    private Process serve() throws Exception {
        List<String> command = List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--port=0",
                "--no-ping",
                "--user=root",
                "--log-dhcp",
                "--log-facility=-",
                "--interface=tap0",
                "--bind-interfaces",
                "--dhcp-authoritative",
                // Its unicast answers would not leave the host that has the address already.
                "--dhcp-broadcast=tag:conflict",
                "--dhcp-mac=set:conflict," + CONFLICT,
                "--pid-file=" + folder.resolve("pid"),
                "--dhcp-leasefile=" + folder.resolve("leases"),
                "--dhcp-range=10.77.0.50,10.77.0.99,255.255.255.0,120s",
                "--dhcp-option=option:dns-server,10.77.0.2,10.77.0.3",
                "--dhcp-option=option:domain-name,example.org",
                "--dhcp-option=option:domain-search,example.org,lab.example.org",
                "--dhcp-option=option:mtu,1400",
                "--dhcp-option=option:classless-static-route,0.0.0.0/0,10.77.0.1,192.0.2.0/24,10.77.0.9");
        return namespace.call(() -> new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start());
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private DhcpClient start(int probes, @Nullable IpAddress previous) throws StackException {
        DhcpSettings settings = DhcpSettings.DEFAULT.withConflictProbes(probes).withHostName("box");
        return sandbox.stack().startDhcp(nic(), settings, previous, listener);
    }

    private Nic nic() {
        return sandbox.stack().nics().get(1);
    }

    private DhcpLease lease() throws Exception {
        Event event = events.poll(60, TimeUnit.SECONDS);
        assertNotNull(event, log());
        assertNotNull(event.lease(), event + "\n" + log());
        return event.lease();
    }

    private DhcpLoss loss() throws Exception {
        Event event = events.poll(30, TimeUnit.SECONDS);
        assertNotNull(event, log());
        assertNotNull(event.loss(), event + "\n" + log());
        return event.loss();
    }

    private void until(BooleanSupplier condition) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - endNs < 0, log());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private boolean isLogged(String text) {
        try {
            return log().contains(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From nothing to an address that the kernel reaches, with every option; then back, and again by its old address. */
    @Test
    void server_givesALease_takesItBack_andKnowsItsClient() throws Exception {
        try (DhcpClient client = start(1, null)) {
            DhcpLease lease = lease();
            assertTrue(POOL.contains(lease.address()));
            assertEquals(24, lease.prefixLength());
            assertEquals(SERVER, lease.server());
            assertEquals(120, lease.leaseSeconds());
            assertEquals(List.of(IpAddress.parse("10.77.0.2"), IpAddress.parse("10.77.0.3")), lease.dnsServers());
            assertEquals("example.org", lease.domain());
            assertEquals(List.of("example.org", "lab.example.org"), lease.searchDomains());
            assertEquals(1400, lease.mtuBytes());
            assertEquals(
                    List.of(
                            new DhcpLease.Route(Subnet.V4_ALL, SERVER),
                            new DhcpLease.Route(Subnet.parse("192.0.2.0/24"), IpAddress.parse("10.77.0.9"))),
                    lease.routes());
            assertTrue(nic().addresses().stream().anyMatch(address -> address.kind() == AddressKind.DHCP));
            namespace.run("ping", "-c", "1", "-W", "5", lease.address().toString());
            client.release();
            assertEquals(DhcpLoss.RELEASED, loss());
            until(() -> isLogged("DHCPRELEASE(tap0) " + lease.address()));
            try (DhcpClient again = start(0, lease.address())) {
                assertEquals(lease.address(), lease().address());
                assertEquals("BOUND", again.state());
            }
        }
    }

    /** An address of another net is refused, and another is got. */
    @Test
    void server_refusesAForeignAddress_andGivesAnother() throws Exception {
        try (DhcpClient client = start(0, IpAddress.parse("192.168.5.5"))) {
            assertTrue(POOL.contains(lease().address()));
            assertTrue(isLogged("DHCPNAK(tap0) 192.168.5.5"), log());
            assertEquals("BOUND", client.state());
        }
    }

    /** Somebody on the link has the address already: it is declined, and the server gives another. */
    @Test
    @Tag("conflict")
    void address_thatTheKernelHas_isDeclined() throws Exception {
        IpAddress first;
        try (DhcpClient client = start(0, null)) {
            first = lease().address();
            client.release();
            assertEquals(DhcpLoss.RELEASED, loss());
        }
        namespace.run("ip", "address", "add", first + "/32", "dev", "tap0");
        try (DhcpClient client = start(3, first)) {
            assertEquals(DhcpLoss.CONFLICT, loss());
            until(() -> isLogged("DHCPDECLINE(tap0) " + first));
            IpAddress second = lease().address();
            assertTrue(!second.equals(first) && POOL.contains(second));
            assertEquals("BOUND", client.state());
        }
    }
}
