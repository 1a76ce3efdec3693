package dev.atoll.shim;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The part of an {@link AtollSelector} that looks after channels of the platform: one selector of the platform, opened
 * with the first such channel. While there are none it costs nothing and the selecting thread parks; while there are some
 * the thread blocks in the platform's selector, and {@link #wakeup} ends that.
 */
final class ForeignKeys {
    private final SelectorProvider platform;
    private final AtomicInteger count = new AtomicInteger();
    private volatile @Nullable Selector selector;

    ForeignKeys(SelectorProvider platform) {
        this.platform = platform;
    }

    ForeignKey register(AtollSelector owner, SelectableChannel channel) throws IOException {
        ForeignKey key = new ForeignKey(channel, owner);
        key.attachTo(open(), 0);
        count.incrementAndGet();
        return key;
    }

    private synchronized Selector open() throws IOException {
        Selector opened = selector;
        if (opened == null) {
            opened = platform.openSelector();
            selector = opened;
        }
        return opened;
    }

    boolean isEmpty() {
        return count.get() == 0;
    }

    /** One key less; {@link #flush} lets the platform's selector forget it. */
    void removed() {
        count.decrementAndGet();
    }

    /** Lets the platform's selector drop cancelled keys, so that their channels are free of it. */
    void flush() throws IOException {
        Selector opened = selector;
        if (opened != null) {
            opened.selectNow(key -> {
                // Ready keys are reported again by the next selection.
            });
        }
    }

    /**
     * Waits for channels of the platform.
     *
     * @param timeoutMillis 0 to look only, -1 to wait for ever
     */
    void select(long timeoutMillis, List<ShimKey> ready) throws IOException {
        Selector opened = selector;
        if (opened == null) {
            return;
        }
        if (timeoutMillis == 0) {
            opened.selectNow(key -> report(key, ready));
        } else {
            opened.select(key -> report(key, ready), Math.max(timeoutMillis, 0));
        }
    }

    private static void report(SelectionKey key, List<ShimKey> ready) {
        ForeignKey foreign = (ForeignKey) key.attachment();
        foreign.polled(key.readyOps());
        ready.add(foreign);
    }

    void wakeup() {
        Selector opened = selector;
        if (opened != null) {
            opened.wakeup();
        }
    }

    void close() throws IOException {
        Selector opened = selector;
        if (opened != null) {
            opened.close();
        }
    }
}
