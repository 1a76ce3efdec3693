package dev.atoll.launcher.sys;

import java.io.Closeable;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace of the launcher's own, in which none of its threads lives: it is there as long as this, or a socket
 * of it, or another process that has {@link #descriptor} is.
 */
public final class NetworkNamespace implements Closeable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;

    private final int descriptor;

    /** What is done in a namespace. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws SystemCallException;
    }

    private NetworkNamespace(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * An empty one.
     *
     * @throws SystemCallException EPERM without CAP_SYS_ADMIN
     */
    public static NetworkNamespace create() throws SystemCallException {
        // A namespace is a thread's, and a thread that ends takes its membership with it.
        return new NetworkNamespace(inThreadOfItsOwn(new Work<Integer>() {
            @Override
            public Integer run() throws SystemCallException {
                Libc.call("unshare", CLONE_NEWNET);
                return Libc.open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
            }
        }));
    }

    /** For another process to keep it by. */
    public int descriptor() {
        return descriptor;
    }

    /**
     * Does something in the namespace, in a thread of its own: what it opens belongs to the namespace, wherever it is used
     * afterwards. The thread makes no other threads and no processes.
     */
    public <T> T call(Work<T> work) throws SystemCallException {
        return inThreadOfItsOwn(new Work<T>() {
            @Override
            public T run() throws SystemCallException {
                Libc.call("setns", descriptor, CLONE_NEWNET);
                return work.run();
            }
        });
    }

    private static <T> T inThreadOfItsOwn(Work<T> work) throws SystemCallException {
        Errand<T> errand = new Errand<>(work);
        Thread thread = new Thread(errand, "atoll-namespace");
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                // It takes a moment only, and half a namespace is of use to nobody.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return errand.result();
    }

    /** Keeps what came of the work. */
    private static final class Errand<T> implements Runnable {
        private final Work<T> work;
        private @Nullable T result;
        private @Nullable SystemCallException failure;
        private @Nullable Throwable fault;

        Errand(Work<T> work) {
            this.work = work;
        }

        @Override
        public void run() {
            try {
                result = work.run();
            } catch (SystemCallException e) {
                failure = e;
            } catch (RuntimeException | Error e) {
                fault = e;
            }
        }

        T result() throws SystemCallException {
            if (failure != null) {
                throw failure;
            }
            if (result == null) {
                throw new IllegalStateException("work in a network namespace failed", fault);
            }
            return result;
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
