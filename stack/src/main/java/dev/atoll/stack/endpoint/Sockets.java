package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.icmp.PingPorts;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.raw.PacketLayer;
import dev.atoll.stack.raw.PacketPort;
import dev.atoll.stack.raw.RawLayer;
import dev.atoll.stack.raw.RawPort;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.PacketEndpoint;
import dev.atoll.stack.socket.PortHolder;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpForwarder;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.socket.UdpForwarder;
import dev.atoll.stack.tcp.Connection;
import dev.atoll.stack.tcp.ConnectionOptions;
import dev.atoll.stack.tcp.ForwardedSyn;
import dev.atoll.stack.tcp.Forwarder;
import dev.atoll.stack.tcp.TcpLayer;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.udp.ForwardedDatagrams;
import dev.atoll.stack.udp.UdpForwarding;
import dev.atoll.stack.udp.UdpLayer;
import dev.atoll.stack.udp.UdpPort;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes the endpoints of one stack. The stack has the public door to it. */
public final class Sockets {
    private final Hold hold;
    private final Routes routes;
    private final IpAddress anyAddress;
    private final TcpLayer tcp;
    private final UdpLayer udp;
    private final PingPorts pings;
    private final @Nullable RawLayer raws;
    private final @Nullable PacketLayer packets;
    private final LongSupplier ids;
    private @Nullable PortHolder portHolder;

    /**
     * @param anyAddress what endpoints that are not told are bound to
     * @param raws null in a stack without raw endpoints
     * @param packets null in a stack without packet endpoints
     * @param ids numbers for endpoints, each another; asked under the hold
     */
    public Sockets(
            Hold hold,
            Routes routes,
            IpAddress anyAddress,
            TcpLayer tcp,
            UdpLayer udp,
            PingPorts pings,
            @Nullable RawLayer raws,
            @Nullable PacketLayer packets,
            LongSupplier ids) {
        this.hold = hold;
        this.routes = routes;
        this.anyAddress = anyAddress;
        this.tcp = tcp;
        this.udp = udp;
        this.pings = pings;
        this.raws = raws;
        this.packets = packets;
        this.ids = ids;
    }

    public TcpEndpoint newTcpEndpoint() {
        return hold.query(() -> wrap(tcp.newConnection()));
    }

    public TcpListener newTcpListener() {
        return hold.query(() -> new ListenerEndpoint(this, tcp.newListener(), ids.getAsLong()));
    }

    public UdpEndpoint newUdpEndpoint() {
        return hold.query(() -> wrap(udp.newPort()));
    }

    public IcmpEndpoint newIcmpEndpoint(boolean ipv4) throws StackException {
        requireFamily(ipv4);
        IpAddress any = ipv4 ? IpAddress.V4_ANY : IpAddress.V6_ANY;
        return hold.query(() -> new PingEndpoint(hold, pings.newPort(any), ids.getAsLong()));
    }

    public RawEndpoint newRawEndpoint(boolean ipv4, int protocol) throws StackException {
        RawLayer layer = raws;
        if (layer == null) {
            throw new StackException(StackError.NOT_PERMITTED, "raw endpoints are off in this stack");
        }
        requireFamily(ipv4);
        return hold.query(() -> new RawPortEndpoint(hold, layer.newPort(ipv4, protocol), ids.getAsLong()));
    }

    public PacketEndpoint newPacketEndpoint(boolean cooked) throws StackException {
        PacketLayer layer = packets;
        if (layer == null) {
            throw new StackException(StackError.NOT_PERMITTED, "packet endpoints are off in this stack");
        }
        return hold.query(() -> new FrameEndpoint(hold, layer.newPort(cooked), ids.getAsLong()));
    }

    private void requireFamily(boolean ipv4) throws StackException {
        if (!routes.hasFamily(ipv4)) {
            throw new StackException(StackError.NOT_SUPPORTED, ipv4 ? "IPv4" : "IPv6");
        }
    }

    IpAddress anyAddress() {
        return anyAddress;
    }

    Hold hold() {
        return hold;
    }

    /** Has ports on loopback taken elsewhere too; before the stack runs. */
    public void setPortHolder(@Nullable PortHolder holder) {
        portHolder = holder;
    }

    @Nullable PortHolder portHolder() {
        return portHolder;
    }

    /** Has connections that no listener waits for decided about; before the stack runs. */
    public void forwardTcp(ForwardScope scope, int maxInFlight, TcpForwarder decider) {
        // Here and below no lambda: decision 0620.
        tcp.forwardTo(scope, maxInFlight, new Forwarder.Observer() {
            @Override
            public void requested(Forwarder from, ForwardedSyn syn) {
                hold.notifyLater(new TcpRequest(Sockets.this, from, decider, syn));
            }
        });
    }

    /** Has datagrams that no endpoint is for decided about; before the stack runs. */
    public void forwardUdp(ForwardScope scope, int maxInFlight, UdpForwarder decider) {
        udp.forwardTo(scope, maxInFlight, new UdpForwarding.Observer() {
            @Override
            public void requested(UdpForwarding from, ForwardedDatagrams datagrams) {
                hold.notifyLater(new UdpRequest(Sockets.this, from, decider, datagrams));
            }
        });
    }

    DatagramEndpoint wrap(UdpPort port) {
        return new DatagramEndpoint(this, port, ids.getAsLong());
    }

    StreamEndpoint wrap(Connection connection) {
        return new StreamEndpoint(this, tcp, connection, ids.getAsLong());
    }

    /** Hops of packets whose endpoint says nothing, as they are shown: of IPv4, as IP_TTL is its name. */
    int defaultTtl() {
        return tcp.defaultTtl();
    }

    /** The id of a NIC there is, or 0. */
    int requireNic(int nicId) throws StackException {
        if (nicId != 0 && routes.device(nicId) == null) {
            throw new StackException(StackError.UNKNOWN_NIC, Integer.toString(nicId));
        }
        return nicId;
    }

    /** The options with one of them changed. */
    ConnectionOptions withOption(ConnectionOptions options, EndpointOption<?> option, Object value)
            throws StackException {
        if (option != EndpointOption.SO_BINDTOIFINDEX) {
            return TcpOptionTable.with(options, tcp.congestionControls(), option, value);
        }
        AbstractEndpoint.checkType(option, value);
        return onNic(options, (Integer) value);
    }

    /** The options with the NIC that an address names, if it names one. */
    ConnectionOptions boundTo(FullAddress local, ConnectionOptions options) throws StackException {
        return local.nicId() == 0 ? options : onNic(options, local.nicId());
    }

    private ConnectionOptions onNic(ConnectionOptions options, int nicId) throws StackException {
        ConnectionOptions changed = options.copy();
        changed.nicId = requireNic(nicId);
        return changed;
    }

    Ports.Binding bindTcp(FullAddress local, ConnectionOptions options) throws StackException {
        boolean known = local.address().isUnspecified() || routes.isBindable(local.address());
        if (!known) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        Ports.Wish wish =
                new Ports.Wish(local.address(), options.reuseAddress, options.reusePort, options.v6Only, options.nicId);
        Ports.Binding binding = local.port() == 0
                ? tcp.ports().bindEphemeral(wish)
                : tcp.ports().bind(wish, local.port());
        if (binding == null) {
            throw new StackException(StackError.ADDRESS_IN_USE);
        }
        return binding;
    }

    List<RawPort> rawPorts() {
        return raws == null ? List.of() : raws.ports();
    }

    List<PacketPort> packetPorts() {
        return packets == null ? List.of() : packets.ports();
    }
}
