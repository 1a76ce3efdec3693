package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code Socket} and {@code ServerSocket}. */
@Timeout(60)
@SuppressWarnings("AddressSelection") // literals and unresolved names only
abstract class SocketContract {
    private final Supplier<Net> nets;
    private Net net;
    private ServerSocket server;
    private Socket client;
    private Socket accepted;

    @SuppressWarnings("NullAway.Init") // made before each test
    SocketContract(Supplier<Net> nets) {
        this.nets = nets;
    }

    @BeforeEach
    void connect() throws IOException {
        net = nets.get();
        server = net.newServerSocket();
        server.bind(Net.loopback(0));
        client = net.newSocket();
        client.connect(server.getLocalSocketAddress());
        accepted = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        accepted.close();
        server.close();
        net.close();
    }

    private static void assertSocketException(String message, Throwable thrown) {
        assertEquals(SocketException.class, thrown.getClass(), thrown::toString);
        assertEquals(message, thrown.getMessage());
    }

    private void assertSays(String message, org.junit.jupiter.api.function.Executable call) {
        assertSocketException(message, assertThrows(SocketException.class, call));
    }

    /** Writes until nothing more fits. */
    private static Object writeForEver(Socket socket) throws IOException {
        byte[] chunk = new byte[1 << 16];
        OutputStream out = socket.getOutputStream();
        while (true) {
            out.write(chunk);
        }
    }

    @Test
    void bytes_bothWays_arrive() throws IOException {
        client.getOutputStream().write(new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, accepted.getInputStream().readNBytes(3));
        accepted.getOutputStream().write(200);
        assertEquals(200, client.getInputStream().read());
    }

    @Test
    void manyBytes_slowReader_arriveInOrder() throws Exception {
        byte[] sent = new byte[1 << 20];
        new Random(3).nextBytes(sent);
        Background writer = Background.call(() -> {
            client.getOutputStream().write(sent);
            client.shutdownOutput();
            return "done";
        });
        assertArrayEquals(sent, accepted.getInputStream().readAllBytes());
        assertEquals("done", writer.result());
    }

    @Test
    void addresses_connected_areThoseOfTheConnection() {
        assertEquals(server.getLocalPort(), client.getPort());
        assertEquals(client.getLocalPort(), accepted.getPort());
        assertEquals(InetAddress.getLoopbackAddress(), client.getInetAddress());
        assertEquals(InetAddress.getLoopbackAddress(), client.getLocalAddress());
        assertEquals(client.getLocalSocketAddress(), accepted.getRemoteSocketAddress());
        assertEquals(accepted.getLocalSocketAddress(), client.getRemoteSocketAddress());
        assertEquals(
                "Socket[addr=" + client.getInetAddress() + ",port=" + client.getPort() + ",localport="
                        + client.getLocalPort() + "]",
                client.toString());
    }

    @Test
    void connect_noListener_isRefused() throws IOException {
        InetSocketAddress gone = (InetSocketAddress) server.getLocalSocketAddress();
        server.close();
        try (Socket socket = net.newSocket()) {
            ConnectException e = assertThrows(ConnectException.class, () -> socket.connect(gone));
            assertEquals("Connection refused", e.getMessage());
        }
    }

    @Test
    void connect_unresolved_isUnknownHost() throws IOException {
        try (Socket socket = net.newSocket()) {
            InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.test", 80);
            UnknownHostException e = assertThrows(UnknownHostException.class, () -> socket.connect(nowhere));
            assertEquals("nowhere.test", e.getMessage());
        }
    }

    @Test
    void connect_twice_isRefusedByTheSocket() {
        // The facade's text; from some version between 21 and 25 on it begins with a capital.
        String text = Runtime.version().feature() < 25 ? "already connected" : "Already connected";
        assertSays(text, () -> client.connect(server.getLocalSocketAddress()));
    }

    @Test
    void read_timeout_saysSoAndLeavesTheSocketUsable() throws IOException {
        client.setSoTimeout(20);
        SocketTimeoutException e = assertThrows(
                SocketTimeoutException.class, () -> client.getInputStream().read());
        assertEquals("Read timed out", e.getMessage());
        accepted.getOutputStream().write(5);
        assertEquals(5, client.getInputStream().read());
    }

    @Test
    void accept_timeout_saysSo() throws IOException {
        server.setSoTimeout(20);
        SocketTimeoutException e = assertThrows(SocketTimeoutException.class, () -> server.accept());
        assertEquals("Accept timed out", e.getMessage());
    }

    @Test
    void close_duringRead_endsIt() throws Exception {
        InputStream in = client.getInputStream();
        Background reader = Background.call(in::read).awaitBlocked();
        client.close();
        assertSocketException("Socket closed", reader.failure());
    }

