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
import dev.atoll.stack.Nic;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** IPv6 on a real TAP with the Linux kernel as its peer, offloads on. */
@Timeout(180)
class TapKernelIpv6Test {
    private static final IpAddress OURS = IpAddress.parse("fd00:66::2");
    private static final String KERNEL = "fd00:66::1";
    private static final int PORT = 8080;
    private static final int VOLUME_BYTES = 32 * 1024 * 1024;

    private HostNamespace namespace;
    private TapLink link;
    private Sandbox sandbox;

    @BeforeEach
    void open() throws Exception {
        namespace = HostNamespace.open();
        HostDescriptor tap = HostDescriptor.adopt(namespace.call(() -> HostCalls.openTap("tap0")));
        namespace.run("ip", "address", "add", KERNEL + "/64", "dev", "tap0", "nodad");
        namespace.run("ip", "link", "set", "tap0", "up");
        link = new TapLink(tap, MacAddress.parse("02:00:00:00:00:02"), 1500, true);
        sandbox = Sandbox.builder()
                .link(link)
                .address(OURS, 64)
                .ipv6(Ipv6Settings.DEFAULT)
                .start();
        until(() -> stateOf(OURS) == AddressState.PREFERRED);
    }

    @AfterEach
    void close() {
        if (sandbox != null) {
            sandbox.close();
            namespace.close();
        }
    }

