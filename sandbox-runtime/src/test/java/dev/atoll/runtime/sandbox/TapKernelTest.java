package dev.atoll.runtime.sandbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox on a real TAP with the Linux kernel as its peer, offloads on unless a test says otherwise. */
@Timeout(180)
class TapKernelTest {
    private static final IpAddress OURS = IpAddress.parse("10.66.0.2");
    private static final String KERNEL = "10.66.0.1";
    private static final int PORT = 8080;

    /** Bytes moved one way: enough for the windows to open and wrap many times. */
    private static final int VOLUME_BYTES = 64 * 1024 * 1024;

    private HostNamespace namespace;
    private TapLink link;
    private Sandbox sandbox;
    private Path capture;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        capture = folder.resolve("tap.pcapng");
        namespace = HostNamespace.open();
        HostDescriptor tap = HostDescriptor.adopt(namespace.call(() -> HostCalls.openTap("tap0")));
        namespace.run("ip", "address", "add", KERNEL + "/24", "dev", "tap0");
        namespace.run("ip", "link", "set", "tap0", "up");
        link = new TapLink(tap, MacAddress.parse("02:00:00:00:00:02"), 1500, true);
        FileChannel channel = FileChannel.open(capture, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        sandbox = Sandbox.builder()
                .link(link)
                .address(OURS, 24)
                .router(IpAddress.parse(KERNEL))
                .capture(channel)
                .start();
    }

    @AfterEach
    void close() {
        if (sandbox != null) {
            sandbox.close();
            namespace.close();
        }
    }

