package dev.atoll.runtime.localhost;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.ReadinessListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams between an endpoint of the stack and a socket of the kernel's, which is in the stack as an endpoint of its address and
 * port that is connected with the first. Moved on the loop's thread; closed by any.
 */
final class DatagramSplice implements Crossing, ReadinessListener {
    /**
     * Who talks.
     *
     * @param program the program's end
     * @param outer the other end, in the kernel
     */
    record Pair(FullAddress program, FullAddress outer) {}

    /** Moved in one go before others have their turn. */
    private static final int BATCH = 64;

    private final Localhost localhost;
    private final LocalhostLoop loop;
    private final Pair pair;
    private final UdpEndpoint inner;
    private final @Nullable HeldDatagrams held;
    private final @Nullable DatagramChannel own;
    private final AtomicBoolean queued = new AtomicBoolean();
    private volatile boolean over;
    private volatile long usedNs = System.nanoTime();

    private final Runnable move = new Runnable() {
        @Override
        public void run() {
            queued.set(false);
            moveOut();
        }
    };

    /**
     * @param inner connected with the program's end
     * @param held what the program's port is held with, or null
     * @param own a socket of the kernel's connected with the other end, which tells when that is gone; null to send by {@code held}
     */
    DatagramSplice(
            Localhost localhost,
            LocalhostLoop loop,
            Pair pair,
            UdpEndpoint inner,
            @Nullable HeldDatagrams held,
            @Nullable DatagramChannel own) {
        this.localhost = localhost;
        this.loop = loop;
        this.pair = pair;
        this.inner = inner;
        this.held = held;
        this.own = own;
    }

    /** On the loop's thread. */
    void start() {
        if (own != null) {
            loop.watch(own, SelectionKey.OP_READ, this);
        }
        inner.setReadinessListener(this);
    }

    Pair pair() {
        return pair;
    }

    @Nullable HeldDatagrams held() {
        return held;
    }

    long usedNs() {
        return usedNs;
    }

    @Override
    public void onReady(Endpoint endpoint, int readiness) {
        if (!over && !queued.getAndSet(true)) {
            loop.execute(move);
        }
    }

    private void moveOut() {
        if (over) {
            return;
        }
        ByteBuffer buffer = loop.scratch();
        try {
            for (int i = 0; i < BATCH; i++) {
                if (inner.receive(buffer.clear()) == null) {
                    return;
                }
                usedNs = System.nanoTime();
                sendOut(buffer.flip());
            }
            onReady(inner, inner.readiness());
        } catch (IOException e) {
            // One end is gone. Who sends next is told by the kernel or the stack.
            close();
        }
    }

    private void sendOut(ByteBuffer datagram) throws IOException {
        if (own != null) {
            own.write(datagram);
        } else if (held != null) {
            held.send(datagram, pair.outer());
        }
    }

    @Override
    public void ready(SelectionKey key) {
        DatagramChannel from = own;
        if (from == null || over) {
            return;
        }
        ByteBuffer buffer = loop.scratch();
        try {
            for (int i = 0; i < BATCH; i++) {
                if (from.receive(buffer.clear()) == null) {
                    return;
                }
                moveIn(buffer.flip());
            }
        } catch (IOException e) {
            close();
        }
    }

    /** A datagram of the other end's. On the loop's thread. */
    void moveIn(ByteBuffer datagram) {
        usedNs = System.nanoTime();
        try {
            inner.send(datagram, null);
        } catch (StackException e) {
            // What a rule drops is lost, as on a network; else the program's end is gone.
            if (e.error() != StackError.NOT_PERMITTED) {
                close();
            }
        }
    }

    /** Gives both sides up; any thread. */
    void close() {
        over = true;
        localhost.ended(this);
        inner.close();
        if (own != null) {
            Sockets.close(own);
        }
    }

    @Override
    public void end() {
        close();
    }
}
