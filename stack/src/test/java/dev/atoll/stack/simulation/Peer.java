package dev.atoll.stack.simulation;

import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.TcpState;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a bulk transfer: connects or accepts, then writes and reads in chunks of seeded sizes, shuts down writing
 * when all is written, and closes when the peer has done so too. Compares each byte it reads with what the peer meant.
 */
final class Peer extends Program {
    private static final int MAX_CHUNK_BYTES = 20_000;
    private static final long ROLLING_HASH_FACTOR = 0x100000001b3L;

    /** How an end is told. */
    record Plan(long bytesToWrite, ByteStream toWrite, long bytesToRead, ByteStream toRead) {}

    private final Plan plan;
    private final Chance chance;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(MAX_CHUNK_BYTES);
    private final ByteBuffer writeBuffer = ByteBuffer.allocate(MAX_CHUNK_BYTES);
    private @Nullable TcpListener listener;
    private @Nullable TcpEndpoint endpoint;
    private long written;
    private long read;
    private long hash;
    private boolean shut;
    private boolean endSeen;
    private boolean closed;

    Peer(Plan plan, Rng rng) {
        this.plan = plan;
        chance = new Chance(rng);
        writeBuffer.limit(0);
    }

    void connect(TcpEndpoint with, FullAddress remote) throws StackException {
        endpoint = with;
        with.setReadinessListener(this);
        if (with.connect(remote)) {
            again();
        }
    }

    void listen(TcpListener with, FullAddress local) throws StackException {
        listener = with;
        with.bind(local);
        with.listen(1);
        with.setReadinessListener(this);
    }

    boolean isClosed() {
        return closed;
    }

    long hashOfRead() {
        return hash;
    }

    /** The hash that {@link #hashOfRead} must end with. */
    static long hashOf(ByteStream stream, long bytes) {
        long hash = 0;
        for (long i = 0; i < bytes; i++) {
            hash = (hash ^ (stream.at(i) & 0xff)) * ROLLING_HASH_FACTOR;
        }
        return hash;
    }

    @Override
    void run() {
        try {
            if (endpoint == null) {
                accept();
            }
            TcpEndpoint connected = endpoint;
            if (connected != null && !closed) {
                transfer(connected);
            }
        } catch (StackException e) {
            throw new AssertionError(this + ": " + e.getMessage(), e);
        }
    }

    private void accept() throws StackException {
        TcpListener waiting = listener;
        if (waiting == null) {
            throw new IllegalStateException("a peer connects or listens before it runs");
        }
        TcpEndpoint accepted = waiting.accept();
        if (accepted != null) {
            endpoint = accepted;
            accepted.setReadinessListener(this);
            waiting.close();
            again();
        }
    }

    private void transfer(TcpEndpoint connected) throws StackException {
        if (connected.state() == TcpState.SYN_SENT) {
            return;
        }
        StackException error = connected.takeError();
        if (error != null) {
            throw error;
        }
        boolean moved;
        do {
            moved = write(connected);
            moved |= read(connected);
        } while (moved);
        if (written == plan.bytesToWrite && !shut) {
            shut = true;
            connected.shutdownWrite();
        }
        if (shut && endSeen) {
            closed = true;
            connected.close();
        }
    }

    private boolean write(TcpEndpoint connected) throws StackException {
        if (shut || written == plan.bytesToWrite) {
            return false;
        }
        if (!writeBuffer.hasRemaining()) {
            int chunk = (int) Math.min(chance.between(1, MAX_CHUNK_BYTES), plan.bytesToWrite - written);
            writeBuffer.clear();
            for (int i = 0; i < chunk; i++) {
                writeBuffer.put(plan.toWrite.at(written + i));
            }
            writeBuffer.flip();
        }
        int count = connected.write(writeBuffer);
        if (count == Endpoint.WOULD_BLOCK) {
            return false;
        }
        written += count;
        return count > 0;
    }

    private boolean read(TcpEndpoint connected) throws StackException {
        if (endSeen) {
            return false;
        }
        readBuffer.clear().limit(chance.between(1, MAX_CHUNK_BYTES));
        int count = connected.read(readBuffer);
        if (count == Endpoint.WOULD_BLOCK) {
            return false;
        }
        if (count == Endpoint.END_OF_STREAM) {
            endSeen = true;
            require(read == plan.bytesToRead, "the stream ends after " + read + " of " + plan.bytesToRead + " bytes");
            return true;
        }
        require(count == readBuffer.position(), "read gave " + count + " and moved " + readBuffer.position());
        for (int i = 0; i < count; i++) {
            byte got = readBuffer.get(i);
            require(got == plan.toRead.at(read + i), "byte " + (read + i) + " of the stream is wrong");
            hash = (hash ^ (got & 0xff)) * ROLLING_HASH_FACTOR;
        }
        read += count;
        return true;
    }

    private void require(boolean ok, String otherwise) {
        if (!ok) {
            throw new AssertionError(this + ": " + otherwise);
        }
    }

    @Override
    public String toString() {
        String state = endpoint == null ? "not connected" : endpoint.state().toString();
        return state + ", wrote " + written + " of " + plan.bytesToWrite + (shut ? " and FIN" : "") + ", read " + read
                + " of " + plan.bytesToRead + (endSeen ? " and the end" : "");
    }
}
