package dev.atoll.runtime.link;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the links over a descriptor have in common: attaching, running out of room and getting it back, failing and
 * closing.
 *
 * <p>A failure found while the stack transmits is reported from the next {@link #poll}, not from inside the stack's own
 * call: protocol code is not prepared to lose its connections in the middle of sending a segment.
 */
abstract class DescriptorLink implements PolledLink {
    final HostDescriptor descriptor;
    final LinkCounters counters = new LinkCounters();

    private final MacAddress linkAddress;
    private final int mtuBytes;
    private final Capabilities capabilities;

    private @Nullable LinkDispatcher dispatcher;
    private @Nullable Runnable wake;
    private volatile boolean wantsWrite;
    private boolean refused;
    private @Nullable String failure;
    private boolean failureReported;
    private boolean closed;

    DescriptorLink(HostDescriptor descriptor, MacAddress linkAddress, int mtuBytes, Capabilities capabilities) {
        Check.argument(!linkAddress.isGroup(), "linkAddress", linkAddress, "an address of one station");
        this.descriptor = descriptor;
        this.linkAddress = linkAddress;
        this.mtuBytes = mtuBytes;
        this.capabilities = capabilities;
    }

    @Override
    public final int mtuBytes() {
        return mtuBytes;
    }

    @Override
    public final MacAddress linkAddress() {
        return linkAddress;
    }

    @Override
    public final Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public final HostDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public final LinkCounters counters() {
        return counters;
    }

    @Override
    public final @Nullable String failure() {
        return failure;
    }

    @Override
    public final void attach(LinkDispatcher newDispatcher) {
        Check.that(dispatcher == null, "a link is attached once");
        dispatcher = newDispatcher;
    }

    @Override
    public final void onInterestChanged(Runnable newWake) {
        wake = newWake;
    }

    @Override
    public final boolean wantsWrite() {
        return wantsWrite;
    }

    @Override
    public final boolean poll(boolean readable, boolean writable) {
        if (closed || dispatcher == null) {
            return false;
        }
        if (writable && wantsWrite && failure == null) {
            wantsWrite = !drain();
            if (refused && isAlive() && hasRoom()) {
                refused = false;
                dispatcher.writable();
            }
        }
        boolean more = failure == null && receive(dispatcher, readable);
        if (failure != null && !failureReported) {
            failureReported = true;
            dispatcher.linkFailed(failure);
            // A descriptor at its end is ready to read for ever: the driver must not go on watching it.
            close();
            return false;
        }
        return more;
    }

    /** Reads a batch and delivers it; whether complete frames are left inside. */
    abstract boolean receive(LinkDispatcher to, boolean readable);

    /** The descriptor has room again: sends what is left over; whether that was all. */
    abstract boolean drain();

    /** Whether there is enough room to tell a refused stack so. */
    abstract boolean hasRoom();

    /** Gives back what the link holds of the stack's pool. */
    abstract void releaseBuffers();

    /** Says no to the stack, which will hear when there is room; the driver watches for it. */
    final boolean refuse() {
        counters.refusedOut++;
        refused = true;
        watchForRoom();
        return false;
    }

    /** Whether the stack was told to wait and has not been told to go on: it waits for all frames or none. */
    final boolean hasRefused() {
        return refused;
    }

    /** Asks the driver to watch for room. */
    final void watchForRoom() {
        if (!wantsWrite) {
            wantsWrite = true;
            wakeDriver();
        }
    }

    private void wakeDriver() {
        if (wake != null) {
            wake.run();
        }
    }

    /** Records the end of the link; the first reason counts. */
    final void fail(String reason) {
        if (failure == null) {
            failure = reason;
            wantsWrite = false;
            wakeDriver();
        }
    }

    /** Whether the link still carries frames. */
    final boolean isAlive() {
        return !closed && failure == null;
    }

    @Override
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        wantsWrite = false;
        releaseBuffers();
        try {
            descriptor.close();
        } catch (IOException ignored) {
            // The kernel has let go of the number whatever close(2) says (its man page): nothing is left to do.
        }
    }
}
