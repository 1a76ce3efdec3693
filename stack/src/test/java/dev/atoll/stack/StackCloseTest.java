package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import org.junit.jupiter.api.Test;

/** What is left of a stack that was closed. */
class StackCloseTest {
    @Test
    void endpointOfAClosedStack_anyCall_closed() throws StackException {
        TwoStacks net = new TwoStacks();
        TcpListener before = net.left.newTcpListener();
        net.close();
        FullAddress any = new FullAddress(IpAddress.V4_ANY, 0);
        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, () -> before.bind(any)).error());
        TcpListener after = net.left.newTcpListener();
        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, () -> after.bind(any)).error());
    }
}
