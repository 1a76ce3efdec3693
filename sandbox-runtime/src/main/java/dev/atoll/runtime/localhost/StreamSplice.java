package dev.atoll.runtime.localhost;

import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.ReadinessListener;
import dev.atoll.stack.socket.TcpEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the kernel's and one of the stack's, joined: bytes, end of stream and reset pass both ways, in order. Urgent bytes
 * arrive as the others do.
 *
 * <p>All on the loop's thread, but {@link #onReady} and {@link #isDelivered}. Bytes that one side does not take wait here, and meanwhile nothing is read
 * from the other: a buffer is there only while bytes wait.
 */
final class StreamSplice implements Crossing, ReadinessListener {
    /** What is moved in one go before others have their turn. */
    private static final int ROUNDS = 16;

    private final Localhost localhost;
    private final LocalhostLoop loop;
    private final SocketChannel outer;
    private final TcpEndpoint inner;
    private final AtomicBoolean queued = new AtomicBoolean();
    private @Nullable SelectionKey key;
    private @Nullable ByteBuffer toOuter;
    private @Nullable ByteBuffer toInner;
    private boolean connected;
    private boolean innerEnded;
    private boolean outerEnded;
    private boolean over;

    private final Runnable move = new Runnable() {
        @Override
        public void run() {
            queued.set(false);
            move();
        }
    };

    /**
     * @param outer connected, non-blocking
     * @param inner connected, or about to be
     */
    StreamSplice(Localhost localhost, LocalhostLoop loop, SocketChannel outer, TcpEndpoint inner) {
        this.localhost = localhost;
        this.loop = loop;
        this.outer = outer;
        this.inner = inner;
    }

    /** Begins to move bytes. */
    void start() {
        key = loop.watch(outer, SelectionKey.OP_READ, this);
        inner.setReadinessListener(this);
        moveLater();
    }

    @Override
    public void onReady(Endpoint endpoint, int readiness) {
        moveLater();
    }

    private void moveLater() {
        if (!queued.getAndSet(true)) {
            loop.execute(move);
        }
    }

    @Override
    public void ready(SelectionKey ready) {
        move();
    }

    /** Whether nothing waits here to reach the kernel, or is just on its way there. Any thread. */
    synchronized boolean isDelivered() {
        return over || (toOuter == null && inner.available() == 0);
    }

    private synchronized void move() {
        if (over) {
            return;
        }
        if (!connected && !isConnected()) {
            return;
        }
        try {
            boolean more = moveOut();
            more |= moveIn();
            if (innerEnded && outerEnded && toOuter == null && toInner == null) {
                finish();
                return;
            }
            LocalhostLoop.setInterest(key, interest());
            if (more) {
                moveLater();
            }
        } catch (IOException e) {
            // One of them was reset, or closed with bytes unread.
            fail();
        }
    }

    /** The handshake with the program is over; if it failed, nothing is left of this. */
    private boolean isConnected() {
        int readiness = inner.readiness();
        if ((readiness & Readiness.ERR) != 0) {
            fail();
            return false;
        }
        connected = (readiness & Readiness.OUT) != 0;
        if (!connected) {
            // Who gives up meanwhile is heard.
            try {
                readAhead();
            } catch (IOException e) {
                fail();
            }
        }
        return connected;
    }

    private void readAhead() throws IOException {
        if (toInner != null) {
            LocalhostLoop.setInterest(key, 0);
            return;
        }
        ByteBuffer buffer = loop.scratch();
        int length = outer.read(buffer.clear());
        if (length < 0) {
            fail();
        } else if (length > 0) {
            toInner = copy(buffer.flip());
        }
    }

    private int interest() {
        int read = outerEnded || toInner != null ? 0 : SelectionKey.OP_READ;
        return toOuter == null ? read : read | SelectionKey.OP_WRITE;
    }

    /** From the stack to the kernel; whether there may be more. */
    private boolean moveOut() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuffer waiting = toOuter;
            if (waiting != null) {
                outer.write(waiting);
                if (waiting.hasRemaining()) {
                    return false;
                }
                toOuter = null;
            }
            if (innerEnded) {
                return false;
            }
            ByteBuffer buffer = loop.scratch();
            int length = inner.read(buffer.clear());
            if (length == Endpoint.WOULD_BLOCK) {
                return false;
            }
            if (length == Endpoint.END_OF_STREAM) {
                innerEnded = true;
                outer.shutdownOutput();
                return false;
            }
            outer.write(buffer.flip());
            if (buffer.hasRemaining()) {
                toOuter = copy(buffer);
            }
        }
        return true;
    }

    /** From the kernel to the stack; whether there may be more. */
    private boolean moveIn() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuffer waiting = toInner;
            if (waiting != null) {
                inner.write(waiting);
                if (waiting.hasRemaining()) {
                    return false;
                }
                toInner = null;
            }
            if (outerEnded) {
                return false;
            }
            ByteBuffer buffer = loop.scratch();
            int length = outer.read(buffer.clear());
            if (length == 0) {
                return false;
            }
            if (length < 0) {
                outerEnded = true;
                inner.shutdownWrite();
                return false;
            }
            inner.write(buffer.flip());
            if (buffer.hasRemaining()) {
                toInner = copy(buffer);
            }
        }
        return true;
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** Both have said all. */
    private void finish() {
        over = true;
        // First, so that whoever hears of the end finds the place free.
        localhost.ended(this);
        inner.close();
        Sockets.close(outer);
    }

    /** One side is gone: so is the other. */
    private void fail() {
        over = true;
        localhost.ended(this);
        inner.abort();
        Sockets.reset(outer);
    }

    @Override
    public void end() {
        if (!over) {
            over = true;
            inner.close();
            Sockets.close(outer);
        }
    }
}
