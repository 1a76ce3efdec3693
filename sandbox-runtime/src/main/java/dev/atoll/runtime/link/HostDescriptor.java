package dev.atoll.runtime.link;

import dev.atoll.runtime.bridge.DescriptorChannel;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One open descriptor of the process, driven from plain Java: non-blocking, selectable, and deaf to interrupts.
 *
 * <p>Reads and writes are the business of one owner at a time (a link, under its stack's hold). It is made before hooks
 * are installed in the JDK: what it is built from must be the JDK's own.
 *
 * <p>Closing is safe while a selector watches: the number is given back to the system when the selector has let go of
 * it, as otherwise another file could get the number and its events.
 */
public final class HostDescriptor implements Closeable {
    /** An event loop other than a selector of the JDK's, which watches the number. */
    @FunctionalInterface
    public interface Watcher {
        /** Stops watching, then runs {@code giveBack}, once. Any thread; need not wait. */
        void release(Runnable giveBack);
    }

    /** Nothing to read now, or no room to write. */
    public static final int NOTHING = 0;

    /** The other end has closed. */
    public static final int END = -1;

    private final int number;
    private final FileChannel in;
    private final FileChannel out;
    private final SelectableChannel selectable;
    private @Nullable Watcher watcher;
    private boolean closed;

    private HostDescriptor(int number, FileChannel in, FileChannel out, SelectableChannel selectable) {
        this.number = number;
        this.in = in;
        this.out = out;
        this.selectable = selectable;
    }

    /**
     * Takes over a descriptor the process was started with or has opened by other means. It belongs to the result from
     * here and is made non-blocking.
     *
     * @throws IOException if it is not open, or the JDK does not let us (see {@link HostAccess})
     */
    public static HostDescriptor adopt(int number) throws IOException {
        HostAccess access = HostAccess.get();
        FileDescriptor descriptor = access.adopt(number);
        if (!descriptor.valid()) {
            throw new IOException("descriptor " + number + " cannot be: numbers begin at 0");
        }
        FileChannel in = reader(access, descriptor);
        requireOpen(number, in);
        FileChannel out = writer(access, descriptor);
        SelectableChannel selectable = new DescriptorChannel(descriptor, number, in);
        try {
            selectable.configureBlocking(false);
        } catch (IOException e) {
            throw new IOException("descriptor " + number + " cannot be used: " + e.getMessage(), e);
        }
        return new HostDescriptor(number, in, out, selectable);
    }

    /** By fstat(2), since the JDK takes a number that is not open for one that is non-blocking already. */
    private static void requireOpen(int number, FileChannel channel) throws IOException {
        try {
            long unusedSize = channel.size();
        } catch (IOException e) {
            // Not closed: somebody else may get the number any moment.
            throw new IOException(
                    "descriptor " + number + " is not open (" + e.getMessage()
                            + "): nobody has passed it on to this process, or it was closed before",
                    e);
        }
    }

    /**
     * Connects to a Unix stream socket.
     *
     * @param path where it listens
     * @param provider the JDK's own provider
     * @throws IOException if there is nobody, or the JDK does not let us (see {@link HostAccess})
     */
    public static HostDescriptor connect(Path path, SelectorProvider provider) throws IOException {
        HostAccess access = HostAccess.get();
        SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.configureBlocking(false);
            FileDescriptor descriptor = access.descriptorOf(channel);
            return new HostDescriptor(
                    access.numberOf(descriptor), reader(access, descriptor), writer(access, descriptor), channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot connect to " + path + ": " + e.getMessage(), e);
        }
    }

    private static FileChannel reader(HostAccess access, FileDescriptor descriptor) throws IOException {
        FileChannel channel = new FileInputStream(descriptor).getChannel();
        access.makeUninterruptible(channel);
        return channel;
    }

    private static FileChannel writer(HostAccess access, FileDescriptor descriptor) throws IOException {
        FileChannel channel = new FileOutputStream(descriptor).getChannel();
        access.makeUninterruptible(channel);
        return channel;
    }

    /** The number, for an event loop that watches by number. */
    public int number() {
        return number;
    }

    /** The same descriptor as a selector of the JDK's own provider takes it; non-blocking, for reading and writing. */
    public SelectableChannel selectable() {
        return selectable;
    }

    /**
     * Reads once, from the buffer's position to its limit.
     *
     * @return bytes read, {@link #NOTHING} or {@link #END}
     */
    public int read(ByteBuffer target) throws IOException {
        ensureOpen();
        return in.read(target);
    }

    /**
     * Writes once; a buffer's position moves by what was taken.
     *
     * @return bytes written, or {@link #NOTHING}
     */
    public int write(ByteBuffer source) throws IOException {
        ensureOpen();
        return out.write(source);
    }

    /**
     * Writes several buffers in one system call.
     *
     * @return bytes written over all, or {@link #NOTHING}
     */
    public long write(ByteBuffer[] sources, int offset, int count) throws IOException {
        ensureOpen();
        return out.write(sources, offset, count);
    }

    private void ensureOpen() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    public synchronized boolean isOpen() {
        return !closed;
    }

    /**
     * Has an event loop asked to let go before the number is given back; at most one.
     *
     * @throws IOException if the descriptor is closed already
     */
    public synchronized void watchedBy(Watcher newWatcher) throws IOException {
        ensureOpen();
        watcher = newWatcher;
    }

    @Override
    public void close() throws IOException {
        Watcher letsGo;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            letsGo = watcher;
        }
        if (letsGo == null) {
            selectable.close();
        } else {
            letsGo.release(this::giveBack);
        }
    }

    private void giveBack() {
        try {
            selectable.close();
        } catch (IOException ignored) {
            // The kernel has let go of the number whatever close(2) says (its man page): nothing is left to do.
        }
    }
}
