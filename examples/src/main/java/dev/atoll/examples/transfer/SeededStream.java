package dev.atoll.examples.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** An endless stream of bytes that a seed decides, so that both ends of a connection know what is to come. One thread. */
final class SeededStream {
    private final SplittableRandom random;
    private final ByteBuffer next = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    SeededStream(long seed) {
        random = new SplittableRandom(seed);
        next.limit(0);
    }

    /** Fills the first {@code length} bytes of the array with the next of the stream. */
    void fill(byte[] bytes, int length) {
        ByteBuffer to = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        while (to.hasRemaining() && next.hasRemaining()) {
            to.put(next.get());
        }
        while (to.remaining() >= Long.BYTES) {
            to.putLong(random.nextLong());
        }
        if (to.hasRemaining()) {
            next.clear();
            next.putLong(0, random.nextLong());
            while (to.hasRemaining()) {
                to.put(next.get());
            }
        }
    }
}
