package dev.atoll.runtime.control;

import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The program's end of the control descriptor, in plain Java.
 *
 * <p>Reading and writing are independent: one thread reads, any thread writes.
 */
public final class ControlStream implements Closeable {
    private final InputStream in;
    private final OutputStream out;

    /**
     * Takes the streams over.
     *
     * @param in what the launcher says
     * @param out what the launcher hears; one record goes out as one write
     */
    public ControlStream(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Waits for the next record.
     *
     * @return null when the launcher has closed its end between two records
     * @throws ControlFault if what comes is not a record
     */
    public @Nullable ToProgram read() throws IOException {
        byte[] length = readUpTo(ControlCodec.LENGTH_BYTES);
        if (length.length == 0) {
            return null;
        }
        if (length.length < ControlCodec.LENGTH_BYTES) {
            throw new ControlFault("the connection ended inside a record");
        }
        int bytes = ControlCodec.checkLength(ByteBuffer.wrap(length).getInt(), ControlCodec.MAX_TO_PROGRAM_BYTES);
        byte[] record = readUpTo(bytes);
        if (record.length < bytes) {
            throw new ControlFault("the connection ended inside a record");
        }
        return ControlCodec.decodeToProgram(ByteBuffer.wrap(record));
    }

    /** Reads that many bytes, or fewer at the end. {@code FileInputStream.readNBytes} asks a file's position first. */
    private byte[] readUpTo(int count) throws IOException {
        byte[] bytes = new byte[count];
        int have = 0;
        while (have < count) {
            int more = in.read(bytes, have, count - have);
            if (more < 0) {
                return Arrays.copyOf(bytes, have);
            }
            have += more;
        }
        return bytes;
    }

    /** Sends a record; waits while the launcher does not read. */
    public void write(ToLauncher value) throws IOException {
        byte[] bytes = ControlCodec.encode(value);
        synchronized (out) {
            out.write(bytes);
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        try (in) {
            out.close();
        }
    }
}
