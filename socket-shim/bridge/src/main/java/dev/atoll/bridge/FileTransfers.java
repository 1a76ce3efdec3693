package dev.atoll.bridge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import sun.nio.ch.Util;

/**
 * Moves bytes between a file and a connection of the stack, in large pieces through a direct buffer that the JDK keeps for its
 * threads. It stands in for what {@code FileChannelImpl} does with channels it does not know, which is the same in pieces
 * of 8 KiB through a buffer on the heap, and is called from there: arguments have been checked, and counts that go beyond the end of the file cut.
 *
 * <p>Files are read and not mapped: a mapping fails with an Error where the file has become shorter, and the stack copies
 * while it has the hold.
 */
final class FileTransfers {
    /** More makes nothing faster: a pass through the stack then costs little beside copying. */
    private static final int MAX_PIECE_BYTES = 128 << 10;

    /** What of a piece a connection does not take is read again for the next call; so pieces grow with what it takes. */
    private static final int FIRST_PIECE_BYTES = 16 << 10;

    private FileTransfers() {}

    /**
     * Writes what is in the file to the channel, until it takes no more or all is written.
     *
     * @param count how many bytes at most; the end of the file may come earlier
     * @return how many
     */
    static long to(FileChannel file, long position, long count, WritableByteChannel target) throws IOException {
        if (count == 0) {
            return 0;
        }
        ByteBuffer buffer = Util.getTemporaryDirectBuffer((int) Math.min(count, MAX_PIECE_BYTES));
        int pieceBytes = FIRST_PIECE_BYTES;
        long done = 0;
        try {
            while (done < count) {
                limit(buffer, Math.min(count - done, pieceBytes));
                int read = file.read(buffer, position + done);
                if (read <= 0) {
                    break;
                }
                int written = target.write(buffer.flip());
                done += written;
                if (written != read) {
                    break;
                }
                pieceBytes = Math.min(2 * pieceBytes, MAX_PIECE_BYTES);
            }
            return done;
        } catch (IOException e) {
            return orThrow(done, e);
        } finally {
            Util.releaseTemporaryDirectBuffer(buffer);
        }
    }

    /**
     * Writes what comes from the channel to the file, until nothing comes or there are so many bytes.
     *
     * @return how many
     */
    static long from(ReadableByteChannel source, FileChannel file, long position, long count) throws IOException {
        if (count == 0) {
            return 0;
        }
        ByteBuffer buffer = Util.getTemporaryDirectBuffer((int) Math.min(count, MAX_PIECE_BYTES));
        long done = 0;
        try {
            while (done < count) {
                limit(buffer, Math.min(count - done, MAX_PIECE_BYTES));
                int read = source.read(buffer);
                if (read <= 0) {
                    break;
                }
                int written = file.write(buffer.flip(), position + done);
                done += written;
                if (written != read) {
                    break;
                }
            }
            return done;
        } catch (IOException e) {
            return orThrow(done, e);
        } finally {
            Util.releaseTemporaryDirectBuffer(buffer);
        }
    }

    private static void limit(ByteBuffer buffer, long bytes) {
        buffer.clear().limit((int) Math.min(bytes, buffer.capacity()));
    }

    /** A failure is told of by the next call if this one has moved bytes, of which the caller would not learn otherwise. */
    private static long orThrow(long done, IOException failure) throws IOException {
        if (done > 0) {
            return done;
        }
        throw failure;
    }
}
