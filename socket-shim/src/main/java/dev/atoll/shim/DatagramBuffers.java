package dev.atoll.shim;

import java.nio.ByteBuffer;

/** Several buffers as one datagram. */
final class DatagramBuffers {
    /** No datagram is longer, whatever the buffers could take (RFC 768: the length is 16 bits). */
    private static final int LARGEST = 0xffff;

    private DatagramBuffers() {}

    static int remaining(ByteBuffer[] buffers, int offset, int length) {
        long sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += buffers[i].remaining();
        }
        return (int) Math.min(sum, LARGEST);
    }

    static void scatter(ByteBuffer whole, ByteBuffer[] targets, int offset, int length) {
        for (int i = offset; i < offset + length && whole.hasRemaining(); i++) {
            ByteBuffer part = whole.slice();
            part.limit(Math.min(part.remaining(), targets[i].remaining()));
            whole.position(whole.position() + part.remaining());
            targets[i].put(part);
        }
    }

    /** All bytes in one buffer; one longer than any datagram if there are too many, for the stack to refuse. */
    static ByteBuffer gather(ByteBuffer[] sources, int offset, int length) {
        long sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += sources[i].remaining();
        }
        ByteBuffer whole = ByteBuffer.allocate((int) Math.min(sum, LARGEST + 1L));
        for (int i = offset; i < offset + length && whole.hasRemaining(); i++) {
            ByteBuffer part = sources[i].duplicate();
            part.limit(part.position() + Math.min(part.remaining(), whole.remaining()));
            whole.put(part);
        }
        return whole.flip();
    }

    static void consume(ByteBuffer[] sources, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            sources[i].position(sources[i].limit());
        }
    }
}