    private static void until(BooleanSupplier condition) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - endNs < 0, "it did not come to that within 30 s");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private Nic nic() {
        return sandbox.stack().nics().get(1);
    }

    private AddressState stateOf(IpAddress address) {
        return nic().addresses().stream()
                .filter(each -> each.address().equals(address))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private static byte[] chunk() {
        byte[] chunk = new byte[256 * 1024];
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] = (byte) (i * 131 + (i >> 9));
        }
        return chunk;
    }

    private static String expected() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = chunk();
        for (int sent = 0; sent < VOLUME_BYTES; sent += chunk.length) {
            digest.update(chunk);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String receive(Blocking stream) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
        while (stream.read(buffer.clear())) {
            digest.update(buffer.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void weConnectAndSend_theKernelGetsEveryByte_inSuperSegments() throws Exception {
        try (ServerSocket server = namespace.call(() -> new ServerSocket(PORT, 5, InetAddress.getByName(KERNEL)))) {
            CompletableFuture<String> theirs = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = server.accept()) {
                    MessageDigest digest = MessageDigest.getInstance("SHA-256");
                    InputStream in = socket.getInputStream();
                    byte[] buffer = new byte[256 * 1024];
                    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                        digest.update(buffer, 0, count);
                    }
                    return HexFormat.of().formatHex(digest.digest());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            try (Blocking stream = Blocking.connect(sandbox.stack(), IpAddress.parse(KERNEL), PORT)) {
                byte[] chunk = chunk();
                for (int sent = 0; sent < VOLUME_BYTES; sent += chunk.length) {
                    stream.write(ByteBuffer.wrap(chunk));
                }
                stream.endpoint.shutdownWrite();
                assertEquals(expected(), theirs.get(120, TimeUnit.SECONDS));
            }
        }
        long meanBytes = link.counters().bytesOut() / link.counters().framesOut();
        assertTrue(meanBytes > 4 * 1500, "segmentation is left to the kernel: " + link.counters());
    }

    @Test
    void theKernelConnectsAndSends_weGetEveryByte_inSuperSegments() throws Exception {
        try (TcpListener listener = sandbox.stack().newTcpListener()) {
            listener.bind(new FullAddress(IpAddress.V6_ANY, PORT));
            listener.listen(5);
            Socket socket = namespace.call(() -> {
                Socket opened = new Socket();
                opened.connect(new InetSocketAddress(OURS.toString(), PORT), 30_000);
                return opened;
            });
            try (socket;
                    Blocking stream = Blocking.accept(listener)) {
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                    try {
                        OutputStream out = socket.getOutputStream();
                        byte[] chunk = chunk();
                        for (int done = 0; done < VOLUME_BYTES; done += chunk.length) {
                            out.write(chunk);
                        }
                        socket.shutdownOutput();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertEquals(expected(), receive(stream));
                sent.get(30, TimeUnit.SECONDS);
            }
        }
        long meanBytes = link.counters().bytesIn() / link.counters().framesIn();
        assertTrue(meanBytes > 4 * 1500, "the kernel leaves segments whole: " + link.counters());
    }

    @Test
    void theKernelPings_weAnswer() throws Exception {
        assumeTrue(Programs.isInstalled("ping"), "needs ping (apt-get install iputils-ping)");
        String output = namespace.run("ping", "-6", "-n", "-c", "3", "-i", "0.2", "-s", "1400", OURS.toString());
        assertTrue(output.contains("3 received"), output);
        String neighbors = namespace.run("ip", "-6", "neigh", "show", OURS.toString(), "dev", "tap0");
        assertTrue(neighbors.contains("02:00:00:00:00:02"), neighbors);
    }

    /** Link-local to link-local, with the scope that names the interface. */
    @Test
    void theKernelPingsOurLinkLocalAddress_weAnswer() throws Exception {
        until(() -> stateOf(IpAddress.parse("fe80::ff:fe00:2")) == AddressState.PREFERRED);
        assumeTrue(Programs.isInstalled("ping"), "needs ping (apt-get install iputils-ping)");
        String output = namespace.run("ping", "-6", "-n", "-c", "2", "-i", "0.2", "fe80::ff:fe00:2%tap0");
        assertTrue(output.contains("2 received"), output);
    }

    @Test
    void udp_bothWays_andPortUnreachable() throws Exception {
        try (UdpEndpoint ours = sandbox.stack().newUdpEndpoint()) {
            ours.connect(new FullAddress(IpAddress.parse(KERNEL), PORT));
            try (DatagramSocket theirs =
                    namespace.call(() -> new DatagramSocket(PORT, InetAddress.getByName(KERNEL)))) {
                ours.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), null);
                theirs.setSoTimeout(30_000);
                DatagramPacket got = new DatagramPacket(new byte[10], 10);
                theirs.receive(got);
                assertEquals(3, got.getLength());
                theirs.send(new DatagramPacket(got.getData(), 2, got.getSocketAddress()));
                until(() -> ours.nextLength() == 2);
                assertNotNull(ours.receive(ByteBuffer.allocate(10)));
            }
            ours.send(ByteBuffer.wrap(new byte[] {1}), null);
            until(() -> (ours.readiness() & Readiness.ERR) != 0);
            StackException error = ours.takeError();
            assertNotNull(error);
            assertEquals("Connection refused", error.getMessage());
        }
    }

    /** Larger than the link carries, both ways: cut here and put together there, and the other way round. */
    @Test
    void udp_largerThanTheLink_crossesInFragments() throws Exception {
        byte[] sent = new byte[20_000];
        new Random(3).nextBytes(sent);
        try (UdpEndpoint ours = sandbox.stack().newUdpEndpoint();
                DatagramSocket theirs = namespace.call(() -> new DatagramSocket(PORT, InetAddress.getByName(KERNEL)))) {
            ours.connect(new FullAddress(IpAddress.parse(KERNEL), PORT));
            ours.send(ByteBuffer.wrap(sent), null);
            theirs.setSoTimeout(30_000);
            DatagramPacket got = new DatagramPacket(new byte[30_000], 30_000);
            theirs.receive(got);
            assertEquals(ByteBuffer.wrap(sent), ByteBuffer.wrap(got.getData(), 0, got.getLength()));
            theirs.send(got);
            until(() -> ours.nextLength() == sent.length);
            ByteBuffer back = ByteBuffer.allocate(sent.length);
            assertNotNull(ours.receive(back));
            assertEquals(ByteBuffer.wrap(sent), back.flip());
        }
    }

    /** RFC 4862 section 5.4: an address the kernel has is refused to us. */
    @Test
    void address_ofTheKernel_isFoundToBeADuplicate() throws Exception {
        IpAddress taken = IpAddress.parse(KERNEL);
        nic().addAddress(taken, 64);
        until(() -> stateOf(taken) != AddressState.TENTATIVE);
        assertEquals(AddressState.DUPLICATE, stateOf(taken));
    }

    /** ... and one we have is refused to the kernel. */
    @Test
    void address_ofOurs_isADuplicateToTheKernel() throws Exception {
        namespace.run("ip", "address", "add", OURS + "/64", "dev", "tap0");
        until(() -> kernelAddresses().contains("dadfailed"));
    }

    private String kernelAddresses() {
        try {
            return namespace.run("ip", "-6", "address", "show", "dev", "tap0");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theKernelAsksForAHostBehindUs_weAnswerForIt() throws Exception {
        String behind = "fd00:66::77";
        Nic nic = sandbox.nic();
        assertNotNull(nic);
        nic.setForwarding(false, true);
        nic.neighbors().addProxy(IpAddress.parse(behind));
        try (DatagramSocket socket = namespace.call(() -> new DatagramSocket())) {
            socket.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName(behind), PORT));
            Neighbours.await(namespace, behind, "02:00:00:00:00:02");
        }
    }
}
