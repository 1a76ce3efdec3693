package dev.atoll.shim.fake;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.ReadinessListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the endpoints in memory have in common. Guarded by the stack's lock. */
abstract class FakeEndpoint implements Endpoint {
    final FakeStack stack;
    private final long id;
    private final Map<EndpointOption<?>, Object> options = new HashMap<>();
    private volatile @Nullable ReadinessListener listener;

    @Nullable FullAddress local;

    @Nullable FullAddress remote;

    @Nullable StackException pendingError;

    boolean closed;

    FakeEndpoint(FakeStack stack) {
        this.stack = stack;
        this.id = stack.newId();
        options.put(EndpointOption.SO_SNDBUF, 65536);
        options.put(EndpointOption.SO_RCVBUF, 65536);
        options.put(EndpointOption.SO_LINGER, -1);
        options.put(EndpointOption.IP_TOS, 0);
        options.put(EndpointOption.IP_MULTICAST_TTL, 1);
        options.put(EndpointOption.IP_MULTICAST_IF, 0);
        options.put(EndpointOption.TCP_KEEPIDLE, 7200);
        options.put(EndpointOption.TCP_KEEPINTVL, 75);
        options.put(EndpointOption.TCP_KEEPCNT, 9);
        options.put(EndpointOption.IP_MULTICAST_LOOP, true);
    }

    final void requireOpen() throws StackException {
        if (closed) {
            throw new StackException(StackError.CLOSED);
        }
    }

    abstract int readinessLocked();

    abstract int bindLocked(FullAddress address) throws StackException;

    @Override
    public final long uniqueId() {
        return id;
    }

    @Override
    public final int readiness() {
        synchronized (stack.lock) {
            return readinessLocked();
        }
    }

    @Override
    public final void setReadinessListener(@Nullable ReadinessListener newListener) {
        listener = newListener;
        tellListener();
    }

    final void tellListener() {
        ReadinessListener told = listener;
        if (told != null) {
            told.onReady(this, readiness());
        }
    }

    @Override
    public final void bind(FullAddress address) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            if (local != null) {
                throw new StackException(StackError.INVALID);
            }
            local = new FullAddress(address.address(), bindLocked(address));
        }
    }

    final void bindIfNeeded() throws StackException {
        if (local == null) {
            FullAddress any = new FullAddress(IpAddress.V4_ANY, 0);
            local = new FullAddress(IpAddress.V4_ANY, bindLocked(any));
        }
    }

    @Override
    public final @Nullable FullAddress localAddress() {
        synchronized (stack.lock) {
            return local;
        }
    }

    @Override
    public final @Nullable FullAddress remoteAddress() {
        synchronized (stack.lock) {
            return remote;
        }
    }

    @Override
    public final @Nullable StackException takeError() {
        synchronized (stack.lock) {
            StackException taken = pendingError;
            pendingError = null;
            return taken;
        }
    }

    @Override
    public final <T> void setOption(EndpointOption<T> option, T value) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            options.put(option, value);
        }
    }

    @Override
    public final <T> T getOption(EndpointOption<T> option) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            Object value = options.get(option);
            return option.type().cast(value == null ? false : value);
        }
    }
}
