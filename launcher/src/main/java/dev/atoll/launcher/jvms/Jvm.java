package dev.atoll.launcher.jvms;

import dev.atoll.launcher.supervise.ControlConnection;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Reload;
import dev.atoll.runtime.control.ControlRecord.Reloaded;
import dev.atoll.runtime.control.ControlRecord.Ticket;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import io.netty.util.concurrent.Future;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One JVM that was admitted, from then until its control connection is closed. */
final class Jvm {
    /** A process that ends closes both of its connections. */
    private static final long LINK_END_LIMIT_MS = 1000;

    private final int pid;
    private final Place place;
    private final Ticket ticket;
    private final Instant admitted = Instant.now();
    private final ControlConnection control;

    /** Its descriptor is somebody else's number once it is closed: who uses it reads, who closes it writes. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    /** Guarded by {@link #use}. */
    private boolean closed;

    private final AtomicBoolean linked = new AtomicBoolean();
    private final FrameCounter frames = new FrameCounter();

    /** Done when its link has ended; null before there is one. */
    private volatile @Nullable Future<?> link;

    private volatile boolean cut;

    /** Held while something is said that belongs together. */
    private final Object speaking = new Object();

    /**
     * @param pid as the launcher sees it
     * @param descriptor of its control connection
     * @param heard hears what it says
     */
    Jvm(int pid, Place place, Ticket ticket, int descriptor, Consumer<ToLauncher> heard) {
        this.pid = pid;
        this.place = place;
        this.ticket = ticket;
        control = new ControlConnection(descriptor, heard);
    }

    int pid() {
        return pid;
    }

    Place place() {
        return place;
    }

    Ticket ticket() {
        return ticket;
    }

    Instant admitted() {
        return admitted;
    }

    /** Of its link. */
    FrameCounter frames() {
        return frames;
    }

    ControlConnection control() {
        return control;
    }

    /** Whether this is its link; it has one. */
    boolean takesLink() {
        return place.addresses() != null && !linked.getAndSet(true);
    }

    /**
     * Says what it begins with. A question of somebody who knows of it already waits until then.
     *
     * @param first what comes before the policy
     * @param policy asked once nothing can come between; null for none
     */
    void greet(List<ToProgram> first, Supplier<@Nullable Policy> policy) {
        synchronized (speaking) {
            Policy now = policy.get();
            for (ToProgram each : first) {
                control.say(each);
            }
            if (now != null) {
                control.say(now);
            }
        }
    }

    /** Asks it to put other rules in force; may wait for as long as it does not listen and was not {@link #cut}. */
    CompletableFuture<Reloaded> ask(Reload question) {
        use.readLock().lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(new IllegalStateException("the JVM has ended"));
            }
            synchronized (speaking) {
                return control.ask(question);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    /** It has its link. */
    void linked(Future<?> end) {
        link = end;
    }

    /** Who has ended may have frames on their way; whoever was cut off, or holds on to its link, is not waited for. */
    void awaitLinkEnd() {
        Future<?> end = link;
        if (end != null && !cut) {
            boolean unused = end.awaitUninterruptibly(LINK_END_LIMIT_MS);
        }
    }

    /** Its network ends. */
    void cut() {
        cut = true;
        use.readLock().lock();
        try {
            if (!closed) {
                control.cut();
            }
        } finally {
            use.readLock().unlock();
        }
    }

    /** Nobody uses the descriptor from here on. */
    void close() {
        use.writeLock().lock();
        try {
            closed = true;
        } finally {
            use.writeLock().unlock();
        }
    }
}
