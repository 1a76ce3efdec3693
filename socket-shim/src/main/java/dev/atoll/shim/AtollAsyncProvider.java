package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import java.io.IOException;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.IllegalChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Asynchronous channels over a stack, and their groups. */
final class AtollAsyncProvider extends AsynchronousChannelProvider {
    private final ShimContext context;
    private final DeafLock lock = new DeafLock();
    /** Made with the first channel that names no group; guarded by {@code lock}. */
    private @Nullable AsyncGroup defaultGroup;

    private AtollAsyncProvider(ShimContext context) {
        this.context = context;
    }

    /**
     * A provider. Who calls this does not name our class, so that verifying the caller does not load it: no program pays
     * for asynchronous channels before it asks for one.
     */
    static AsynchronousChannelProvider of(ShimContext context) {
        return new AtollAsyncProvider(context);
    }

    @Override
    public AsynchronousChannelGroup openAsynchronousChannelGroup(int threads, ThreadFactory factory) {
        return AsyncGroup.start(this, AsyncThreadPool.fixed(threads, factory));
    }

    @Override
    public AsynchronousChannelGroup openAsynchronousChannelGroup(ExecutorService executor, int initialSize) {
        return AsyncGroup.start(this, AsyncThreadPool.wrapping(executor, initialSize));
    }

    @Override
    public AsynchronousServerSocketChannel openAsynchronousServerSocketChannel(@Nullable AsynchronousChannelGroup group)
            throws IOException {
        return AtollAsyncServerSocketChannel.open(own(group), context);
    }

    @Override
    public AsynchronousSocketChannel openAsynchronousSocketChannel(@Nullable AsynchronousChannelGroup group)
            throws IOException {
        return AtollAsyncSocketChannel.open(own(group), context);
    }

    private AsyncGroup own(@Nullable AsynchronousChannelGroup group) {
        if (group == null) {
            return defaultGroup();
        }
        if (!(group instanceof AsyncGroup known) || known.provider() != this) {
            throw new IllegalChannelGroupException();
        }
        return known;
    }

    private AsyncGroup defaultGroup() {
        lock.lock();
        try {
            AsyncGroup made = defaultGroup;
            if (made == null) {
                made = AsyncGroup.start(this, AsyncThreadPool.ofDefaultGroup());
                defaultGroup = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }
}
