package dev.atoll.shim;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that are mappings of files. Their memory goes away when somebody makes the file shorter, and a thread that touches it
 * then gets an {@link InternalError}, which compiled code raises a good while after the instruction that did. The stack copies
 * while a thread has its hold, where an Error leaves a connection half changed. So what is in a mapping is copied before, what
 * goes into one after, and a fault is the failure that the kernel makes of it: {@link StackError#BAD_BUFFER}.
 */
final class MappedMemory {
    /** What is copied at once; a datagram fits in. */
    private static final int PIECE_BYTES = 1 << 16;

    /** Written so that the compiler has to make what is in it; read by nobody. */
    @SuppressWarnings("unused")
    private static volatile byte @Nullable [] @Nullable [] entered;

    private static volatile int noRows;

    private MappedMemory() {}

    /**
     * Whether a buffer is, or is part of, a mapping of a file. Java tells the two kinds of direct buffers apart nowhere but in
     * how they treat a range that cannot be: what has no file to force it to does nothing, a mapping looks at the range first.
     */
    static boolean isMapping(ByteBuffer buffer) {
        if (!(buffer instanceof MappedByteBuffer direct)) {
            return false;
        }
        try {
            direct.force(-1, 0);
            return false;
        } catch (IndexOutOfBoundsException e) {
            return true;
        }
    }

    /** An empty buffer for what is to go into a mapping. */
    static ByteBuffer bufferFor(ByteBuffer target) {
        return ByteBuffer.allocate(Math.min(target.remaining(), PIECE_BYTES));
    }

    /**
     * The first bytes of what remains in a mapping, which stays as it is. Of a datagram too long to be sent it is one too long.
     */
    static ByteBuffer copyOf(ByteBuffer source) throws StackException {
        ByteBuffer copy = bufferFor(source);
        move(source.duplicate().limit(source.position() + copy.capacity()), copy);
        return copy.flip();
    }

    /** Puts all of one buffer into another; one of them is a mapping. */
    static void move(ByteBuffer from, ByteBuffer to) throws StackException {
        try {
            to.put(from);
            deliverFault();
        } catch (InternalError e) {
            throw new StackException(StackError.BAD_BUFFER);
        }
    }

    /**
     * Has the JVM raise the Error for a fault that there was. It does when a thread comes back to Java code from a service of the
     * JVM's, which no instruction between here and the stack's hold may need. Arrays of arrays of a length the compiler does
     * not know are made by such a service, in compiled code too.
     */
    private static void deliverFault() {
        entered = new byte[noRows][noRows];
    }

    /** As the endpoint's read. */
    static int read(TcpEndpoint endpoint, ByteBuffer target) throws StackException {
        ByteBuffer received = bufferFor(target);
        int count = endpoint.read(received);
        move(received.flip(), target);
        return count;
    }

    /** As the endpoint's write. */
    static int write(TcpEndpoint endpoint, ByteBuffer source) throws StackException {
        if (!source.hasRemaining()) {
            return endpoint.write(source);
        }
        int total = 0;
        while (source.hasRemaining()) {
            ByteBuffer copy = copyOf(source);
            int count = endpoint.write(copy);
            if (count == Endpoint.WOULD_BLOCK) {
                return total == 0 ? count : total;
            }
            source.position(source.position() + count);
            total += count;
            if (copy.hasRemaining()) {
                break;
            }
        }
        return total;
    }
}
