package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code Selector} and {@code SelectionKey}. */
abstract class SelectorContract extends ConnectionContract {
    private Selector selector;

    @SuppressWarnings("NullAway.Init") // made before each test
    SelectorContract(Supplier<Net> nets) {
        super(nets);
    }

    @BeforeEach
    void openSelector() throws IOException {
        selector = net.channels().openSelector();
        client.configureBlocking(false);
    }

    @AfterEach
    void closeSelector() throws IOException {
        selector.close();
    }

    private void sendToClient() throws IOException {
        accepted.write(ByteBuffer.allocate(1));
    }

    @Test
    void select_bytesArrive_keyIsReadyForReading() throws Exception {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ, "mine");
        Background select = Background.call(selector::select).awaitBlocked();
        sendToClient();
        assertEquals(1, select.result());
        assertEquals(Set.of(key), selector.selectedKeys());
        assertEquals(SelectionKey.OP_READ, key.readyOps());
        assertTrue(key.isReadable() && !key.isWritable());
        assertEquals("mine", key.attachment());
        assertSame(client, key.channel());
        assertSame(selector, key.selector());
    }

    @Test
    void select_unreadBytes_areSelectedAgain() throws IOException {
        client.register(selector, SelectionKey.OP_READ);
        sendToClient();
        assertEquals(1, selector.select());
        selector.selectedKeys().clear();
        assertEquals(1, selector.select());
        selector.selectedKeys().clear();
        client.read(ByteBuffer.allocate(10));
        assertEquals(0, selector.selectNow());
    }

    @Test
    void select_keyStillSelected_countsNothingNew() throws IOException {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ);
        sendToClient();
        assertEquals(1, selector.select());
        assertEquals(0, selector.select());
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertEquals(1, selector.select());
        assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.readyOps());
    }

    @Test
    void select_acceptAndConnect_areSeen() throws IOException {
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        SocketChannel second = net.channels().openSocketChannel();
        second.configureBlocking(false);
        SelectionKey connect = second.register(selector, SelectionKey.OP_CONNECT);
        boolean connected = second.connect(server.getLocalAddress());
        SocketChannel other = null;
        while (other == null || !connected) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                if (key == connect) {
                    connected = second.finishConnect();
                    key.interestOps(0);
                } else {
                    other = server.accept();
                }
            }
            selector.selectedKeys().clear();
            connected |= second.isConnected();
        }
        other.close();
        second.close();
    }

    @Test
    void select_connectRefused_isReadyAndFinishFails() throws IOException {
        SocketAddress nobody = server.getLocalAddress();
        server.close();
        try (SocketChannel channel = net.channels().openSocketChannel()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            assertThrows(ConnectException.class, () -> {
                channel.connect(nobody);
                assertEquals(1, selector.select());
                assertTrue(key.isConnectable());
                channel.finishConnect();
            });
        }
    }

    @Test
    void select_timeout_givesNothing() throws IOException {
        client.register(selector, SelectionKey.OP_READ);
        long before = System.nanoTime();
        assertEquals(0, selector.select(30));
        assertTrue(System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(30));
        assertThrows(IllegalArgumentException.class, () -> selector.select(-1));
    }

    @Test
    void wakeup_before_endsTheNextSelect() throws IOException {
        selector.wakeup();
        selector.wakeup();
        assertEquals(0, selector.select());
        assertEquals(0, selector.select(10));
    }

    @Test
    void wakeup_during_endsIt() throws Exception {
        Background select = Background.call(selector::select).awaitBlocked();
        selector.wakeup();
        assertEquals(0, select.result());
    }

    @Test
    void interrupt_during_endsItAndIsKept() throws Exception {
        Background select = Background.call(selector::select).awaitBlocked();
        select.interrupt();
        assertEquals(0, select.result());
        assertTrue(select.interruptedAfter());
        assertTrue(selector.isOpen());
    }

    @Test
    void interest_none_isNeverReady() throws IOException {
        SelectionKey key = client.register(selector, 0);
        sendToClient();
        assertEquals(0, selector.select(20));
        assertEquals(0, key.interestOpsOr(SelectionKey.OP_READ));
        assertEquals(1, selector.select());
        assertEquals(SelectionKey.OP_READ, key.interestOpsAnd(0));
        selector.selectedKeys().clear();
        assertEquals(0, selector.selectNow());
        assertThrows(IllegalArgumentException.class, () -> key.interestOps(SelectionKey.OP_ACCEPT));
    }

    @Test
    void cancel_key_leavesWithTheNextSelect() throws IOException {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ);
        sendToClient();
        assertEquals(1, selector.select());
        key.cancel();
        assertFalse(key.isValid());
        assertThrows(CancelledKeyException.class, key::interestOps);
        assertThrows(CancelledKeyException.class, key::readyOps);
        assertThrows(CancelledKeyException.class, () -> client.register(selector, SelectionKey.OP_READ));
        assertTrue(selector.keys().contains(key));
        assertEquals(0, selector.selectNow());
        assertTrue(selector.keys().isEmpty());
        assertTrue(selector.selectedKeys().isEmpty());
        assertNull(client.keyFor(selector));
        client.register(selector, SelectionKey.OP_READ);
        assertEquals(1, selector.select());
    }

    @Test
    void close_channel_invalidatesItsKey() throws IOException {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ);
        client.close();
        assertFalse(key.isValid());
        assertEquals(0, selector.selectNow());
        assertTrue(selector.keys().isEmpty());
        assertEquals(-1, accepted.read(ByteBuffer.allocate(1)));
    }

    @Test
    void register_twice_changesTheKey() throws IOException {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ, "a");
        assertSame(key, client.register(selector, SelectionKey.OP_WRITE, "b"));
        assertEquals(SelectionKey.OP_WRITE, key.interestOps());
        assertEquals("b", key.attachment());
        assertThrows(IllegalBlockingModeException.class, () -> client.configureBlocking(true));
        assertThrows(IllegalBlockingModeException.class, () -> accepted.register(selector, SelectionKey.OP_READ));
        assertThrows(IllegalArgumentException.class, () -> client.register(selector, SelectionKey.OP_ACCEPT));
    }

    @Test
    void register_duringSelect_doesNotBlock() throws Exception {
        Background select = Background.call(selector::select).awaitBlocked();
        client.register(selector, SelectionKey.OP_READ);
        sendToClient();
        selector.wakeup();
        select.result();
        assertEquals(1, selector.select() + selector.selectedKeys().size() - 1);
    }

    @Test
    void action_form_isCalledForEachReadyKey() throws IOException {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        sendToClient();
        List<SelectionKey> seen = new ArrayList<>();
        while (seen.isEmpty() || (key.readyOps() & SelectionKey.OP_READ) == 0) {
            seen.clear();
            assertEquals(1, selector.select(seen::add));
        }
        assertEquals(List.of(key), seen);
        assertTrue(selector.selectedKeys().isEmpty());
        assertThrows(IllegalStateException.class, () -> selector.select(any -> selectNested()));
        assertThrows(NullPointerException.class, () -> selector.select(null));
    }

    private void selectNested() {
        try {
            selector.selectNow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sets_ofKeys_cannotGrow() throws IOException {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ);
        assertThrows(UnsupportedOperationException.class, () -> selector.selectedKeys()
                .add(key));
        assertThrows(UnsupportedOperationException.class, () -> selector.keys().remove(key));
    }

    @Test
    void close_selector_endsSelectAndInvalidatesKeys() throws Exception {
        SelectionKey key = client.register(selector, SelectionKey.OP_READ);
        Background select = Background.call(selector::select).awaitBlocked();
        selector.close();
        try {
            select.result();
        } catch (AssertionError e) {
            assertTrue(e.getCause() instanceof ClosedSelectorException);
        }
        assertFalse(key.isValid());
        assertThrows(ClosedSelectorException.class, selector::select);
        assertThrows(ClosedSelectorException.class, selector::keys);
        assertThrows(ClosedSelectorException.class, () -> client.register(selector, SelectionKey.OP_READ));
        client.configureBlocking(true);
    }

    @Test
    void select_pipeBesideConnection_seesBoth() throws Exception {
        Pipe pipe = net.channels().openPipe();
        pipe.source().configureBlocking(false);
        SelectionKey ofPipe = pipe.source().register(selector, SelectionKey.OP_READ);
        SelectionKey ofClient = client.register(selector, SelectionKey.OP_READ);
        Background first = Background.call(selector::select).awaitBlocked();
        sendToClient();
        assertEquals(1, first.result());
        assertEquals(Set.of(ofClient), selector.selectedKeys());
        client.read(ByteBuffer.allocate(10));
        selector.selectedKeys().clear();
        Background second = Background.call(selector::select).awaitBlocked();
        pipe.sink().write(ByteBuffer.allocate(1));
        assertEquals(1, second.result());
        assertEquals(Set.of(ofPipe), selector.selectedKeys());
        assertTrue(ofPipe.isReadable());
        Background third = Background.call(() -> {
            pipe.source().read(ByteBuffer.allocate(1));
            selector.selectedKeys().clear();
            return selector.select();
        });
        third.awaitBlocked();
        third.interrupt();
        assertEquals(0, third.result());
        ofPipe.cancel();
        selector.selectNow();
        pipe.source().configureBlocking(true);
        pipe.source().close();
        pipe.sink().close();
    }

    @Test
    void select_unixDomainBesideConnection_seesAll() throws Exception {
        Path path = Files.createTempDirectory("selector").resolve("socket");
        try (ServerSocketChannel local = net.channels().openServerSocketChannel(StandardProtocolFamily.UNIX);
                SocketChannel caller = net.channels().openSocketChannel(StandardProtocolFamily.UNIX)) {
            local.bind(UnixDomainSocketAddress.of(path));
            local.configureBlocking(false);
            SelectionKey ofLocal = local.register(selector, SelectionKey.OP_ACCEPT);
            SelectionKey ofClient = client.register(selector, SelectionKey.OP_READ);
            Background first = Background.call(selector::select).awaitBlocked();
            caller.connect(UnixDomainSocketAddress.of(path));
            assertEquals(1, first.result());
            assertEquals(Set.of(ofLocal), selector.selectedKeys());
            assertTrue(ofLocal.isAcceptable());
            selector.selectedKeys().clear();
            try (SocketChannel peer = local.accept()) {
                peer.configureBlocking(false);
                SelectionKey ofPeer = peer.register(selector, SelectionKey.OP_READ);
                Background second = Background.call(selector::select).awaitBlocked();
                sendToClient();
                assertEquals(1, second.result());
                assertEquals(Set.of(ofClient), selector.selectedKeys());
                caller.write(ByteBuffer.allocate(1));
                while (!selector.selectedKeys().contains(ofPeer)) {
                    selector.select();
                }
                assertEquals(Set.of(ofClient, ofPeer), selector.selectedKeys());
                assertTrue(ofPeer.isReadable() && ofClient.isReadable());
                assertEquals(1, peer.read(ByteBuffer.allocate(10)));
            }
        } finally {
            Files.deleteIfExists(path);
            Files.delete(path.getParent());
        }
    }

    @Test
    void select_peerCloses_isReadable() throws IOException {
        client.register(selector, SelectionKey.OP_READ);
        accepted.close();
        assertEquals(1, selector.select());
        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
    }

    @Test
    void select_roomAgain_isWritable() throws Exception {
        SelectionKey key = client.register(selector, SelectionKey.OP_WRITE);
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
        int count = 1;
        while (count > 0) {
            chunk.clear();
            count = client.write(chunk);
        }
        assertEquals(0, selector.selectNow());
        Background select = Background.call(selector::select).awaitBlocked();
        Background drain = Background.call(() -> {
            ByteBuffer target = ByteBuffer.allocate(1 << 16);
            while (select.isRunning()) {
                target.clear();
                accepted.read(target);
            }
            return "done";
        });
        assertEquals(1, select.result());
        assertTrue(key.isWritable());
        client.close();
        accepted.close();
        drain.ended();
    }
}
