package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code DatagramSocket} and {@code DatagramChannel}. */
@Timeout(60)
abstract class DatagramContract {
    private final Supplier<Net> nets;
    private Net net;
    private DatagramSocket socket;
    private DatagramChannel channel;
    private InetSocketAddress socketAddress;
    private InetSocketAddress channelAddress;

    @SuppressWarnings("NullAway.Init") // made before each test
    DatagramContract(Supplier<Net> nets) {
        this.nets = nets;
    }

    @BeforeEach
    void open() throws IOException {
        net = nets.get();
        socket = net.newDatagramSocket(Net.loopback(0));
        channel = net.channels().openDatagramChannel().bind(Net.loopback(0));
        socketAddress = (InetSocketAddress) socket.getLocalSocketAddress();
        channelAddress = (InetSocketAddress) channel.getLocalAddress();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        channel.close();
        net.close();
    }

    private static DatagramPacket packet(int length, InetSocketAddress to) {
        return new DatagramPacket(new byte[length], length, to);
    }

    private InetSocketAddress freeAddress() throws IOException {
        try (DatagramSocket gone = net.newDatagramSocket(Net.loopback(0))) {
            return (InetSocketAddress) gone.getLocalSocketAddress();
        }
    }

    @Test
    void datagrams_bothWays_arriveWithTheirSender() throws IOException {
        socket.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, channelAddress));
        ByteBuffer target = ByteBuffer.allocate(10);
        assertEquals(socketAddress, channel.receive(target));
        assertEquals(3, target.position());
        assertEquals(2, channel.send(ByteBuffer.wrap(new byte[] {4, 5}), socketAddress));
        DatagramPacket received = packet(10, channelAddress);
        socket.receive(received);
        assertEquals(channelAddress, received.getSocketAddress());
        assertArrayEquals(new byte[] {4, 5}, Arrays.copyOf(received.getData(), received.getLength()));
    }

    @Test
    void receive_samePacketAgain_keepsItsCapacity() throws IOException {
        DatagramPacket received = packet(8, channelAddress);
        for (int length : new int[] {3, 7, 1, 20}) {
            channel.send(ByteBuffer.allocate(length), socketAddress);
            socket.receive(received);
            assertEquals(Math.min(length, 8), received.getLength());
        }
    }

    @Test
    void buffers_ofAnySizeFromTheLeastOn_areThatLarge() throws IOException {
        for (int bytes : new int[] {1234, 2345, 3456}) {
            socket.setReceiveBufferSize(bytes);
            assertEquals(bytes, socket.getReceiveBufferSize());
        }
    }

    @Test
    void addresses_ofAnotherKind_areRefused() {
        SocketAddress other = new SocketAddress() {
            private static final long serialVersionUID = 1;
        };
        assertThrows(UnsupportedAddressTypeException.class, () -> socket.bind(other));
        assertThrows(UnsupportedAddressTypeException.class, () -> socket.connect(other));
        assertThrows(UnsupportedAddressTypeException.class, () -> channel.connect(other));
    }

    @Test
    @SuppressWarnings("NullAway") // that nothing is refused is what is tested
    void join_ofWhatIsNoGroupHere_isRefused() throws IOException {
        InetAddress group = InetAddress.getByName("239.1.2.3");
        InetAddress ipv6Group = InetAddress.getByName("ff02::a");
        NetworkInterface nic = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        try (DatagramChannel ipv4 = net.channels().openDatagramChannel(StandardProtocolFamily.INET)) {
            assertThrows(NullPointerException.class, () -> ipv4.join(null, nic));
            assertThrows(NullPointerException.class, () -> ipv4.join(group, null));
            assertThrows(NullPointerException.class, () -> ipv4.join(group, nic, null));
            assertThrows(IllegalArgumentException.class, () -> ipv4.join(InetAddress.getLoopbackAddress(), nic));
            assertThrows(IllegalArgumentException.class, () -> ipv4.join(ipv6Group, nic));
            DatagramSocket ipv4Socket = ipv4.socket();
            InetSocketAddress ipv6Address = new InetSocketAddress(ipv6Group, 0);
            assertThrows(IllegalArgumentException.class, () -> ipv4Socket.joinGroup(ipv6Address, nic));
            assertThrows(SocketException.class, () -> ipv4Socket.leaveGroup(ipv6Address, nic));
        }
    }

    @Test
    void receive_emptyDatagram_isOne() throws IOException {
        socket.send(packet(0, channelAddress));
        assertEquals(socketAddress, channel.receive(ByteBuffer.allocate(1)));
    }

    @Test
    void receive_tooSmallBuffer_losesTheRest() throws IOException {
        socket.send(packet(10, channelAddress));
        socket.send(packet(2, channelAddress));
        ByteBuffer target = ByteBuffer.allocate(4);
        assertNotNull(channel.receive(target));
        assertFalse(target.hasRemaining());
        target.clear();
        assertNotNull(channel.receive(target));
        assertEquals(2, target.position());
    }

    @Test
    void receive_ofTheSameSenderAgain_bringsTheSameObject() throws IOException {
        SocketAddress previous = null;
        for (int i = 0; i < 3; i++) {
            socket.send(packet(1, channelAddress));
            SocketAddress sender = channel.receive(ByteBuffer.allocate(1));
            assertEquals(socketAddress, sender);
            assertTrue(previous == null || previous == sender);
            previous = sender;
        }
    }

    @Test
    void receive_timeout_saysSo() throws IOException {
        socket.setSoTimeout(20);
        SocketTimeoutException e =
                assertThrows(SocketTimeoutException.class, () -> socket.receive(packet(1, channelAddress)));
        assertEquals("Receive timed out", e.getMessage());
    }

    @Test
    void receive_nonBlockingNothingThere_isNull() throws IOException {
        channel.configureBlocking(false);
        assertNull(channel.receive(ByteBuffer.allocate(1)));
    }

    @Test
    void close_duringReceive_endsIt() throws Exception {
        Background receiver = Background.call(() -> {
                    socket.receive(packet(1, channelAddress));
                    return "received";
                })
                .awaitBlocked();
        socket.close();
        assertEquals(SocketException.class, receiver.failure().getClass());
        assertEquals("Socket closed", receiver.failure().getMessage());
        Background other =
                Background.call(() -> channel.receive(ByteBuffer.allocate(1))).awaitBlocked();
        channel.close();
        assertEquals(AsynchronousCloseException.class, other.failure().getClass());
    }

    @Test
    void interrupt_duringReceive_closesTheChannelButNotTheSocket() throws Exception {
        Background ofChannel =
                Background.call(() -> channel.receive(ByteBuffer.allocate(1))).awaitBlocked();
        ofChannel.interrupt();
        assertEquals(ClosedByInterruptException.class, ofChannel.failure().getClass());
        Background ofSocket = Background.call(() -> {
                    socket.receive(packet(1, channelAddress));
                    return "received";
                })
                .awaitBlocked();
        ofSocket.interrupt();
        ofSocket.awaitBlocked();
        try (DatagramSocket sender = net.newDatagramSocket(Net.loopback(0))) {
            sender.send(packet(1, socketAddress));
        }
        assertEquals("received", ofSocket.result());
        assertTrue(ofSocket.interruptedAfter());
    }

    @Test
    void interrupt_duringReceiveOfAnAdaptor_closesIt() throws Exception {
        for (int timeoutMillis : new int[] {0, 60_000}) {
            try (DatagramChannel other = net.channels().openDatagramChannel().bind(Net.loopback(0))) {
                other.socket().setSoTimeout(timeoutMillis);
                Background receiver = Background.call(() -> {
                            other.socket().receive(packet(1, channelAddress));
                            return "received";
                        })
                        .awaitBlocked();
                receiver.interrupt();
                Throwable failure = receiver.failure();
                if (Runtime.version().feature() < 21) {
                    assertEquals(SocketException.class, failure.getClass());
                    assertEquals("Socket closed", failure.getMessage());
                    assertInstanceOf(ClosedByInterruptException.class, failure.getCause());
                } else {
                    assertEquals(ClosedByInterruptException.class, failure.getClass());
                }
                assertTrue(receiver.interruptedAfter());
                assertFalse(other.isOpen());
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a program may pass null by mistake
    void multicastInterface_null_isRefused() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, null));
        assertEquals("Invalid value 'null'", e.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, null));
    }

    @Test
    void connect_nobodyThere_isUnreachable() throws IOException {
        channel.connect(freeAddress());
        channel.write(ByteBuffer.allocate(1));
        assertThrows(PortUnreachableException.class, () -> channel.read(ByteBuffer.allocate(1)));
        assertTrue(channel.isConnected());
    }

    @Test
    void connect_channel_onlyThatPeerCounts() throws IOException {
        assertThrows(NotYetConnectedException.class, () -> channel.read(ByteBuffer.allocate(1)));
        assertThrows(NotYetConnectedException.class, () -> channel.write(ByteBuffer.allocate(1)));
        channel.connect(socketAddress);
        assertTrue(channel.isConnected());
        assertEquals(socketAddress, channel.getRemoteAddress());
        assertThrows(AlreadyConnectedException.class, () -> channel.connect(socketAddress));
        assertThrows(AlreadyConnectedException.class, () -> channel.send(ByteBuffer.allocate(1), channelAddress));
        try (DatagramSocket stranger = net.newDatagramSocket(Net.loopback(0))) {
            stranger.send(packet(5, channelAddress));
        }
        socket.send(packet(2, channelAddress));
        ByteBuffer target = ByteBuffer.allocate(10);
        assertEquals(2, channel.read(target));
        assertEquals(3, channel.write(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(2)}));
        DatagramPacket received = packet(10, channelAddress);
        socket.receive(received);
        assertEquals(3, received.getLength());
        channel.disconnect();
        assertFalse(channel.isConnected());
        assertNull(channel.getRemoteAddress());
        assertEquals(channelAddress, channel.getLocalAddress());
    }

    @Test
    void read_scattered_fillsTheBuffersInOrder() throws IOException {
        channel.connect(socketAddress);
        socket.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, channelAddress));
        ByteBuffer first = ByteBuffer.allocate(2);
        ByteBuffer second = ByteBuffer.allocate(2);
        assertEquals(3, channel.read(new ByteBuffer[] {first, second}));
        assertArrayEquals(new byte[] {1, 2}, first.array());
        assertEquals(3, second.get(0));
    }

    @Test
    void connect_socket_refusesOtherTargets() throws IOException {
        socket.connect(channelAddress);
        assertTrue(socket.isConnected());
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> socket.send(packet(1, socketAddress)));
        assertEquals("Connected and packet address differ", e.getMessage());
        socket.disconnect();
        assertFalse(socket.isConnected());
        assertNull(socket.getInetAddress());
        assertEquals(-1, socket.getPort());
    }

    @Test
    void send_withoutTarget_isRefused() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> socket.send(new DatagramPacket(new byte[1], 1)));
        assertEquals("Address not set", e.getMessage());
        SocketException port = assertThrows(SocketException.class, () -> socket.send(packet(1, Net.loopback(0))));
        assertEquals("Can't send to port 0", port.getMessage());
    }

    @Test
    void send_tooLong_isRefused() {
        assertThrows(IOException.class, () -> channel.send(ByteBuffer.allocate(65_508), socketAddress));
        assertTrue(channel.isOpen());
    }

    @Test
    void bind_portTaken_isInUse() {
        BindException e = assertThrows(BindException.class, () -> net.newDatagramSocket(socketAddress));
        assertEquals("Address already in use", e.getMessage());
    }

    @Test
    void options_set_areRead() throws IOException {
        socket.setBroadcast(true);
        assertTrue(socket.getBroadcast());
        socket.setTrafficClass(8);
        assertEquals(8, socket.getTrafficClass());
        socket.setSoTimeout(5);
        assertEquals(5, socket.getSoTimeout());
        channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 3);
        assertEquals(3, channel.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
        assertNull(channel.getOption(StandardSocketOptions.IP_MULTICAST_IF));
        assertThrows(
                UnsupportedOperationException.class, () -> channel.setOption(StandardSocketOptions.TCP_NODELAY, true));
    }

    @Test
    void calls_afterClose_sayClosed() throws IOException {
        socket.close();
        channel.close();
        assertTrue(socket.isClosed());
        assertEquals(-1, socket.getLocalPort());
        assertNull(socket.getLocalSocketAddress());
        assertThrows(SocketException.class, () -> socket.setSoTimeout(1));
        SocketException e = assertThrows(SocketException.class, () -> socket.send(packet(1, channelAddress)));
        assertEquals("Socket closed", e.getMessage());
        assertThrows(ClosedChannelException.class, () -> channel.receive(ByteBuffer.allocate(1)));
    }

    @Test
    void select_datagramArrives_isReadable() throws IOException {
        channel.configureBlocking(false);
        try (Selector selector = net.channels().openSelector()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            assertEquals(0, selector.selectNow());
            socket.send(packet(1, channelAddress));
            assertEquals(1, selector.select());
            assertTrue(key.isReadable());
        }
    }

    @Test
    void adaptor_ofChannel_isThatChannel() throws IOException {
        DatagramSocket adaptor = channel.socket();
        assertEquals(channel, adaptor.getChannel());
        assertEquals(channelAddress, adaptor.getLocalSocketAddress());
        assertTrue(adaptor.isBound());
        socket.send(packet(4, channelAddress));
        DatagramPacket received = packet(9, socketAddress);
        adaptor.receive(received);
        assertEquals(4, received.getLength());
        adaptor.close();
        assertFalse(channel.isOpen());
    }

    /** An option of module jdk.net from 19 on; before, nobody has it. */
    @Test
    void dontFragment_whereTheJdkHasIt_isSetAndShown() throws IOException {
        try (DatagramChannel channel = net.channels().openDatagramChannel();
                DatagramSocket socket = net.newDatagramSocket(null)) {
            SocketOption<?> found = null;
            for (SocketOption<?> each : channel.supportedOptions()) {
                found = each.name().equals("IP_DONTFRAGMENT") ? each : found;
            }
            assertEquals(Runtime.version().feature() >= 19, found != null);
            if (found != null) {
                assertShownAsSet(channel, socket, found);
            }
        }
    }

    @SuppressWarnings("unchecked") // its type is asked for
    private static void assertShownAsSet(DatagramChannel channel, DatagramSocket socket, SocketOption<?> found)
            throws IOException {
        assertEquals(Boolean.class, found.type());
        SocketOption<Boolean> option = (SocketOption<Boolean>) found;
        assertFalse(channel.getOption(option));
        assertTrue(channel.setOption(option, true).getOption(option));
        assertFalse(channel.setOption(option, false).getOption(option));
        assertTrue(socket.supportedOptions().contains(option));
        assertTrue(socket.setOption(option, true).getOption(option));
    }
}
