package dev.atoll.runtime.bridge;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;
import sun.nio.ch.IOUtil;
import sun.nio.ch.Net;
import sun.nio.ch.SelChImpl;
import sun.nio.ch.SelectionKeyImpl;

/**
 * An open descriptor as the JDK's own selectors take it, for reading and writing.
 *
 * <p>It moves no bytes: whoever made it reads and writes by other means and owns the descriptor. In place of {@code
 * jdk.nio.Channels}, which is in a module that a program's JVM need not have: nothing requires {@code jdk.net}, so it is
 * not there when the program is a module or its image was made without it (decision 0641).
 *
 * <p>Any thread may close it. The descriptor is given back when no selector watches it: before, another file could get
 * the number, and its events.
 */
public final class DescriptorChannel extends AbstractSelectableChannel implements SelChImpl {
    private final FileDescriptor descriptor;
    private final int number;
    private final Closeable owner;

    /**
     * @param descriptor open
     * @param number its number
     * @param owner closes the descriptor; is closed at least once, and must bear it more than once
     */
    public DescriptorChannel(FileDescriptor descriptor, int number, Closeable owner) {
        // No provider has made it, and no selector of the JDK's asks. To name the default one here would have it chosen
        // for good, before the program could name its own.
        super(null);
        this.descriptor = descriptor;
        this.number = number;
        this.owner = owner;
    }

    @Override
    public int validOps() {
        return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        IOUtil.configureBlocking(descriptor, block);
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        // A selector that still has it says so by kill.
        if (!isRegistered()) {
            owner.close();
        }
    }

    /** Called by a selector that has let go of this channel, when it is closed and registered with no other. */
    @Override
    public void kill() throws IOException {
        owner.close();
    }

    @Override
    public FileDescriptor getFD() {
        return descriptor;
    }

    @Override
    public int getFDVal() {
        return number;
    }

    @Override
    public int translateInterestOps(int ops) {
        int events = 0;
        if ((ops & SelectionKey.OP_READ) != 0) {
            events |= Net.POLLIN;
        }
        if ((ops & SelectionKey.OP_WRITE) != 0) {
            events |= Net.POLLOUT;
        }
        return events;
    }

    @Override
    public boolean translateAndSetReadyOps(int events, SelectionKeyImpl key) {
        return becameReady(events, 0, key);
    }

    @Override
    public boolean translateAndUpdateReadyOps(int events, SelectionKeyImpl key) {
        return becameReady(events, key.nioReadyOps(), key);
    }

    /** Whether the key is ready for more than it was before, of what it is interested in. */
    private static boolean becameReady(int events, int known, SelectionKeyImpl key) {
        int interest = key.nioInterestOps();
        int before = key.nioReadyOps();
        int ready = known;
        if ((events & (Net.POLLERR | Net.POLLHUP | Net.POLLNVAL)) != 0) {
            // Whoever reads or writes next is told what it is.
            ready = interest;
        } else {
            if ((events & Net.POLLIN) != 0) {
                ready |= interest & SelectionKey.OP_READ;
            }
            if ((events & Net.POLLOUT) != 0) {
                ready |= interest & SelectionKey.OP_WRITE;
            }
        }
        key.nioReadyOps(ready);
        return (ready & ~before) != 0;
    }
}