    private static byte[] chunk() {
        byte[] chunk = new byte[256 * 1024];
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] = (byte) (i * 131 + (i >> 9));
        }
        return chunk;
    }

    /** The digest of what each side sends in all. */
    private static String expected() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = chunk();
        for (int sent = 0; sent < VOLUME_BYTES; sent += chunk.length) {
            digest.update(chunk);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Sends by the kernel what {@link #expected} is the digest of, and gives the digest of what comes. */
    private static CompletableFuture<String> kernelSide(Socket socket, boolean sends) {
        return CompletableFuture.supplyAsync(() -> {
            try (socket) {
                if (sends) {
                    OutputStream out = socket.getOutputStream();
                    byte[] chunk = chunk();
                    for (int sent = 0; sent < VOLUME_BYTES; sent += chunk.length) {
                        out.write(chunk);
                    }
                    socket.shutdownOutput();
                }
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
    }

    private static String receive(Blocking stream) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
        while (stream.read(buffer.clear())) {
            digest.update(buffer.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void send(Blocking stream) throws Exception {
        byte[] chunk = chunk();
        for (int sent = 0; sent < VOLUME_BYTES; sent += chunk.length) {
            stream.write(ByteBuffer.wrap(chunk));
        }
        stream.endpoint.shutdownWrite();
    }

    @Test
    void weConnectAndSend_theKernelGetsEveryByte_inSuperSegments() throws Exception {
        try (ServerSocket server = namespace.call(() -> new ServerSocket(PORT))) {
            CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> {
                try {
                    return server.accept();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            try (Blocking stream = Blocking.connect(sandbox.stack(), IpAddress.parse(KERNEL), PORT)) {
                CompletableFuture<String> theirs = kernelSide(accepted.get(30, TimeUnit.SECONDS), false);
                send(stream);
                assertEquals(expected(), theirs.get(120, TimeUnit.SECONDS));
            }
        }
        long meanBytes = link.counters().bytesOut() / link.counters().framesOut();
        assertTrue(meanBytes > 4 * 1500, "segmentation is left to the kernel: " + link.counters());
    }

    /** The kernel cuts what has options in its IP header, too, and takes what has the route in it. */
    @Test
    void weConnectWithARecordedRoute_theKernelGetsEveryByte_inSuperSegments() throws Exception {
        byte[] record = {7, 19, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        try (ServerSocket server = namespace.call(() -> new ServerSocket(PORT))) {
            TcpEndpoint endpoint = sandbox.stack().newTcpEndpoint();
            endpoint.setOption(EndpointOption.IP_OPTIONS, record);
            endpoint.connect(new FullAddress(IpAddress.parse(KERNEL), PORT));
            try (Blocking stream = Blocking.connected(endpoint)) {
                CompletableFuture<String> theirs = kernelSide(server.accept(), false);
                send(stream);
                assertEquals(expected(), theirs.get(120, TimeUnit.SECONDS));
            }
        }
        long meanBytes = link.counters().bytesOut() / link.counters().framesOut();
        assertTrue(meanBytes > 4 * 1500, "segmentation is left to the kernel: " + link.counters());
    }

    /** Has the kernel connect to a sandbox and send, and that answer nothing; compares what comes. */
    private void kernelSends(Sandbox to, IpAddress address) throws Exception {
        try (TcpListener listener = Blocking.listen(to.stack(), PORT)) {
            Socket socket = namespace.call(() -> {
                Socket opened = new Socket();
                opened.connect(new InetSocketAddress(address.toString(), PORT), 30_000);
                return opened;
            });
            try (Blocking stream = Blocking.accept(listener)) {
                CompletableFuture<String> theirs = kernelSide(socket, true);
                assertEquals(expected(), receive(stream));
                stream.endpoint.shutdownWrite();
                theirs.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void theKernelConnectsAndSends_weGetEveryByte_inSuperSegments() throws Exception {
        kernelSends(sandbox, OURS);
        long meanBytes = link.counters().bytesIn() / link.counters().framesIn();
        assertTrue(meanBytes > 4 * 1500, "the kernel leaves segments whole: " + link.counters());
        assertEquals(0, sandbox.stack().counters().segmentsJoined, "the kernel joined them");
    }

    @Test
    void withoutOffloads_theKernelSendsSingleSegments_whichWeJoin() throws Exception {
        HostDescriptor tap = HostDescriptor.adopt(namespace.call(() -> HostCalls.openTap("tap1", false)));
        namespace.run("ip", "address", "add", "10.67.0.1/24", "dev", "tap1");
        namespace.run("ip", "link", "set", "tap1", "up");
        TapLink plain = new TapLink(tap, MacAddress.parse("02:00:00:00:00:03"), 1500, false);
        IpAddress address = IpAddress.parse("10.67.0.2");
        try (Sandbox other = Sandbox.builder().link(plain).address(address, 24).start()) {
            kernelSends(other, address);
            long frames = plain.counters().framesIn();
            assertTrue(frames >= VOLUME_BYTES / 1500, "each is a frame: " + plain.counters());
            long joined = other.stack().counters().segmentsJoined;
            assertTrue(joined > frames / 4, joined + " of " + frames + " joined");
        }
    }

    /** What is recorded shows no bad checksum though all of them were left to the kernel, both ways. */
    @Test
    void capture_ofBothWays_isSoundToWireshark() throws Exception {
        assumeTrue(Programs.isInstalled("tshark"), "needs tshark (apt-get install tshark)");
        assumeTrue(Programs.isInstalled("ping"), "needs ping (apt-get install iputils-ping)");
        byte[] request = "GET / HTTP/1.0\r\n\r\n".repeat(5000).getBytes(StandardCharsets.US_ASCII);
        try (TcpListener listener = Blocking.listen(sandbox.stack(), PORT)) {
            Socket socket = namespace.call(() -> new Socket(OURS.toString(), PORT));
            try (socket;
                    Blocking stream = Blocking.accept(listener)) {
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                    try {
                        socket.getOutputStream().write(request);
                        socket.shutdownOutput();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                ByteBuffer all = ByteBuffer.allocate(request.length + 1);
                while (stream.read(all)) {
                    assertTrue(all.hasRemaining());
                }
                sent.get(30, TimeUnit.SECONDS);
                stream.write(all.flip());
                stream.endpoint.shutdownWrite();
                assertEquals(
                        ByteBuffer.wrap(request),
                        ByteBuffer.wrap(socket.getInputStream().readAllBytes()));
            }
        }
        namespace.run("ping", "-n", "-c", "1", OURS.toString());
        sandbox.close();

        String read = "tshark -n -r " + capture + " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE"
                + " -o udp.check_checksum:TRUE -Y ";
        String bad = "_ws.malformed||ip.checksum.status==0||tcp.checksum.status==0||icmp.checksum.status==0";
        assertEquals("", Programs.run(read + bad));
        long large = Programs.run(read + "frame.len>9000").lines().count();
        assertTrue(large >= 4, large + " super-segments among what was judged");
    }

    /** With offloads on, where a checksum that is missing could be taken for one that is left to the link. */
    @Test
    void datagramWithoutChecksum_isTakenByTheKernel() throws Exception {
        byte[] payload = "no sum".getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket socket = namespace.call(() -> new DatagramSocket(PORT, InetAddress.getByName(KERNEL)));
                UdpEndpoint endpoint = sandbox.stack().newUdpEndpoint()) {
            endpoint.setOption(EndpointOption.SO_NO_CHECK, true);
            endpoint.send(ByteBuffer.wrap(payload), new FullAddress(IpAddress.parse(KERNEL), PORT));
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            socket.setSoTimeout(30_000);
            socket.receive(packet);
            assertArrayEquals(payload, Arrays.copyOf(packet.getData(), packet.getLength()));
        }
    }

    @Test
    void theKernelAsksForAHostBehindUs_weAnswerForIt() throws Exception {
        String behind = "10.66.0.77";
        Nic nic = sandbox.nic();
        assertNotNull(nic);
        nic.setForwarding(true, true);
        nic.neighbors().addProxy(IpAddress.parse(behind));
        try (DatagramSocket socket = namespace.call(() -> new DatagramSocket())) {
            socket.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName(behind), PORT));
            Neighbours.await(namespace, behind, "02:00:00:00:00:02");
        }
    }

    @Test
    void theKernelPings_weAnswer() throws Exception {
        assumeTrue(Programs.isInstalled("ping"), "needs ping (apt-get install iputils-ping)");
        String output = namespace.run("ping", "-n", "-c", "3", "-i", "0.2", "-s", "1400", OURS.toString());
        assertTrue(output.contains("3 received"), output);
    }
}
