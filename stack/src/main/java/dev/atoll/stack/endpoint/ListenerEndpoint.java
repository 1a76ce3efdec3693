package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.PortHolder;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.tcp.Connection;
import dev.atoll.stack.tcp.ConnectionOptions;
import dev.atoll.stack.tcp.Listener;
import dev.atoll.stack.wire.FullAddress;
import org.jspecify.annotations.Nullable;

/** {@link TcpListener} over a listener of the protocol. */
final class ListenerEndpoint extends AbstractEndpoint implements TcpListener {
    private final Sockets sockets;
    private final Listener listener;
    private final @Nullable SharedPort shared;

    ListenerEndpoint(Sockets sockets, Listener listener, long uniqueId) {
        super(sockets.hold(), uniqueId);
        this.sockets = sockets;
        this.listener = listener;
        shared = sockets.portHolder() == null ? null : new SharedPort();
        listener.setUniqueId(uniqueId);
        listener.setObserver(this::changed);
    }

    @Override
    int computeReadiness() {
        return listener.hasAcceptable() ? Readiness.IN : 0;
    }

    @Override
    void closeProtocol() {
        listener.setUniqueId(0);
        listener.close();
    }

    @Override
    public void bind(FullAddress local) throws StackException {
        SharedPort port = shared;
        PortHolder holder = sockets.portHolder();
        if (port == null || holder == null || !SharedPort.isOnLoopback(local)) {
            bindAlone(local);
        } else {
            port.bind(local, holder::holdTcp, this::bindAlone);
        }
    }

    private void bindAlone(FullAddress local) throws StackException {
        held(() -> {
            bindHeld(local);
            return true;
        });
    }

    @Override
    void closing() {
        if (shared != null) {
            shared.close();
        }
    }

    private void bindHeld(FullAddress local) throws StackException {
        if (listener.binding() != null) {
            throw new StackException(StackError.INVALID);
        }
        ConnectionOptions options = sockets.boundTo(local, listener.options());
        listener.bind(sockets.bindTcp(local, options));
        listener.setOptions(options);
    }

    @Override
    public void listen(int backlog) throws StackException {
        if (shared != null && localAddress() == null) {
            bind(new FullAddress(sockets.anyAddress(), 0));
        }
        held(() -> {
            if (listener.binding() == null) {
                bindHeld(new FullAddress(sockets.anyAddress(), 0));
            }
            listener.listen(backlog);
            return true;
        });
    }

    @Override
    public @Nullable TcpEndpoint accept() throws StackException {
        return held(() -> {
            if (!listener.isListening()) {
                throw new StackException(StackError.INVALID);
            }
            Connection connection = listener.accept();
            return connection == null ? null : sockets.wrap(connection);
        });
    }

    @Override
    public @Nullable FullAddress localAddress() {
        return hold.query(listener::localAddress);
    }

    @Override
    public @Nullable FullAddress remoteAddress() {
        return null;
    }

    @Override
    public @Nullable StackException takeError() {
        return null;
    }

    @Override
    public <T> void setOption(EndpointOption<T> option, T value) throws StackException {
        held(() -> {
            listener.setOptions(sockets.withOption(listener.options(), option, value));
            return true;
        });
    }

    @Override
    public <T> T getOption(EndpointOption<T> option) throws StackException {
        return held(() -> {
            Object value = TcpOptionTable.get(
                    listener.options(), option, listener.sendBufferBytes(), listener.receiveBufferBytes());
            return option.type().cast(shown(value, option, sockets.defaultTtl()));
        });
    }

    Listener listener() {
        return listener;
    }
}
