package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.udp.MtuDiscovery;
import dev.atoll.stack.udp.UdpPort;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@link UdpEndpoint} over a port of the protocol. */
final class DatagramEndpoint extends AbstractEndpoint implements UdpEndpoint {
    private static final int MIN_BUFFER_BYTES = 2304;
    private static final int MAX_BUFFER_BYTES = 4 << 20;

    private final UdpPort port;

    DatagramEndpoint(Sockets sockets, UdpPort port, long uniqueId) {
        super(sockets.hold(), uniqueId);
        this.port = port;
        port.setObserver(this::changed);
        updateReadiness();
    }

    @Override
    int computeReadiness() {
        return Readiness.OUT | (port.isReadable() ? Readiness.IN : 0) | (port.hasError() ? Readiness.ERR : 0);
    }

    @Override
    void closeProtocol() {
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
    public @Nullable FullAddress localAddress() {
        return hold.query(port::localAddress);
    }

    @Override
    public @Nullable FullAddress remoteAddress() {
        return hold.query(port::remoteAddress);
    }

    @Override
    public @Nullable StackException takeError() {
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
    public void disconnect() throws StackException {
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
    public @Nullable FullAddress receive(ByteBuffer target) throws StackException {
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
    public int nextLength() {
        return hold.query(port::nextLength);
    }

    @Override
    public void joinGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        held(() -> {
            port.joinGroup(group, nicId, source);
            return true;
        });
    }

    @Override
    public void leaveGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        held(() -> {
            port.leaveGroup(group, nicId, source);
            return true;
        });
    }

    @Override
    public void blockSource(IpAddress group, int nicId, IpAddress source, boolean blocked) throws StackException {
        held(() -> {
            port.blockSource(group, nicId, source, blocked);
            return true;
        });
    }

    @Override
    public <T> void setOption(EndpointOption<T> option, T value) throws StackException {
        held(() -> {
            checkType(option, value);
            set(port.options(), option, value);
            return true;
        });
    }

    private static void set(UdpPort.Options options, EndpointOption<?> option, Object value) throws StackException {
        if (option == EndpointOption.SO_REUSEADDR) {
            options.reuseAddress = (Boolean) value;
        } else if (option == EndpointOption.SO_REUSEPORT) {
            options.reusePort = (Boolean) value;
        } else if (option == EndpointOption.IPV6_V6ONLY) {
            options.v6Only = (Boolean) value;
        } else if (option == EndpointOption.SO_BROADCAST) {
            options.broadcast = (Boolean) value;
        } else if (option == EndpointOption.IP_MULTICAST_LOOP) {
            options.multicastLoop = (Boolean) value;
        } else if (option == EndpointOption.SO_SNDBUF) {
            options.sendBufferBytes = clamp(inRange(option, value, 0, Integer.MAX_VALUE));
        } else if (option == EndpointOption.SO_RCVBUF) {
            options.receiveBufferBytes = clamp(inRange(option, value, 0, Integer.MAX_VALUE));
        } else if (option == EndpointOption.IP_TOS) {
            options.tos = inRange(option, value, 0, 255);
        } else if (option == EndpointOption.IP_TTL) {
            options.ttl = inRange(option, value, 1, 255);
        } else if (option == EndpointOption.IP_MTU_DISCOVER) {
            options.mtuDiscovery = MtuDiscovery.of(inRange(option, value, 0, MtuDiscovery.LAST));
        } else if (option == EndpointOption.IP_MULTICAST_TTL) {
            options.multicastTtl = inRange(option, value, 0, 255);
        } else if (option == EndpointOption.IP_MULTICAST_IF) {
            options.multicastNicId = inRange(option, value, 0, Integer.MAX_VALUE);
        } else {
            throw unknownOption(option);
        }
    }

    private static int clamp(int bytes) {
        return Math.max(MIN_BUFFER_BYTES, Math.min(bytes, MAX_BUFFER_BYTES));
    }

    @Override
    public <T> T getOption(EndpointOption<T> option) throws StackException {
        return held(() -> option.type().cast(get(port.options(), option)));
    }

    private static Object get(UdpPort.Options options, EndpointOption<?> option) throws StackException {
        if (option == EndpointOption.SO_REUSEADDR) {
            return options.reuseAddress;
        } else if (option == EndpointOption.SO_REUSEPORT) {
            return options.reusePort;
        } else if (option == EndpointOption.IPV6_V6ONLY) {
            return options.v6Only;
        } else if (option == EndpointOption.SO_BROADCAST) {
            return options.broadcast;
        } else if (option == EndpointOption.IP_MULTICAST_LOOP) {
            return options.multicastLoop;
        } else if (option == EndpointOption.SO_SNDBUF) {
            return options.sendBufferBytes;
        } else if (option == EndpointOption.SO_RCVBUF) {
            return options.receiveBufferBytes;
        } else if (option == EndpointOption.IP_TOS) {
            return options.tos;
        } else if (option == EndpointOption.IP_TTL) {
            return options.ttl;
        } else if (option == EndpointOption.IP_MTU_DISCOVER) {
            return options.mtuDiscovery.value();
        } else if (option == EndpointOption.IP_MULTICAST_TTL) {
            return options.multicastTtl;
        } else if (option == EndpointOption.IP_MULTICAST_IF) {
            return options.multicastNicId;
        }
        throw unknownOption(option);
    }
}