    @Test
    void close_duringTimedRead_endsIt() throws Exception {
        client.setSoTimeout(60_000);
        InputStream in = client.getInputStream();
        Background reader = Background.call(in::read).awaitBlocked();
        client.close();
        assertSocketException("Socket closed", reader.failure());
    }

    @Test
    void read_waiting_isSeenOnTheStackByTheJdksName() throws Exception {
        InputStream in = client.getInputStream();
        List<String> methods = Background.call(in::read).awaitBlocked().methods();
        assertTrue(methods.contains("sun.nio.ch.NioSocketImpl.implRead"), methods::toString);
    }

    @Test
    void read_waitingForATime_isSeenOnTheStackByTheJdksName() throws Exception {
        client.setSoTimeout(60_000);
        InputStream in = client.getInputStream();
        List<String> methods = Background.call(in::read).awaitBlocked().methods();
        assertTrue(methods.contains("sun.nio.ch.NioSocketImpl.implRead"), methods::toString);
    }

    @Test
    void close_duringAccept_endsIt() throws Exception {
        Background acceptor = Background.call(server::accept).awaitBlocked();
        server.close();
        assertSocketException("Socket closed", acceptor.failure());
    }

    @Test
    void close_duringWrite_endsIt() throws Exception {
        Background writer = Background.call(() -> writeForEver(client)).awaitBlocked();
        client.close();
        assertSocketException("Socket closed", writer.failure());
    }

    @Test
    void interrupt_duringRead_doesNothingAndIsKept() throws Exception {
        InputStream in = client.getInputStream();
        Background reader = Background.call(in::read).awaitBlocked();
        reader.interrupt();
        reader.awaitBlocked();
        accepted.getOutputStream().write(9);
        assertEquals(9, reader.result());
        assertTrue(reader.interruptedAfter());
    }

    @Test
    void interrupt_duringAccept_doesNothingAndIsKept() throws Exception {
        Background acceptor = Background.call(server::accept).awaitBlocked();
        acceptor.interrupt();
        acceptor.awaitBlocked();
        try (Socket second = net.newSocket()) {
            second.connect(server.getLocalSocketAddress());
            ((Socket) acceptor.result()).close();
        }
        assertTrue(acceptor.interruptedAfter());
    }

    @Test
    void shutdownOutput_peerReadsToTheEnd_otherDirectionGoesOn() throws IOException {
        client.getOutputStream().write(1);
        client.shutdownOutput();
        assertEquals(1, accepted.getInputStream().read());
        assertEquals(-1, accepted.getInputStream().read());
        assertEquals(-1, accepted.getInputStream().read());
        accepted.getOutputStream().write(2);
        assertEquals(2, client.getInputStream().read());
        assertTrue(client.isOutputShutdown());
        assertSays("Socket output is shutdown", () -> client.getOutputStream());
        assertSays("Socket output is already shutdown", () -> client.shutdownOutput());
    }

    @Test
    void write_afterShutdownOutput_isABrokenPipe() throws IOException {
        OutputStream out = client.getOutputStream();
        client.shutdownOutput();
        assertSays("Broken pipe", () -> out.write(1));
    }

    @Test
    void shutdownInput_whileReading_readsTheEnd() throws Exception {
        InputStream in = client.getInputStream();
        Background reader = Background.call(in::read).awaitBlocked();
        client.shutdownInput();
        assertEquals(-1, reader.result());
        assertEquals(0, in.available());
        assertSays("Socket input is shutdown", () -> client.getInputStream());
        assertSays("Socket input is already shutdown", () -> client.shutdownInput());
    }

    @Test
    void close_withUnreadData_endsTheStreamAndBreaksThePipe() throws IOException {
        accepted.getOutputStream().write(new byte[100]);
        while (client.getInputStream().available() < 100) {
            Thread.onSpinWait();
        }
        client.close();
        // FIN came before RST, so a read finds the end; a write that meets the reset does not.
        assertEquals(-1, accepted.getInputStream().read());
        assertThrows(SocketException.class, () -> writeForEver(accepted));
    }

    @Test
    void close_lingerZero_resetsThePeer() throws IOException {
        client.setSoLinger(true, 0);
        client.close();
        assertSays("Connection reset", () -> accepted.getInputStream().read());
        assertSays("Connection reset", () -> accepted.getInputStream().read());
        assertEquals(0, accepted.getInputStream().available());
    }

    @Test
    void write_afterReset_isABrokenPipe() throws IOException {
        client.setSoLinger(true, 0);
        client.close();
        assertSays("Connection reset", () -> accepted.getInputStream().read());
        assertSays("Broken pipe", () -> accepted.getOutputStream().write(1));
    }

    @Test
    void close_withLinger_returnsWhenThePeerHasAll() throws Exception {
        client.setSoLinger(true, 30);
        client.getOutputStream().write(new byte[1000]);
        Background reader = Background.call(() -> accepted.getInputStream().readAllBytes().length);
        client.close();
        assertEquals(1000, reader.result());
    }

