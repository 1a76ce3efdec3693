package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpInfo;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.tcp.Connection;
import dev.atoll.stack.tcp.ConnectionInfo;
import dev.atoll.stack.tcp.ConnectionObserver;
import dev.atoll.stack.tcp.ConnectionOptions;
import dev.atoll.stack.tcp.TcpLayer;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.TcpState;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@link TcpEndpoint} over a connection of the protocol. */
final class StreamEndpoint extends AbstractEndpoint implements TcpEndpoint, ConnectionObserver {
    private final Sockets sockets;
    private final TcpLayer tcp;
    private final Connection connection;

    StreamEndpoint(Sockets sockets, TcpLayer tcp, Connection connection, long uniqueId) {
        super(sockets.hold(), uniqueId);
        this.sockets = sockets;
        this.tcp = tcp;
        this.connection = connection;
        connection.setUniqueId(uniqueId);
        connection.setObserver(this);
        updateReadiness();
    }

    @Override
    public void readinessChanged() {
        changed();
    }

    @Override
    int computeReadiness() {
        int bits = 0;
        if (connection.isReadable()) {
            bits |= Readiness.IN;
        }
        if (connection.isWritable()) {
            bits |= Readiness.OUT;
        }
        if (connection.hasError()) {
            bits |= Readiness.ERR;
        }
        if (connection.isHungUp()) {
            bits |= Readiness.HUP;
        }
        if (connection.isPeerDone()) {
            bits |= Readiness.RDHUP;
        }
        if (connection.hasUrgent()) {
            bits |= Readiness.PRI;
        }
        return bits;
    }

    @Override
    void closeProtocol() {
        connection.setUniqueId(0);
        connection.close();
    }

    @Override
    public void bind(FullAddress local) throws StackException {
        held(() -> {
            if (connection.binding() != null || connection.state() != TcpState.CLOSED) {
                throw new StackException(StackError.INVALID);
            }
            ConnectionOptions options = sockets.boundTo(local, connection.options());
            Ports.Binding binding = sockets.bindTcp(local, options);
            connection.bind(binding);
            connection.setOptions(options);
            return binding;
        });
    }

    @Override
    public @Nullable FullAddress localAddress() {
        return hold.query(connection::localAddress);
    }

    @Override
    public @Nullable FullAddress remoteAddress() {
        return hold.query(connection::remoteAddress);
    }

    @Override
    public FullAddress originalDestination() throws StackException {
        return held(() -> {
            FullAddress original = tcp.originalDestination(connection);
            if (original == null) {
                throw new StackException(StackError.NOT_CONNECTED);
            }
            return original;
        });
    }

    @Override
    public @Nullable StackException takeError() {
        return hold.query(() -> {
            StackException error = connection.takeError();
            updateReadiness();
            return error;
        });
    }

    @Override
    public <T> void setOption(EndpointOption<T> option, T value) throws StackException {
        held(() -> {
            ConnectionOptions changed = sockets.withOption(connection.options(), option, value);
            if (option == EndpointOption.TCP_NODELAY && Boolean.TRUE.equals(value)) {
                connection.push();
            }
            connection.setOptions(changed);
            return true;
        });
    }

    @Override
    public <T> T getOption(EndpointOption<T> option) throws StackException {
        return held(() -> option.type().cast(shown(value(option), option, sockets.defaultTtl())));
    }

    private Object value(EndpointOption<?> option) throws StackException {
        if (option == EndpointOption.TCP_MAXSEG && connection.state().isSynchronized()) {
            return connection.maxSegmentBytes();
        }
        return TcpOptionTable.get(
                connection.options(), option, connection.sendBufferBytes(), connection.receiveBufferBytes());
    }

    @Override
    public TcpInfo info() {
        return hold.query(() -> ConnectionInfo.of(connection));
    }

    @Override
    public int receivedTos() {
        return hold.query(connection::receivedTos);
    }

    @Override
    public boolean connect(FullAddress remote) throws StackException {
        // Loopback completes the handshake while the hold ends, so whether it did is asked after.
        held(() -> {
            tcp.connect(connection, remote);
            return true;
        });
        return hold.query(() -> connection.state().isSynchronized());
    }

    @Override
    public int read(ByteBuffer target) throws StackException {
        if (!hold.enter()) {
            return hold.submit(() -> readHeld(target));
        }
        try {
            return readHeld(target);
        } finally {
            hold.exit();
        }
    }

    private int readHeld(ByteBuffer target) throws StackException {
        requireOpen();
        try {
            return connection.read(target);
        } finally {
            updateReadiness();
        }
    }

    @Override
    public int write(ByteBuffer source) throws StackException {
        return write(source, /* more= */ false, /* record= */ false);
    }

    @Override
    public int writeMore(ByteBuffer source) throws StackException {
        return write(source, /* more= */ true, /* record= */ false);
    }

    @Override
    public int writeRecord(ByteBuffer source) throws StackException {
        return write(source, /* more= */ false, /* record= */ true);
    }

    private int write(ByteBuffer source, boolean more, boolean record) throws StackException {
        if (!hold.enter()) {
            return hold.submit(() -> writeHeld(source, more, record));
        }
        try {
            return writeHeld(source, more, record);
        } finally {
            hold.exit();
        }
    }

    private int writeHeld(ByteBuffer source, boolean more, boolean record) throws StackException {
        requireOpen();
        try {
            return connection.write(source, more, record);
        } finally {
            updateReadiness();
        }
    }

    @Override
    public int discardUnsent() throws StackException {
        return held(connection::discardUnsent);
    }

    @Override
    public boolean sendUrgent(byte value) throws StackException {
        ByteBuffer one = ByteBuffer.allocate(1).put(0, value);
        return held(() -> connection.writeUrgent(one));
    }

    @Override
    public int readUrgent() throws StackException {
        return held(connection::readUrgent);
    }

    @Override
    public boolean isAtMark() {
        return hold.query(connection::isAtMark);
    }

    @Override
    public int available() {
        return hold.query(() -> isClosed() ? 0 : connection.available());
    }

    @Override
    public void shutdownRead() throws StackException {
        held(() -> {
            connection.shutdownRead();
            return true;
        });
    }

    @Override
    public void shutdownWrite() throws StackException {
        held(() -> {
            connection.shutdownWrite();
            return true;
        });
    }

    @Override
    public void abort() {
        hold.query(() -> {
            connection.abort();
            return true;
        });
        close();
    }

    @Override
    public TcpState state() {
        return hold.query(connection::state);
    }

    @Override
    public int unacknowledgedBytes() {
        return hold.query(connection::unacknowledgedBytes);
    }

    Connection connection() {
        return connection;
    }
}
