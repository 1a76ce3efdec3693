package dev.atoll.runtime.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.host.HostCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An adopted descriptor and a selector of the JDK's. */
class HostDescriptorTest {
    private HostDescriptor own;
    private HostDescriptor peer;
    private Selector selector;

    @BeforeEach
    void open() throws Exception {
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        own = HostDescriptor.adopt(pair[0]);
        peer = HostDescriptor.adopt(pair[1]);
        selector = Selector.open();
    }

    @AfterEach
    void close() throws Exception {
        selector.close();
        own.close();
        peer.close();
    }

    @Test
    void select_tellsWhatIsReadyOfWhatIsWatched() throws Exception {
        SelectionKey key = own.selectable().register(selector, SelectionKey.OP_READ);
        assertEquals(0, selector.selectNow());

        peer.write(ByteBuffer.wrap(new byte[] {1}));
        assertEquals(1, selector.select());
        assertEquals(SelectionKey.OP_READ, key.readyOps());

        // Still selected: what is ready is added to, and only what is new counts.
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertEquals(1, selector.select());
        assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.readyOps());
        assertEquals(0, selector.selectNow());

        selector.selectedKeys().clear();
        own.read(ByteBuffer.allocate(1));
        assertEquals(1, selector.select());
        assertEquals(SelectionKey.OP_WRITE, key.readyOps());
    }

    @Test
    void select_otherEndCloses_readyForAllThatIsWatched() throws Exception {
        SelectionKey key = own.selectable().register(selector, SelectionKey.OP_READ);

        peer.close();
        assertEquals(1, selector.select());
        assertEquals(SelectionKey.OP_READ, key.readyOps());
        assertEquals(HostDescriptor.END, own.read(ByteBuffer.allocate(1)));
    }

    @Test
    void close_notWatched_givesTheNumberBackAtOnce() throws Exception {
        own.close();

        assertFalse(isOpen(own));
    }

    @Test
    void adopt_numberThatIsNotOpen_isRefused() {
        // More than any limit allows to be open.
        int number = Integer.MAX_VALUE;
        IOException refused = assertThrows(IOException.class, () -> HostDescriptor.adopt(number));

        assertEquals(
                "descriptor 2147483647 is not open (Bad file descriptor): nobody has passed it on to this process, or it"
                        + " was closed before",
                refused.getMessage());
    }

    /** Otherwise another file could get the number, and its events. */
    @Test
    void close_watched_givesTheNumberBackWhenTheSelectorHasLetGo() throws Exception {
        SelectionKey key = own.selectable().register(selector, SelectionKey.OP_READ);

        own.close();
        assertFalse(key.isValid());
        assertTrue(isOpen(own), "the selector does not know yet");
        assertEquals(0, selector.selectNow());
        assertFalse(isOpen(own));
    }

    @Test
    void close_watched_givesTheNumberBackWhenTheSelectorIsClosed() throws Exception {
        own.selectable().register(selector, SelectionKey.OP_READ);

        own.close();
        selector.close();
        assertFalse(isOpen(own));
    }

    private static boolean isOpen(HostDescriptor descriptor) {
        return Files.exists(Path.of("/proc/self/fd", Integer.toString(descriptor.number())));
    }
}
