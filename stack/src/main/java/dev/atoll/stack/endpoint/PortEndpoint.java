package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.options.MessageError;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.MessageEndpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.transport.MessagePort;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * {@link MessageEndpoint} over a port of its protocol.
 *
 * @param <P> the port's type
 */
abstract class PortEndpoint<P extends MessagePort> extends AbstractEndpoint implements MessageEndpoint {
    final P port;

    PortEndpoint(Hold hold, P port, long uniqueId) {
        super(hold, uniqueId);
        this.port = port;
        port.setUniqueId(uniqueId);
        port.setObserver(this::changed);
        updateReadiness();
    }

    @Override
    final int computeReadiness() {
        return Readiness.OUT | (port.isReadable() ? Readiness.IN : 0) | (port.hasError() ? Readiness.ERR : 0);
    }

    @Override
    final void closeProtocol() {
        port.setUniqueId(0);
        port.close();
    }

    @Override
    public void bind(FullAddress local) throws StackException {
        held(() -> {
            port.bind(local);
            return true;
        });
    }

    @Override
    public final @Nullable FullAddress localAddress() {
        return hold.query(port::localAddress);
    }

    @Override
    public final @Nullable FullAddress remoteAddress() {
        return hold.query(port::remoteAddress);
    }

    @Override
    public final @Nullable StackException takeError() {
        return hold.query(() -> {
            StackException error = port.takeError();
            updateReadiness();
            return error;
        });
    }

    @Override
    public void connect(FullAddress remote) throws StackException {
        held(() -> {
            port.connect(remote);
            return true;
        });
    }

    @Override
    public final void disconnect() throws StackException {
        held(() -> {
            port.disconnect();
            return true;
        });
    }

    @Override
    public int send(ByteBuffer payload, @Nullable FullAddress remote) throws StackException {
        if (!hold.enter()) {
            return hold.submit(() -> sendHeld(payload, remote));
        }
        try {
            return sendHeld(payload, remote);
        } finally {
            hold.exit();
        }
    }

    private int sendHeld(ByteBuffer payload, @Nullable FullAddress remote) throws StackException {
        requireOpen();
        try {
            return port.send(payload, remote);
        } finally {
            updateReadiness();
        }
    }

    @Override
    public final @Nullable FullAddress receive(ByteBuffer target) throws StackException {
        if (!hold.enter()) {
            return hold.submit(() -> receiveHeld(target));
        }
        try {
            return receiveHeld(target);
        } finally {
            hold.exit();
        }
    }

    private @Nullable FullAddress receiveHeld(ByteBuffer target) throws StackException {
        requireOpen();
        try {
            return port.receive(target);
        } finally {
            updateReadiness();
        }
    }

    @Override
    public final int nextLength() {
        return hold.query(port::nextLength);
    }

    @Override
    public final @Nullable MessageError takeMessageError() {
        return hold.query(port::takeMessageError);
    }

    @Override
    public final @Nullable ReceivedMessage receiveMessage(ByteBuffer target) throws StackException {
        return held(() -> port.receiveMessage(target));
    }

    @Override
    public final <T> void setOption(EndpointOption<T> option, T value) throws StackException {
        held(() -> {
            checkType(option, value);
            if (option == EndpointOption.SO_BINDTOIFINDEX) {
                port.setBoundNic((Integer) value);
            } else {
                set(option, value);
            }
            return true;
        });
    }

    /** Sets an option whose value is of its type. */
    void set(EndpointOption<?> option, Object value) throws StackException {
        MessageOptionTable.set(port.options(), port.tuning(), option, value);
    }

    @Override
    public final <T> T getOption(EndpointOption<T> option) throws StackException {
        return held(() -> option.type().cast(shown(get(option), option, port.defaultTtl())));
    }

    Object get(EndpointOption<?> option) throws StackException {
        return MessageOptionTable.get(port.options(), option);
    }
}
