package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** A {@code Socket} for datagrams, which JDK 17 and 21 still make, and no later one. */
@Timeout(60)
@SuppressWarnings("deprecation") // the constructors are, since JDK 1.1
abstract class DatagramStreamContract {
    private static final int LIMIT_MS = 20_000;
    private static final int SHORT_MS = 50;
    private static final int LARGEST = 65_507;

    private DatagramSocket peer;
    private Socket socket;

    @SuppressWarnings("NullAway.Init") // made before each test
    DatagramStreamContract() {}

    @BeforeEach
    void connect() throws IOException {
        peer = new DatagramSocket(Net.loopback(0));
        peer.setSoTimeout(LIMIT_MS);
        socket = new Socket(InetAddress.getLoopbackAddress(), peer.getLocalPort(), false);
        socket.setSoTimeout(LIMIT_MS);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        peer.close();
    }

    private void send(byte... bytes) throws IOException {
        peer.send(new DatagramPacket(bytes, bytes.length, socket.getLocalSocketAddress()));
    }

    private DatagramPacket received() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
        peer.receive(packet);
        return packet;
    }

    private int read(int most) throws IOException {
        return socket.getInputStream().read(new byte[most]);
    }

    private static void assertSays(String message, Executable call) {
        SocketException thrown = assertThrows(SocketException.class, call);
        assertEquals(SocketException.class, thrown.getClass(), thrown::toString);
        assertEquals(message, thrown.getMessage());
    }

    @Test
    void eachWrite_isADatagram_fromWhereTheSocketIs() throws IOException {
        socket.getOutputStream().write(new byte[] {1, 2, 3});
        socket.getOutputStream().write(new byte[0]);
        socket.getOutputStream().write(new byte[LARGEST]);
        DatagramPacket first = received();
        assertArrayEquals(new byte[] {1, 2, 3}, Arrays.copyOf(first.getData(), first.getLength()));
        assertEquals(socket.getLocalSocketAddress(), first.getSocketAddress());
        assertEquals(LARGEST, received().getLength());
        assertEquals(peer.getLocalPort(), socket.getPort());
        assertTrue(socket.isConnected());
    }

    @Test
    void tooLongForADatagram_isRefused() {
        assertSays("Message too long", () -> socket.getOutputStream().write(new byte[LARGEST + 1]));
        assertSays("Message too long", () -> socket.getOutputStream().write(new byte[LARGEST * 5]));
    }

    @Test
    void eachRead_takesADatagram_andLosesWhatDoesNotFit() throws IOException {
        assertEquals(0, socket.getInputStream().available());
        send(new byte[7]);
        send(new byte[9]);
        assertEquals(7, socket.getInputStream().available());
        assertEquals(3, read(3));
        assertEquals(9, read(100));
    }

    @Test
    void whatComesOfOthers_isNotRead() throws IOException {
        try (DatagramSocket other = new DatagramSocket(Net.loopback(0))) {
            other.send(new DatagramPacket(new byte[5], 5, socket.getLocalSocketAddress()));
        }
        send(new byte[2]);
        assertEquals(2, read(100));
    }

    @Test
    void emptyDatagram_isAnEnd() throws IOException {
        send();
        send(new byte[4]);
        assertEquals(-1, read(100));
        assertEquals(-1, read(100));
    }

    @Test
    void timeout_isKept() throws IOException {
        socket.setSoTimeout(SHORT_MS);
        SocketTimeoutException thrown = assertThrows(SocketTimeoutException.class, () -> read(1));
        assertEquals("Read timed out", thrown.getMessage());
    }

    @Test
    void goneWithoutAListener_isSaidOnce() throws IOException {
        int port;
        try (DatagramSocket gone = new DatagramSocket(Net.loopback(0))) {
            port = gone.getLocalPort();
        }
        try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), port, false)) {
            refused.setSoTimeout(LIMIT_MS);
            refused.getOutputStream().write(1);
            assertSays("Connection refused", () -> refused.getInputStream().read());
            refused.setSoTimeout(SHORT_MS);
            assertThrows(
                    SocketTimeoutException.class, () -> refused.getInputStream().read());
        }
    }

    @Test
    void urgentData_isNotThere() {
        IOException thrown = assertThrows(IOException.class, () -> socket.sendUrgentData(1));
        assertEquals(IOException.class, thrown.getClass());
        assertEquals("Operation not supported", thrown.getMessage());
    }

    @Test
    void optionsOfEverySocket_areThere_thoseOfTcpAreNot() throws IOException {
        socket.setKeepAlive(true);
        assertTrue(socket.getKeepAlive());
        socket.setOOBInline(true);
        assertTrue(socket.getOOBInline());
        assertEquals(-1, socket.getSoLinger());
        socket.setSoLinger(true, 1);
        assertEquals(1, socket.getSoLinger());
        socket.setTrafficClass(8);
        assertEquals(8, socket.getTrafficClass());
        assertTrue(socket.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY));
        SocketException noDelay = assertThrows(SocketException.class, () -> socket.setTcpNoDelay(true));
        assertTrue(noDelay.toString().contains(": Protocol not available"), noDelay::toString);
        UnsupportedOperationException idle = assertThrows(
                UnsupportedOperationException.class, () -> socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
        assertEquals("unsupported socket option", idle.getMessage());
    }

    @Test
    void shutDirections_areShut() throws Exception {
        // With a time limit the JDK looks without end at a socket that is ready and has nothing.
        socket.setSoTimeout(0);
        Background reader = Background.call(() -> read(1)).awaitBlocked();
        socket.shutdownInput();
        assertEquals(-1, reader.result());
        socket.shutdownOutput();
        assertSays("Socket output is shutdown", () -> socket.getOutputStream().write(1));
        assertTrue(socket.isInputShutdown() && socket.isOutputShutdown());
    }

    @Test
    void close_endsARead_andGivesThePortUp() throws Exception {
        SocketAddress local = socket.getLocalSocketAddress();
        Background reader = Background.call(() -> read(1)).awaitBlocked();
        socket.close();
        assertEquals("java.net.SocketException: Socket closed", reader.failure().toString());
        try (DatagramSocket next = new DatagramSocket(local)) {
            assertFalse(next.isClosed());
        }
    }
}
