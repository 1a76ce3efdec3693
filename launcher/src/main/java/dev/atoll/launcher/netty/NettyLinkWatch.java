package dev.atoll.launcher.netty;

import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.PolledLink;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A link's descriptor on an epoll loop: watched by its number, never read, written or closed from here. Level-triggered.
 * The loop's thread, unless a method says otherwise.
 */
final class NettyLinkWatch implements EpollIoHandle, HostDescriptor.Watcher {
    private static final EpollIoOps READ = EpollIoOps.EPOLLIN;
    private static final EpollIoOps READ_AND_WRITE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);
    private static final EpollIoOps CONCERNS_READING =
            EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLERR);

    private final IoEventLoop loop;
    private final PolledLink link;
    private final Runnable ready;
    private final FileDescriptor descriptor;

    private @Nullable IoRegistration registration;
    private EpollIoOps watched = READ;
    private boolean readable;
    private boolean writable;
    private @Nullable String failure;
    private boolean failureTaken;

    private NettyLinkWatch(IoEventLoop loop, PolledLink link, Runnable ready) {
        this.loop = loop;
        this.link = link;
        this.ready = ready;
        descriptor = new FileDescriptor(link.descriptor().number());
    }

    /**
     * Begins to watch a link; not on the loop's thread, as it waits for it.
     *
     * @param ready what to run on the loop's thread after the descriptor became ready
     * @throws IOException if the descriptor is closed, or of a kind that epoll does not watch
     */
    static NettyLinkWatch register(IoEventLoop loop, PolledLink link, Runnable ready) throws IOException {
        NettyLinkWatch watch = new NettyLinkWatch(loop, link, ready);
        Future<IoRegistration> registered = loop.register(watch).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("the link's descriptor cannot be watched", registered.cause());
        }
        watch.registration = registered.getNow();
        link.descriptor().watchedBy(watch);
        watch.registration.submit(READ);
        return watch;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration source, IoEvent event) {
        EpollIoOps ops = ((EpollIoEvent) event).ops();
        readable |= (ops.value() & CONCERNS_READING.value()) != 0;
        // An error is found by whoever tries: room is announced so that the link does.
        writable |= (ops.value() & (EpollIoOps.EPOLLOUT.value() | EpollIoOps.EPOLLERR.value())) != 0;
        ready.run();
    }

    /** Under the stack's hold: polls the link for what was seen. */
    boolean poll() {
        boolean mayRead = readable;
        boolean mayWrite = writable;
        readable = false;
        writable = false;
        boolean more = link.poll(mayRead, mayWrite);
        failure = link.failure();
        return more;
    }

    /** Why the link ended, the first time it is asked after that. */
    @Nullable String takeFailure() {
        if (failureTaken || failure == null) {
            return null;
        }
        failureTaken = true;
        return failure;
    }

    void updateInterest() {
        EpollIoOps wanted = link.wantsWrite() ? READ_AND_WRITE : READ;
        IoRegistration current = registration;
        if (!wanted.equals(watched) && current != null && current.isValid()) {
            watched = wanted;
            current.submit(wanted);
        }
    }

    void cancel() {
        if (registration != null) {
            registration.cancel();
        }
    }

    void closeDescriptor(Throwable cause) {
        try {
            link.descriptor().close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Any thread: the descriptor was closed; its number is given back once epoll has let go of it. */
    @Override
    public void release(Runnable giveBack) {
        if (loop.inEventLoop()) {
            cancel();
            giveBack.run();
            return;
        }
        try {
            loop.execute(() -> {
                cancel();
                giveBack.run();
            });
        } catch (RejectedExecutionException e) {
            // The loop has been shut down and its epoll descriptor closed: nobody watches.
            giveBack.run();
        }
    }

    /** The loop is shut down. The link belongs to its stack, which will close it. */
    @Override
    public void close() {
        registration = null;
    }
}
