package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.options.LinkTarget;
import dev.atoll.stack.options.ReceivedFrame;
import dev.atoll.stack.raw.PacketPort;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.PacketEndpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@link PacketEndpoint} over a port of the layer. */
final class FrameEndpoint extends AbstractEndpoint implements PacketEndpoint {
    private final PacketPort port;

    FrameEndpoint(Hold hold, PacketPort port, long uniqueId) {
        super(hold, uniqueId);
        this.port = port;
        port.setUniqueId(uniqueId);
        port.setObserver(this::changed);
        updateReadiness();
    }

    @Override
    int computeReadiness() {
        return Readiness.OUT | (port.isReadable() ? Readiness.IN : 0);
    }

    @Override
    void closeProtocol() {
        port.setUniqueId(0);
        port.close();
    }

    @Override
    public void bind(int nicId, int etherType) throws StackException {
        held(() -> {
            port.bind(nicId, etherType);
            return true;
        });
    }

    @Override
    public void bind(FullAddress local) throws StackException {
        bind(local.nicId(), local.port());
    }

    @Override
    public FullAddress localAddress() {
        return hold.query(() -> new FullAddress(port.nicId(), IpAddress.V4_ANY, port.etherType()));
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
    public @Nullable ReceivedFrame receive(ByteBuffer target) throws StackException {
        return held(() -> port.receive(target));
    }

    @Override
    public int nextLength() {
        return hold.query(port::nextLength);
    }

    @Override
    public int send(ByteBuffer frame, @Nullable LinkTarget target) throws StackException {
        return held(() -> port.send(frame, target));
    }

    @Override
    public <T> void setOption(EndpointOption<T> option, T value) throws StackException {
        held(() -> {
            checkType(option, value);
            if (option != EndpointOption.SO_RCVBUF) {
                throw unknownOption(option);
            }
            port.setReceiveBufferBytes(port.tuning().clamp(inRange(option, value, 0, Integer.MAX_VALUE)));
            return true;
        });
    }

    @Override
    public <T> T getOption(EndpointOption<T> option) throws StackException {
        return held(() -> {
            if (option != EndpointOption.SO_RCVBUF) {
                throw unknownOption(option);
            }
            return option.type().cast(port.receiveBufferBytes());
        });
    }
}
