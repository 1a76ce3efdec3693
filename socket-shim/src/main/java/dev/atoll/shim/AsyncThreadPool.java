package dev.atoll.shim;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The threads of an {@link AsyncGroup}.
 *
 * @param executor shut down with the group
 * @param isFixed whether every thread of the executor runs the group's loop, so that tasks have to go through it
 * @param loops how many of the executor's threads run the group's loop
 */
record AsyncThreadPool(ExecutorService executor, boolean isFixed, int loops) {
    private static final String FACTORY_PROPERTY = "java.nio.channels.DefaultThreadPool.threadFactory";
    private static final String SIZE_PROPERTY = "java.nio.channels.DefaultThreadPool.initialSize";

    /** The default group's, as the two system properties of {@code AsynchronousChannelGroup} have it. */
    static AsyncThreadPool ofDefaultGroup() {
        String size = Permissions.privileged(() -> System.getProperty(SIZE_PROPERTY));
        int loops = size == null ? -1 : parseSize(size);
        String factory = Permissions.privileged(() -> System.getProperty(FACTORY_PROPERTY));
        return new AsyncThreadPool(
                Executors.newCachedThreadPool(factory == null ? AsyncThreadPool::newDaemon : makeFactory(factory)),
                false,
                loops < 0 ? Runtime.getRuntime().availableProcessors() : loops);
    }

    private static int parseSize(String size) {
        try {
            return Integer.parseInt(size);
        } catch (NumberFormatException e) {
            throw new Error("Value of property '" + SIZE_PROPERTY + "' is invalid: " + e, e);
        }
    }

    private static ThreadFactory makeFactory(String className) {
        try {
            Class<?> type = Class.forName(className, true, ClassLoader.getSystemClassLoader());
            return (ThreadFactory) type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new Error(e);
        }
    }

    /** For {@code withFixedThreadPool}. */
    static AsyncThreadPool fixed(int threads, ThreadFactory factory) {
        if (threads <= 0) {
            throw new IllegalArgumentException("'nThreads' must be > 0");
        }
        return new AsyncThreadPool(Executors.newFixedThreadPool(threads, factory), true, threads);
    }

    /**
     * For {@code withCachedThreadPool} and {@code withThreadPool}.
     *
     * @param initialSize a hint; negative for none. An executor that looks like a cached thread pool takes the hint only to
     *     be none, as the JDK has it
     */
    static AsyncThreadPool wrapping(ExecutorService executor, int initialSize) {
        Objects.requireNonNull(executor, "'executor' is null");
        boolean cached = executor instanceof ThreadPoolExecutor pool && pool.getMaximumPoolSize() == Integer.MAX_VALUE;
        int loops = Math.max(initialSize, 0);
        if (cached) {
            loops = initialSize < 0 ? Runtime.getRuntime().availableProcessors() : 0;
        }
        return new AsyncThreadPool(executor, false, loops);
    }

    /**
     * A thread that keeps neither the JVM nor a class loader of the program's alive. Under a security manager what runs in it
     * may do nothing that needs a permission, as in the JDK.
     */
    static Thread newDaemon(Runnable work) {
        return Permissions.privileged(() -> {
            Thread thread = Permissions.unprivileged(() -> new Thread(null, work, "atoll-async", 0, false));
            thread.setDaemon(true);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        });
    }

    /** Shuts the executor down, which nobody but the group has to have a permission for. */
    void shutdown() {
        Permissions.runPrivileged(executor::shutdown);
    }
}
