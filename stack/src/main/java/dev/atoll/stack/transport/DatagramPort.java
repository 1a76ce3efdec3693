package dev.atoll.stack.transport;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import org.jspecify.annotations.Nullable;

/** A message endpoint known by a port: binding and connecting are the same whatever the number is called. */
public abstract class DatagramPort extends MessagePort {
    private final Ports ports;
    private final Demuxer demuxer;
    private final IpAddress anyAddress;
    private Ports.@Nullable Binding binding;

    /**
     * @param anyAddress what it is bound to when it is not told
     */
    protected DatagramPort(IpLayer ip, Ports ports, Demuxer demuxer, IpAddress anyAddress) {
        super(ip);
        this.ports = ports;
        this.demuxer = demuxer;
        this.anyAddress = anyAddress;
    }

    @Override
    public final void bind(FullAddress local) throws StackException {
        if (binding != null) {
            throw new StackException(StackError.INVALID);
        }
        BoundRoutes.requireBindable(ip().routes(), local.address());
        if (local.nicId() != 0) {
            setBoundNic(local.nicId());
        }
        Ports.Wish wish = new Ports.Wish(
                local.address(), options().reuseAddress, options().reusePort, options().v6Only, options().nicId);
        Ports.Binding bound = local.port() == 0 ? ports.bindEphemeral(wish) : ports.bind(wish, local.port());
        if (bound == null) {
            throw new StackException(StackError.ADDRESS_IN_USE);
        }
        binding = bound;
        setV6Only(options().v6Only);
        setReusePort(options().reusePort);
        demuxer.register(this, TransportEndpointId.unconnected(bound.address(), bound.port()));
    }

    protected final Ports.Binding bound() throws StackException {
        Ports.Binding bound = binding;
        if (bound == null) {
            bind(new FullAddress(anyAddress, 0));
            bound = binding;
        }
        if (bound == null) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        return bound;
    }

    @Override
    public final @Nullable FullAddress localAddress() {
        Ports.Binding bound = binding;
        if (bound == null) {
            return null;
        }
        Route route = connectedRoute();
        IpAddress address = route != null && bound.address().isUnspecified() ? route.source() : bound.address();
        return FullAddress.onLink(route == null ? options().nicId : route.linkId(), address, bound.port());
    }

    @Override
    public final void connect(FullAddress to) throws StackException {
        Ports.Binding bound = bound();
        Route route = findRoute(to, bound.address());
        setPeer(new FullAddress(to.nicId(), route.destination(), to.port()), route);
        demuxer.unregister(this);
        setPeerLink(route);
        demuxer.register(
                this, new TransportEndpointId(route.source(), bound.port(), route.destination(), peerPort(to)));
    }

    /** Becomes the endpoint of these four values, whoever else has the port. */
    protected final void open(TransportEndpointId id, Route route) throws StackException {
        IpAddress local = id.localAddress();
        IpAddress peer = id.remoteAddress();
        DemuxEntry taken =
                demuxer.findExact(local.high(), local.low(), id.localPort(), peer.high(), peer.low(), id.remotePort());
        // Others of the kind share the port with this one; that is what their peers tell apart.
        options().reuseAddress = true;
        Ports.Wish wish = new Ports.Wish(
                local, /* reuseAddress= */ true, /* reusePort= */ false, /* v6Only= */ true, /* nicId= */ 0);
        Ports.Binding bound = taken == null ? ports.bind(wish, id.localPort()) : null;
        if (bound == null) {
            throw new StackException(StackError.ADDRESS_IN_USE, id.toString());
        }
        binding = bound;
        setPeer(new FullAddress(peer, id.remotePort()), route);
        setPeerLink(route);
        demuxer.register(this, id);
    }

    /** The port by which packets of the peer are known. */
    protected int peerPort(FullAddress peer) {
        return peer.port();
    }

    @Override
    public final void disconnect() {
        Ports.Binding bound = binding;
        if (remoteAddress() == null || bound == null) {
            return;
        }
        setPeer(null, null);
        demuxer.unregister(this);
        setPeerLink(null);
        demuxer.register(this, TransportEndpointId.unconnected(bound.address(), bound.port()));
    }

    @Override
    protected final Route routeTo(FullAddress target) throws StackException {
        requireSendable(target);
        return findRoute(target, bound().address());
    }

    /** Refuses a destination that the protocol cannot send to. */
    protected void requireSendable(FullAddress target) throws StackException {
        // Any will do.
    }

    /** A message for this endpoint: takes it, or leaves it to the caller if there is no room. */
    public final boolean deliver(PacketBuffer packet) {
        return enqueue(packet);
    }

    @Override
    protected void release() {
        demuxer.unregister(this);
        Ports.Binding bound = binding;
        if (bound != null) {
            ports.release(bound);
        }
    }

    @Override
    public void archive(Archive archive, BufferPool pool) {
        super.archive(archive, pool);
        binding = archive.optional(binding, Ports::archive);
    }
}
