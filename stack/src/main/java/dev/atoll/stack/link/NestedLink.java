package dev.atoll.stack.link;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.MacAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A link around another, which by itself changes nothing: who extends it looks at, changes, delays or drops what crosses,
 * towards the other link in {@link #transmit}, towards the stack in {@link #deliver}. The other link belongs to this one.
 */
public abstract class NestedLink implements LinkEndpoint, LinkDispatcher {
    private final LinkEndpoint inner;
    private @Nullable LinkDispatcher stack;

    protected NestedLink(LinkEndpoint inner) {
        this.inner = inner;
    }

    /** The other link. */
    protected final LinkEndpoint inner() {
        return inner;
    }

    /** What is above: the stack, or a link around this one. Not before {@link #attach}. */
    protected final LinkDispatcher outer() {
        return Objects.requireNonNull(stack);
    }

    // --- Towards the other link

    @Override
    public int mtuBytes() {
        return inner.mtuBytes();
    }

    @Override
    public MacAddress linkAddress() {
        return inner.linkAddress();
    }

    @Override
    public Capabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public void attach(LinkDispatcher dispatcher) {
        Check.that(stack == null, "a link is attached once");
        stack = dispatcher;
        inner.attach(this);
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        return inner.transmit(frame);
    }

    @Override
    public void flush() {
        inner.flush();
    }

    @Override
    public void close() {
        inner.close();
    }

    // --- Towards the stack

    @Override
    public BufferPool pool() {
        return outer().pool();
    }

    @Override
    public long nowNs() {
        return outer().nowNs();
    }

    @Override
    public Timer newTimer(Timer.Action action) {
        return outer().newTimer(action);
    }

    @Override
    public void deliver(PacketBuffer frame) {
        outer().deliver(frame);
    }

    @Override
    public void writable() {
        outer().writable();
    }

    @Override
    public void linkFailed(String reason) {
        outer().linkFailed(reason);
    }
}