    @Test
    void available_bytesWaiting_countsThem() throws IOException {
        assertEquals(0, client.getInputStream().available());
        accepted.getOutputStream().write(new byte[10]);
        while (client.getInputStream().available() == 0) {
            Thread.onSpinWait();
        }
        assertEquals(10, client.getInputStream().available());
    }

    @Test
    void bind_portTaken_isInUse() throws IOException {
        try (ServerSocket second = net.newServerSocket()) {
            BindException e = assertThrows(BindException.class, () -> second.bind(server.getLocalSocketAddress()));
            assertEquals("Address already in use", e.getMessage());
        }
    }

    @Test
    void bind_foreignAddress_cannotBeAssigned() throws IOException {
        try (ServerSocket second = net.newServerSocket()) {
            InetAddress foreign = InetAddress.getByName("192.0.2.1");
            BindException e = assertThrows(BindException.class, () -> second.bind(new InetSocketAddress(foreign, 0)));
            assertEquals("Cannot assign requested address", e.getMessage());
        }
    }

    @Test
    void server_bound_saysWhere() throws IOException {
        assertTrue(server.isBound());
        assertEquals(Net.loopback(server.getLocalPort()), server.getLocalSocketAddress());
        assertEquals(
                "ServerSocket[addr=" + server.getInetAddress() + ",localport=" + server.getLocalPort() + "]",
                server.toString());
        try (ServerSocket unbound = net.newServerSocket()) {
            assertEquals("ServerSocket[unbound]", unbound.toString());
            assertSays("Socket is not bound yet", () -> unbound.accept());
        }
    }

    @Test
    void options_set_areRead() throws IOException {
        client.setTcpNoDelay(true);
        assertTrue(client.getTcpNoDelay());
        client.setKeepAlive(true);
        assertTrue(client.getKeepAlive());
        client.setReuseAddress(true);
        assertTrue(client.getReuseAddress());
        assertEquals(-1, client.getSoLinger());
        client.setSoLinger(true, 5);
        assertEquals(5, client.getSoLinger());
        client.setSoLinger(false, 0);
        assertEquals(-1, client.getSoLinger());
        client.setTrafficClass(0x10);
        assertEquals(0x10, client.getTrafficClass());
        client.setSoTimeout(77);
        assertEquals(77, client.getSoTimeout());
        client.setOOBInline(true);
        assertTrue(client.getOOBInline());
        assertEquals(
                5, client.setOption(StandardSocketOptions.SO_LINGER, 5).getOption(StandardSocketOptions.SO_LINGER));
    }

    @Test
    void options_supported_areTheSameSet() {
        Set<SocketOption<?>> known = new Socket().supportedOptions();
        assertEquals(known, client.supportedOptions());
    }

    @Test
    void options_ofServer_areTheSameSet() throws IOException {
        try (ServerSocket known = new ServerSocket()) {
            assertEquals(known.supportedOptions(), server.supportedOptions());
        }
    }

    @Test
    void option_notOfThisKind_isUnsupported() {
        UnsupportedOperationException e = assertThrows(
                UnsupportedOperationException.class, () -> client.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 3));
        assertEquals("'IP_MULTICAST_TTL' not supported", e.getMessage());
    }

    @Test
    void calls_afterClose_sayClosed() throws IOException {
        InputStream in = client.getInputStream();
        OutputStream out = client.getOutputStream();
        client.close();
        client.close();
        assertTrue(client.isClosed());
        assertSays("Socket closed", in::read);
        assertSays("Socket closed", () -> out.write(1));
        assertSays("Socket is closed", () -> client.getInputStream());
        assertSays("Socket is closed", () -> client.setTcpNoDelay(true));
        assertSays("Socket is closed", () -> client.connect(Net.loopback(1)));
        server.close();
        assertSays("Socket is closed", () -> server.accept());
    }

    @Test
    void unconnected_streams_areRefused() throws IOException {
        try (Socket socket = net.newSocket()) {
            assertSays("Socket is not connected", () -> socket.getInputStream());
            assertFalse(socket.isConnected());
            assertEquals("Socket[unconnected]", socket.toString());
        }
    }

    @Test
    void endOfStream_readOnceMoreAfterClose_isStillTheEnd() throws IOException {
        InputStream in = client.getInputStream();
        accepted.close();
        assertEquals(-1, in.read());
        client.close();
        assertEquals(-1, in.read());
    }

    @Test
    void urgentByte_inline_isInTheStream() throws IOException {
        accepted.setOOBInline(true);
        client.sendUrgentData(0x21);
        assertEquals(0x21, accepted.getInputStream().read());
    }

    @Test
    void close_ofListener_leavesConnectionsAlone() throws IOException {
        server.close();
        client.getOutputStream().write(4);
        assertEquals(4, accepted.getInputStream().read());
    }
}
