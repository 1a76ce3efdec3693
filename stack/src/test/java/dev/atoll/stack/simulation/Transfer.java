package dev.atoll.stack.simulation;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.TcpState;
import java.nio.ByteBuffer;

/**
 * One end of a transfer over a connection: writes and reads in chunks of seeded sizes, shuts down writing when all is
 * written, and closes when the peer has done so too. Compares each byte it reads with what the peer meant.
 */
final class Transfer {
    private static final int MAX_CHUNK_BYTES = 20_000;
    private static final long ROLLING_HASH_FACTOR = 0x100000001b3L;

    /** How an end is told. */
    record Plan(long bytesToWrite, ByteStream toWrite, long bytesToRead, ByteStream toRead) {
        /** What the other end is told. */
        Plan mirrored() {
            return new Plan(
                    /* bytesToWrite= */ bytesToRead,
                    /* toWrite= */ toRead,
                    /* bytesToRead= */ bytesToWrite,
                    /* toRead= */ toWrite);
        }
    }

    /** Whether an end goes on after a chunk, or leaves its connection alone for a while. */
    @FunctionalInterface
    interface Pace {
        boolean goesOn();
    }

    private final Plan plan;
    private final Chance chance;
    private final Pace pace;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(MAX_CHUNK_BYTES);
    private final ByteBuffer writeBuffer = ByteBuffer.allocate(MAX_CHUNK_BYTES);
    private long written;
    private long read;
    private long hash;
    private boolean shut;
    private boolean endSeen;

    Transfer(Plan plan, Chance chance, Pace pace) {
        this.plan = plan;
        this.chance = chance;
        this.pace = pace;
        writeBuffer.limit(0);
    }

    long hashOfRead() {
        return hash;
    }

    /** Whether everything was written and the peer told so. */
    boolean isAllSaid() {
        return shut;
    }

    /** The hash that {@link #hashOfRead} must end with. */
    static long hashOf(ByteStream stream, long bytes) {
        long hash = 0;
        for (long i = 0; i < bytes; i++) {
            hash = (hash ^ (stream.at(i) & 0xff)) * ROLLING_HASH_FACTOR;
        }
        return hash;
    }

    /**
     * Goes on as far as possible without waiting.
     *
     * @return true if that was the end, and the connection is closed
     * @throws StackException if the connection broke
     */
    boolean goOn(TcpEndpoint connected) throws StackException {
        if (connected.state() == TcpState.SYN_SENT) {
            return false;
        }
        StackException error = connected.takeError();
        if (error != null) {
            throw error;
        }
        boolean moved;
        do {
            moved = write(connected);
            moved |= read(connected);
        } while (moved && pace.goesOn());
        if (written == plan.bytesToWrite && !shut) {
            shut = true;
            connected.shutdownWrite();
        }
        if (shut && endSeen) {
            connected.close();
            return true;
        }
        return false;
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
        return "wrote " + written + " of " + plan.bytesToWrite + (shut ? " and FIN" : "") + ", read " + read + " of "
                + plan.bytesToRead + (endSeen ? " and the end" : "");
    }
}
