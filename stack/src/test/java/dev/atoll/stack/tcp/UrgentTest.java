package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Urgent data, as tcp(7) and sockatmark(3) describe it. */
class UrgentTest {
    private static final long SECOND = 1_000_000_000L;

    private final TwoStacks net = new TwoStacks();
    private final TcpEndpoint client;
    private final TcpEndpoint server;

    UrgentTest() throws StackException {
        TcpListener listener = net.right.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(1);
        client = net.left.newTcpEndpoint();
        client.connect(new FullAddress(TwoStacks.RIGHT, 80));
        assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND));
        TcpEndpoint accepted = listener.accept();
        assertNotNull(accepted);
        server = accepted;
        client.setOption(EndpointOption.TCP_NODELAY, true);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private void write(String text) throws StackException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        net.settle();
    }

    private void writeUrgent(char text) throws StackException {
        assertTrue(client.sendUrgent((byte) text));
        net.settle();
    }

    private String read() throws StackException {
        ByteBuffer target = ByteBuffer.allocate(100);
        int bytes = server.read(target);
        return bytes <= 0 ? "" : new String(target.array(), 0, bytes, StandardCharsets.US_ASCII);
    }

    @Test
    @Requirement("RFC 9293 MUST-30")
    @Requirement("RFC 9293 MUST-32")
    @Requirement("RFC 9293 MUST-33")
    @Requirement("features I26")
    @Requirement("pain 20")
    void urgentByte_notInline_readsStopAtItsPlaceAndLeaveItOut() throws StackException {
        write("abc");
        writeUrgent('!');
        write("def");
        assertEquals(6, server.available());
        assertTrue((server.readiness() & Readiness.PRI) != 0);
        assertFalse(server.isAtMark());
        assertEquals("abc", read());
        assertTrue(server.isAtMark());
        assertEquals('!', server.readUrgent());
        assertEquals(0, server.readiness() & Readiness.PRI);
        assertTrue(server.isAtMark(), "the place stays when the byte is taken");
        assertEquals("def", read());
        assertFalse(server.isAtMark());
    }

    @Test
    void urgentByte_inline_isReadWithTheRestAfterThePlace() throws StackException {
        server.setOption(EndpointOption.SO_OOBINLINE, true);
        write("abc");
        writeUrgent('!');
        write("def");
        assertEquals(7, server.available());
        assertTrue((server.readiness() & Readiness.PRI) != 0);
        assertEquals("abc", read());
        assertTrue(server.isAtMark());
        assertEquals("!def", read());
        assertEquals(0, server.readiness() & Readiness.PRI);
        assertFalse(server.isAtMark());
    }

    @Test
    void urgentByte_alone_isNothingToRead() throws StackException {
        writeUrgent('!');
        assertEquals(0, server.readiness() & Readiness.IN);
        assertEquals(Endpoint.WOULD_BLOCK, server.read(ByteBuffer.allocate(1)));
        assertTrue(server.isAtMark());
        client.shutdownWrite();
        net.settle();
        assertEquals(Endpoint.END_OF_STREAM, server.read(ByteBuffer.allocate(1)));
    }

    @Test
    void urgentByte_takenTwiceOrInline_isRefused() throws StackException {
        assertInvalid();
        writeUrgent('!');
        assertEquals('!', server.readUrgent());
        assertInvalid();
        writeUrgent('?');
        server.setOption(EndpointOption.SO_OOBINLINE, true);
        assertInvalid();
    }

    private void assertInvalid() {
        StackException refused = assertThrows(StackException.class, server::readUrgent);
        assertEquals(StackError.INVALID, refused.error());
    }

    /** The pointer reaches 65,535 bytes; what is urgent may be longer, and the mark follows it to its end. */
    @Test
    @Requirement("RFC 9293 MUST-31")
    void urgentData_longerThanThePointerReaches_endsAtItsLastByte() throws StackException {
        int length = 200_000;
        ByteBuffer data = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            data.put(i, (byte) (i % 251));
        }
        ByteBuffer read = ByteBuffer.allocate(length + 1);
        boolean marked = false;
        while (data.hasRemaining()) {
            client.write(data);
            if (!data.hasRemaining()) {
                marked = client.sendUrgent((byte) '!');
            }
            net.settle();
            assertTrue(server.read(read) > 0, "nothing arrived");
            net.settle();
        }
        assertTrue(marked);
        while (read.position() < length) {
            assertTrue(server.read(read) > 0, () -> "stops at " + read.position());
            net.settle();
        }
        assertEquals(length, read.position());
        for (int i = 0; i < length; i++) {
            assertEquals((byte) (i % 251), read.get(i));
        }
        assertTrue(server.isAtMark());
        assertEquals('!', server.readUrgent());
        write("after");
        assertEquals("after", read());
    }

    @Test
    void secondUrgentByte_firstNotRead_becomesPartOfTheStream() throws StackException {
        write("a");
        writeUrgent('!');
        write("b");
        writeUrgent('?');
        write("c");
        assertEquals("a!b", read());
        assertEquals('?', server.readUrgent());
        assertEquals("c", read());
    }

    /** As Linux's tcp_check_urg does: nobody who reads on would meet the byte. */
    @Test
    void secondUrgentByte_firstIsNextToBeRead_firstIsLeftOut() throws StackException {
        writeUrgent('!');
        write("b");
        writeUrgent('?');
        write("c");
        assertEquals(2, server.available());
        assertEquals("b", read());
        assertEquals('?', server.readUrgent());
        assertEquals("c", read());
    }

    @Test
    void secondUrgentByte_rightBehindTheFirst_leavesNothingToRead() throws StackException {
        writeUrgent('!');
        writeUrgent('?');
        assertEquals(0, server.available());
        assertEquals(0, server.readiness() & Readiness.IN);
        assertEquals('?', server.readUrgent());
        write("c");
        assertEquals("c", read());
    }

    @Test
    void mark_announcedBeforeItsByteComes_isWaitedFor() {
        UrgentMark mark = new UrgentMark();
        mark.announced(110, 100);
        assertTrue(mark.isTakeable());
        assertFalse(mark.hasArrived());
        assertFalse(mark.isExpectedIn(100, 10));
        assertTrue(mark.isExpectedIn(110, 1));
        mark.announced(105, 100);
        assertEquals(110, mark.seq(), "an older one does not move the mark back");
    }
}
