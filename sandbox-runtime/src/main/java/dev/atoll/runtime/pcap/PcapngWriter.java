package dev.atoll.runtime.pcap;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes packets to a pcapng file without ever making the stack wait for the disk.
 *
 * <p>{@link #record} copies the packet into one of two buffers and returns; a daemon thread named {@value #THREAD_NAME}
 * writes the other one meanwhile. When both are full, packets are left out and counted, and the file's last block says
 * how many. If writing fails, recording ends, the reason is reported once, and the stack goes on.
 *
 * <p>The channel belongs to the writer. Any thread may record.
 */
public final class PcapngWriter implements AutoCloseable {
    /** The writing thread's name, as thread dumps show it. */
    public static final String THREAD_NAME = "atoll-capture";

    /** Bytes of each of the two buffers: together two full super-segment windows, or 2,700 full frames. */
    public static final int DEFAULT_BUFFER_BYTES = 2 * 1024 * 1024;

    /** The least a buffer must have: one super-segment with its longest remark. */
    public static final int MIN_BUFFER_BYTES = 160 * 1024;

    /** How long {@link #close} waits for the disk, milliseconds. */
    private static final long CLOSE_LIMIT_MS = 5_000;

    private static final byte[] NO_COMMENT = {};

    /** Room for the file's first and last blocks. */
    private static final int HEADER_BYTES = 512;

    private final WritableByteChannel channel;
    private final Clock clock;
    private final Consumer<IOException> report;
    private final Thread thread;

    /** Guards everything below; never held while writing. */
    private final Object lock = new Object();

    private ByteBuffer filling;
    private @Nullable ByteBuffer spare;
    private boolean writerWaits;
    private boolean closing;
    private boolean failed;
    private long recorded;
    private long dropped;

    /**
     * Begins a file.
     *
     * @param channel where to write; from its current position on
     * @param clock for the packets' wall-clock time
     * @param interfaceName what readers show as the interface
     * @param bufferBytes size of each of the two buffers, at least {@link #MIN_BUFFER_BYTES}
     * @param report hears of the failure that ended the recording, if one does
     * @throws IOException if the file's beginning cannot be written
     */
    public PcapngWriter(
            WritableByteChannel channel,
            Clock clock,
            String interfaceName,
            int bufferBytes,
            Consumer<IOException> report)
            throws IOException {
        Check.argument(bufferBytes >= MIN_BUFFER_BYTES, "bufferBytes", bufferBytes, "at least " + MIN_BUFFER_BYTES);
        this.channel = channel;
        this.clock = clock;
        this.report = report;
        filling = ByteBuffer.allocateDirect(bufferBytes);
        spare = ByteBuffer.allocateDirect(bufferBytes);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        PcapngBlocks.header(header, "Atoll", interfaceName);
        writeAll(header.flip());
        thread = new Thread(this::writeBehind, THREAD_NAME);
        thread.setDaemon(true);
        thread.start();
    }

    /** A packet the stack received. */
    public void recordInbound(PacketBuffer frame) {
        record(frame, PcapngBlocks.INBOUND, NO_COMMENT);
    }

    /** A packet the stack sent. */
    public void recordOutbound(PacketBuffer frame) {
        record(frame, PcapngBlocks.OUTBOUND, NO_COMMENT);
    }

    /** A packet with a remark that readers show beside it, at most 64 KiB in UTF-8. */
    public void recordOutbound(PacketBuffer frame, String comment) {
        record(frame, PcapngBlocks.OUTBOUND, comment.getBytes(StandardCharsets.UTF_8));
    }

    /** A packet with a remark that readers show beside it, at most 64 KiB in UTF-8. */
    public void recordInbound(PacketBuffer frame, String comment) {
        record(frame, PcapngBlocks.INBOUND, comment.getBytes(StandardCharsets.UTF_8));
    }

    private void record(PacketBuffer frame, int direction, byte[] comment) {
        Check.argument(comment.length <= 0xffff, "comment", comment.length + " bytes", "at most 65535");
        int bytes = PcapngBlocks.packetBytes(frame.length(), comment.length);
        synchronized (lock) {
            if (closing || failed) {
                return;
            }
            if (filling.remaining() < bytes) {
                dropped++;
                return;
            }
            PcapngBlocks.packet(filling, frame, clock.epochNs(), direction, comment);
            recorded++;
            if (writerWaits) {
                writerWaits = false;
                lock.notifyAll();
            }
        }
    }

    /** Packets in the file or on their way to it. */
    public long recorded() {
        synchronized (lock) {
            return recorded;
        }
    }

    /** Packets left out because the disk was too slow. */
    public long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    private void writeBehind() {
        try {
            ByteBuffer full = take(null);
            while (full != null) {
                writeAll(full);
                full = take(full);
            }
            ByteBuffer end = ByteBuffer.allocate(HEADER_BYTES);
            synchronized (lock) {
                PcapngBlocks.statistics(end, clock.epochNs(), recorded + dropped, dropped);
            }
            writeAll(end.flip());
            channel.close();
        } catch (IOException e) {
            boolean first;
            synchronized (lock) {
                first = !failed;
                failed = true;
            }
            closeAfterFailure(e);
            if (first) {
                report.accept(e);
            }
        }
    }

    private void closeAfterFailure(IOException cause) {
        try {
            channel.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Gives back a written buffer and waits for the next one; null when all is written and the writer is closing. */
    private @Nullable ByteBuffer take(@Nullable ByteBuffer written) {
        synchronized (lock) {
            if (written != null) {
                spare = written.clear();
            }
            while (filling.position() == 0 && !closing) {
                writerWaits = true;
                try {
                    lock.wait();
                } catch (InterruptedException ignored) {
                    // Nobody has business interrupting this thread; whoever wants its end calls close().
                }
            }
            if (filling.position() == 0) {
                return null;
            }
            ByteBuffer full = filling.flip();
            filling = Objects.requireNonNull(spare);
            spare = null;
            return full;
        }
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Writes what is buffered, then the counts, and closes the channel; gives a disk that hangs 5 seconds. */
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        boolean interrupted = false;
        long endMs = System.nanoTime() / 1_000_000 + CLOSE_LIMIT_MS;
        long leftMs = CLOSE_LIMIT_MS;
        while (thread.isAlive() && leftMs > 0) {
            try {
                thread.join(leftMs);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            leftMs = endMs - System.nanoTime() / 1_000_000;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
