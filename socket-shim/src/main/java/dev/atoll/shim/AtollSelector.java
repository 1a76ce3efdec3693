package dev.atoll.shim;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A selector for channels of ours, and for channels of the platform beside them.
 *
 * <p><b>Cost.</b> A selection looks only at keys that something has happened to: the endpoint's listener puts its keys into
 * {@code toLookAt}. Selectors are level-triggered, so a key found ready stays there for the next selection to look again;
 * one found not ready leaves, and comes back with the next event. The mark "is queued" is taken off before the look, so no
 * event is lost.
 *
 * <p><b>Locks.</b> As {@link Selector} promises: a selection holds this object's monitor, then that of the selected-key set.
 * Listeners and {@link #wakeup} take no lock, so a stack's thread never waits for a selection.
 *
 * <p><b>Sleeping.</b> The selecting thread says in {@code sleeper} that it is about to sleep, looks once more for a reason
 * not to, and sleeps; who makes such a reason puts it down first and then wakes the sleeper.
 *
 * <p>A selection returns early only for a ready key, {@link #wakeup}, an interrupt or the end of its time.
 */
final class AtollSelector extends AbstractSelector {
    private static final long FOR_EVER = -1;

    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private final Set<SelectionKey> publicKeys = Collections.unmodifiableSet(keys);
    private final Set<SelectionKey> selectedKeys = new HashSet<>();
    private final Set<SelectionKey> publicSelectedKeys = new UngrowableSet<>(selectedKeys);

    private final Queue<AtollKey> toLookAt = new ConcurrentLinkedQueue<>();
    private final Queue<AtollKey> interestChanges = new ConcurrentLinkedQueue<>();
    private final ForeignKeys foreign;

    private final AtomicBoolean wakeupAsked = new AtomicBoolean();
    private volatile @Nullable Thread sleeper;
    private volatile boolean sleepsInPlatform;

    /** Guarded by this object's monitor. */
    private boolean selecting;

    AtollSelector(SelectorProvider published, SelectorProvider platform) {
        super(published);
        this.foreign = new ForeignKeys(platform);
    }

    private void ensureOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }

    @Override
    public Set<SelectionKey> keys() {
        ensureOpen();
        return publicKeys;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        ensureOpen();
        return publicSelectedKeys;
    }

    @Override
    public int selectNow() throws IOException {
        return lockAndSelect(null, 0);
    }

    @Override
    public int select() throws IOException {
        return lockAndSelect(null, FOR_EVER);
    }

    @Override
    public int select(long timeoutMillis) throws IOException {
        return lockAndSelect(null, checkTimeout(timeoutMillis));
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(checkAction(action), 0);
    }

    @Override
    public int select(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(checkAction(action), FOR_EVER);
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        return lockAndSelect(checkAction(action), checkTimeout(timeoutMillis));
    }

    private static long checkTimeout(long timeoutMillis) {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("Negative timeout");
        }
        return timeoutMillis == 0 ? FOR_EVER : timeoutMillis;
    }

    private static Consumer<SelectionKey> checkAction(@Nullable Consumer<SelectionKey> action) {
        if (action == null) {
            throw new NullPointerException();
        }
        return action;
    }

    private int lockAndSelect(@Nullable Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        synchronized (this) {
            ensureOpen();
            if (selecting) {
                throw new IllegalStateException("select in progress");
            }
            selecting = true;
            try {
                synchronized (publicSelectedKeys) {
                    return doSelect(action, timeoutMillis);
                }
            } finally {
                selecting = false;
            }
        }
    }

    private int doSelect(@Nullable Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        takeInterestChanges();
        dropCancelledKeys();
        List<ShimKey> ready = new ArrayList<>();
        boolean blocking = timeoutMillis != 0;
        if (blocking) {
            begin();
        }
        try {
            findReady(ready, timeoutMillis);
        } finally {
            if (blocking) {
                end();
            }
        }
        wakeupAsked.set(false);
        dropCancelledKeys();
        return report(ready, action);
    }

    private void takeInterestChanges() {
        AtollKey key;
        while ((key = interestChanges.poll()) != null) {
            key.watchInterest();
            key.look(false);
        }
    }

    private void findReady(List<ShimKey> ready, long timeoutMillis) throws IOException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(timeoutMillis, 0));
        boolean lookedAtForeign = false;
        while (true) {
            lookAtQueued(ready);
            long remainingNs = timeoutMillis == FOR_EVER ? Long.MAX_VALUE : deadlineNs - System.nanoTime();
            if (!ready.isEmpty() || timeoutMillis == 0 || remainingNs <= 0 || wakeupAsked.get() || !isOpen()) {
                if (!lookedAtForeign) {
                    foreign.select(0, ready);
                }
                return;
            }
            lookedAtForeign = sleep(remainingNs, timeoutMillis == FOR_EVER, ready);
        }
    }

    /** Moves the keys that are ready from the queue to {@code ready}, and leaves them in the queue for the next time. */
    private void lookAtQueued(List<ShimKey> ready) {
        int first = ready.size();
        AtollKey key;
        while ((key = toLookAt.poll()) != null) {
            key.dequeued();
            if (key.isValid() && key.watchedOps() != 0) {
                ready.add(key);
            }
        }
        for (int i = first; i < ready.size(); i++) {
            ((AtollKey) ready.get(i)).look(false);
        }
    }

    /** Sleeps until there is something to do; says whether it looked at the platform's channels. */
    private boolean sleep(long remainingNs, boolean forEver, List<ShimKey> ready) throws IOException {
        boolean inPlatform = !foreign.isEmpty();
        sleepsInPlatform = inPlatform;
        sleeper = Thread.currentThread();
        try {
            if (!toLookAt.isEmpty() || wakeupAsked.get() || !isOpen()) {
                return false;
            }
            if (inPlatform) {
                // Rounded up: a sleep that ends early would be followed by one of no time at all.
                long millis = forEver ? FOR_EVER : TimeUnit.NANOSECONDS.toMillis(remainingNs + 999_999);
                foreign.select(millis, ready);
                if (Thread.currentThread().isInterrupted()) {
                    wakeupAsked.set(true); // the platform's selector had taken our place as the one to be woken
                }
                return !ready.isEmpty();
            }
            if (forEver) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, remainingNs);
            }
            return false;
        } finally {
            sleeper = null;
        }
    }

    /** Updates ready sets and the selected-key set, or calls the action. */
    private int report(List<ShimKey> ready, @Nullable Consumer<SelectionKey> action) {
        int count = 0;
        for (ShimKey key : ready) {
            if (!key.isValid()) {
                continue;
            }
            int ops = key.polledOps();
            if (action != null) {
                key.rawReadyOps(ops);
                if (ops != 0) {
                    action.accept(key);
                    ensureOpen();
                    count++;
                }
            } else if (selectedKeys.contains(key)) {
                int before = key.rawReadyOps();
                key.rawReadyOps(before | ops);
                if ((ops & ~before) != 0) {
                    count++;
                }
            } else {
                key.rawReadyOps(ops);
                if (ops != 0) {
                    selectedKeys.add(key);
                    count++;
                }
            }
        }
        return count;
    }

    @Override
    public Selector wakeup() {
        wakeupAsked.set(true);
        wakeForKey();
        return this;
    }

    /** Ends the sleep of the selecting thread, if it sleeps. */
    void wakeForKey() {
        Thread sleeping = sleeper;
        if (sleeping != null) {
            if (sleepsInPlatform) {
                foreign.wakeup();
            }
            LockSupport.unpark(sleeping);
        }
    }

    void lookAt(AtollKey key) {
        toLookAt.add(key);
    }

    void interestChanged(AtollKey key) {
        interestChanges.add(key);
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, @Nullable Object attachment) {
        ensureOpen();
        ShimKey key = newKey(channel);
        key.attach(attachment);
        keys.add(key);
        try {
            key.interestOps(ops);
        } catch (CancelledKeyException e) {
            // Seen in keys() and cancelled by another thread: a cancelled key is a fair answer.
            return key;
        }
        if (!isOpen()) {
            keys.remove(key);
            key.cancel();
            key.detach();
            throw new ClosedSelectorException();
        }
        return key;
    }

    private ShimKey newKey(AbstractSelectableChannel channel) {
        if (channel instanceof AtollSocketChannel socket) {
            return attached(new AtollKey(socket, this), socket);
        }
        if (channel instanceof AtollServerSocketChannel server) {
            return attached(new AtollKey(server, this), server);
        }
        if (channel instanceof AtollDatagramChannel datagram) {
            return attached(new AtollKey(datagram, this), datagram);
        }
        try {
            return foreign.register(this, channel);
        } catch (IOException e) {
            IllegalSelectorException refused = new IllegalSelectorException();
            refused.initCause(e);
            throw refused;
        }
    }

    private static AtollKey attached(AtollKey key, AtollChannel channel) {
        channel.waiters().add(key);
        return key;
    }

    /** With both locks held. */
    private void dropCancelledKeys() throws IOException {
        Set<SelectionKey> cancelled = cancelledKeys();
        SelectionKey[] dropped;
        synchronized (cancelled) {
            dropped = cancelled.toArray(new SelectionKey[0]);
            cancelled.clear();
        }
        boolean foreignDropped = false;
        for (SelectionKey key : dropped) {
            foreignDropped |= drop((ShimKey) key);
        }
        if (foreignDropped) {
            foreign.flush();
        }
    }

    private boolean drop(ShimKey key) {
        key.detach();
        keys.remove(key);
        selectedKeys.remove(key);
        deregister(key);
        if (key instanceof ForeignKey) {
            foreign.removed();
            return true;
        }
        return false;
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();
        synchronized (this) {
            synchronized (publicSelectedKeys) {
                for (SelectionKey key : keys) {
                    drop((ShimKey) key);
                }
                selectedKeys.clear();
                foreign.close();
            }
        }
    }

    @Override
    public String toString() {
        return "AtollSelector[" + (isOpen() ? keys.size() + " keys]" : "closed]");
    }
}
