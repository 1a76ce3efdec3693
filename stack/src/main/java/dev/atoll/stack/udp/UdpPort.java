package dev.atoll.stack.udp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.SourceFilter;
import dev.atoll.stack.transport.DatagramPort;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One UDP endpoint's protocol side: its port and the groups it listens to. Under the stack's hold. */
public final class UdpPort extends DatagramPort {
    /** Memberships of one endpoint (Linux's igmp_max_memberships). */
    static final int MAX_MEMBERSHIPS = 20;

    private static final class Membership {
        final Device device;
        final IpAddress group;
        SourceFilter filter;

        Membership(Device device, IpAddress group, SourceFilter filter) {
            this.device = device;
            this.group = group;
            this.filter = filter;
        }

        /** Also with the device, whose routers are to be told; false if it has no room for another group. */
        boolean setFilter(SourceFilter newFilter) {
            filter = newFilter;
            return device.groups().listen(this, group, newFilter);
        }

        /** Senders it may name: Linux's igmp_max_msf and mld_max_msf. */
        int maxSources() {
            return group.isV4() ? 10 : 64;
        }
    }

    private final UdpLayer layer;
    private final List<Membership> memberships = new ArrayList<>();

    UdpPort(UdpLayer layer) {
        super(layer.ip(), layer.ports(), layer.demuxer(), layer.ip().anyAddress());
        this.layer = layer;
    }

    /** Becomes the endpoint of somebody's datagrams that are on their way here. */
    void adopt(TransportEndpointId id, Route route) throws StackException {
        open(id, route);
    }

    @Override
    protected void requireSendable(FullAddress target) throws StackException {
        if (target.port() == 0) {
            throw new StackException(StackError.INVALID);
        }
    }

    @Override
    protected void transmit(ByteBuffer payload, Route route, FullAddress target) throws StackException {
        layer.send(this, payload, route, bound().port(), target.port());
    }

    int headerOptionBytes(Route route) {
        return ipOptionBytes(route);
    }

    /** Whether what goes by a route has no checksum. */
    boolean omitsChecksum(Route route) {
        return route.destination().isV4() ? options().noCheck : options().noCheck6Tx;
    }

    /** Hands a finished datagram on. Takes the packet. */
    void send(PacketBuffer packet, Route route) throws StackException {
        sendPacket(packet, route, IpProtocol.UDP);
    }

    @Override
    protected int sourcePort(PacketBuffer packet) {
        return Udp.sourcePort(packet.data(), packet.transportOffset);
    }

    @Override
    protected int destinationPort(PacketBuffer packet) {
        return Udp.destinationPort(packet.data(), packet.transportOffset);
    }

    /** The network says something about a datagram of ours. */
    void sendFailed(PacketBuffer quoted, StackError error, boolean hard, int mtuBytes) {
        int at = quoted.transportOffset;
        unreachable(quoted, at + Udp.HEADER_BYTES, Udp.destinationPort(quoted.data(), at), error, hard, mtuBytes);
    }

    // --- Groups

    public void joinGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        if (!group.isMulticast()) {
            throw new StackException(StackError.INVALID);
        }
        Device nic = layer.groupDevice(group, nicId);
        Membership known = find(group, nic);
        if (known != null) {
            if (source == null || known.filter.wants(source)) {
                throw new StackException(StackError.ADDRESS_IN_USE);
            }
            addSource(known, source);
            return;
        }
        SourceFilter filter = source == null ? SourceFilter.ALL : SourceFilter.only(source);
        Membership membership = new Membership(nic, group, filter);
        if (memberships.size() >= MAX_MEMBERSHIPS || !membership.setFilter(filter)) {
            throw new StackException(StackError.NO_BUFFER_SPACE);
        }
        memberships.add(membership);
    }

    private static void addSource(Membership membership, IpAddress source) throws StackException {
        if (membership.filter.sources().size() >= membership.maxSources()) {
            throw new StackException(StackError.NO_BUFFER_SPACE);
        }
        membership.setFilter(membership.filter.with(source, /* listed= */ true));
    }

    public void leaveGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        Membership known = require(group, nicId);
        if (source == null) {
            memberships.remove(known);
            known.setFilter(SourceFilter.NONE);
            return;
        }
        if (known.filter.exclude() || !known.filter.wants(source)) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        known.setFilter(known.filter.with(source, /* listed= */ false));
        if (!known.filter.wantsAny()) {
            memberships.remove(known);
        }
    }

    public void blockSource(IpAddress group, int nicId, IpAddress source, boolean blocked) throws StackException {
        Membership known = require(group, nicId);
        if (!known.filter.exclude()) {
            throw new StackException(StackError.INVALID);
        }
        if (known.filter.wants(source) != blocked) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        if (blocked) {
            addSource(known, source);
        } else {
            known.setFilter(known.filter.with(source, /* listed= */ false));
        }
    }

    private Membership require(IpAddress group, int nicId) throws StackException {
        Membership known = find(group, layer.groupDevice(group, nicId));
        if (known == null) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        return known;
    }

    private @Nullable Membership find(IpAddress group, Device device) {
        for (Membership membership : memberships) {
            if (membership.device == device && membership.group.equals(group)) {
                return membership;
            }
        }
        return null;
    }

    /** Whether a datagram to a group is for this endpoint. */
    boolean takesGroup(PacketBuffer packet) {
        IpAddress group = new IpAddress(packet.destinationHigh, packet.destinationLow);
        IpAddress source = new IpAddress(packet.sourceHigh, packet.sourceLow);
        for (Membership membership : memberships) {
            if (membership.device.id() == packet.nicId && membership.group.equals(group)) {
                return membership.filter.wants(source);
            }
        }
        return options().multicastAll;
    }

    @Override
    protected void release() {
        super.release();
        for (Membership membership : memberships) {
            membership.setFilter(SourceFilter.NONE);
        }
        memberships.clear();
    }

    @Override
    public void archive(Archive archive, BufferPool pool) {
        super.archive(archive, pool);
        archive.list(memberships, MAX_MEMBERSHIPS, this::archiveMembership);
    }

    private Membership archiveMembership(Archive archive, @Nullable Membership saved) {
        Device device = layer.routes().archivedDevice(archive, saved == null ? null : saved.device);
        IpAddress group = ArchivedValues.address(archive, saved == null ? null : saved.group);
        SourceFilter filter = SourceFilter.archived(archive, saved == null ? null : saved.filter);
        if (saved != null) {
            return saved;
        }
        Membership membership = new Membership(device, group, filter);
        device.groups().relisten(membership, group, filter);
        return membership;
    }
}
