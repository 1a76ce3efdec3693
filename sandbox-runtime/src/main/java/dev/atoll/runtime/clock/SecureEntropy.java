package dev.atoll.runtime.clock;

import dev.atoll.stack.env.Rng;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Randomness from the kernel's generator, {@code /dev/urandom} (RFC 4086), taken in blocks.
 *
 * <p>Not {@link java.security.SecureRandom}: on Linux that reads the same file, but loads the security providers first,
 * which a program's start would pay for (docs/decisions/0301). Numbers given out are wiped from the block. Any thread.
 */
public final class SecureEntropy implements Rng, Closeable {
    private static final String SOURCE = "/dev/urandom";

    /** Bytes taken at once: one system call for 64 numbers. */
    private static final int BLOCK_BYTES = 512;

    private final FileInputStream source;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final ByteBuffer numbers = ByteBuffer.wrap(block);

    /**
     * Opens the source and takes the first block, so that a host without it is noticed before anything depends on it.
     *
     * @throws IOException if the kernel's generator cannot be read
     */
    public SecureEntropy() throws IOException {
        source = new FileInputStream(SOURCE);
        try {
            refill();
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    @Override
    public synchronized long nextLong() {
        if (!numbers.hasRemaining()) {
            try {
                refill();
            } catch (IOException e) {
                // Weak randomness is never a substitute: better no stack than guessable sequence numbers.
                throw new UncheckedIOException("cannot read " + SOURCE, e);
            }
        }
        int at = numbers.position();
        long number = numbers.getLong();
        Arrays.fill(block, at, at + Long.BYTES, (byte) 0);
        return number;
    }

    private void refill() throws IOException {
        int have = source.readNBytes(block, 0, BLOCK_BYTES);
        if (have < BLOCK_BYTES) {
            throw new EOFException(SOURCE + " ended after " + have + " bytes");
        }
        numbers.clear();
    }

    /** Closes the source; numbers already taken are wiped, and asking for another fails. */
    @Override
    public synchronized void close() throws IOException {
        Arrays.fill(block, (byte) 0);
        numbers.position(numbers.limit());
        source.close();
    }
}
