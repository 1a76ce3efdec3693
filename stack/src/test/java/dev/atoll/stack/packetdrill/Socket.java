package dev.atoll.stack.packetdrill;

import dev.atoll.stack.Stack;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor of a script. A stream socket is an endpoint that connects until {@code listen} makes it one that
 * listens: the stack has two kinds where C has one, so address and options are set again then.
 */
final class Socket {
    private record Setting<T>(EndpointOption<T> option, T value) {
        void applyTo(Endpoint endpoint) throws StackException {
            endpoint.setOption(option, value);
        }
    }

    private final List<Setting<?>> settings = new ArrayList<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private Endpoint endpoint;
    boolean nonBlocking;
    boolean connecting;
    int readOffset;

    Socket(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    boolean isDatagram() {
        return endpoint instanceof UdpEndpoint;
    }

    TcpEndpoint tcp() throws ScriptFailure {
        if (endpoint instanceof TcpEndpoint tcp) {
            return tcp;
        }
        throw ScriptFailure.failed("the descriptor is not a stream that connects");
    }

    TcpListener listener() throws ScriptFailure {
        if (endpoint instanceof TcpListener listener) {
            return listener;
        }
        throw ScriptFailure.failed("the descriptor does not listen");
    }

    UdpEndpoint udp() throws ScriptFailure {
        if (endpoint instanceof UdpEndpoint udp) {
            return udp;
        }
        throw ScriptFailure.failed("the descriptor is not a datagram socket");
    }

    <T> void set(EndpointOption<T> option, T value) throws StackException {
        Setting<T> setting = new Setting<>(option, value);
        setting.applyTo(endpoint);
        settings.add(setting);
    }

    void listen(Stack stack, int backlog) throws StackException, ScriptFailure {
        if (endpoint instanceof TcpListener listener) {
            listener.listen(backlog);
            return;
        }
        FullAddress bound = tcp().localAddress();
        endpoint.close();
        TcpListener listener = stack.newTcpListener();
        endpoint = listener;
        for (Setting<?> setting : settings) {
            setting.applyTo(listener);
        }
        if (bound != null) {
            listener.bind(bound);
        }
        listener.listen(backlog);
    }

    /** What to write next: the script's own bytes, or the pattern at this place of the stream. */
    byte[] nextToWrite(byte @Nullable [] explicit, int length) {
        return explicit != null ? Arrays.copyOf(explicit, length) : Pattern.array(written.size(), length);
    }

    void wrote(byte[] bytes, int from, int count) {
        written.write(bytes, from, count);
    }

    /** Bytes of the stream written, fewer than asked for if it is not that long. */
    Bytes writtenBytes(int offset, int length) {
        byte[] all = written.toByteArray();
        if (offset < 0 || offset > all.length) {
            return Bytes.EMPTY;
        }
        return Bytes.of(Arrays.copyOfRange(all, offset, Math.min(all.length, offset + length)));
    }
}
