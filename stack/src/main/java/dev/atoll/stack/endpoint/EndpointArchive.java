package dev.atoll.stack.endpoint;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.icmp.PingPort;
import dev.atoll.stack.icmp.PingPorts;
import dev.atoll.stack.raw.PacketPort;
import dev.atoll.stack.raw.RawPort;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.tcp.Connection;
import dev.atoll.stack.tcp.Listener;
import dev.atoll.stack.tcp.TcpLayer;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.udp.UdpLayer;
import dev.atoll.stack.udp.UdpPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a stack that is saved and restored: those of which the protocols know, which have their numbers with
 * them, and others that nothing but their holder knows of. Under the stack's hold, after the protocols.
 */
public final class EndpointArchive {
    /** What an endpoint that the protocols do not know of is; constants are archived by name. */
    private enum Kind {
        TCP,
        TCP_LISTENER,
        UDP,
        PING
    }

    private static final int MAX_UNKNOWN = 1 << 22;

    private final Sockets sockets;
    private final TcpLayer tcp;
    private final UdpLayer udp;
    private final PingPorts pings;

    public EndpointArchive(Sockets sockets, TcpLayer tcp, UdpLayer udp, PingPorts pings) {
        this.sockets = sockets;
        this.tcp = tcp;
        this.udp = udp;
        this.pings = pings;
    }

    /**
     * Writes the endpoints, or makes them.
     *
     * @param others while saving: endpoints among which may be some that the protocols do not know of
     * @return while restoring: all endpoints, by number
     * @throws IllegalArgumentException if one of them is of another stack
     */
    public List<Endpoint> archive(Archive archive, Collection<? extends Endpoint> others) {
        archive.section("endpoints");
        List<AbstractEndpoint> all = new ArrayList<>();
        for (Endpoint other : others) {
            if (other instanceof AbstractEndpoint endpoint && isUnknown(endpoint)) {
                Check.argument(endpoint.isOf(sockets.hold()), "endpoints", other, "endpoints of this stack");
                all.add(endpoint);
            }
        }
        archive.list(all, MAX_UNKNOWN, this::archiveUnknown);
        if (!archive.isRestoring()) {
            return List.of();
        }
        addKnown(all);
        all.sort(Comparator.comparingLong(Endpoint::uniqueId));
        for (AbstractEndpoint endpoint : all) {
            endpoint.updateReadiness();
        }
        return List.copyOf(all);
    }

    /** Raw and packet endpoints are all known; of the others those that are registered or wait to be accepted. */
    private static boolean isUnknown(AbstractEndpoint endpoint) {
        if (endpoint.isClosed() || endpoint instanceof RawPortEndpoint || endpoint instanceof FrameEndpoint) {
            return false;
        }
        return entry(endpoint).id() == null;
    }

    private static DemuxEntry entry(AbstractEndpoint endpoint) {
        if (endpoint instanceof StreamEndpoint stream) {
            return stream.connection();
        } else if (endpoint instanceof ListenerEndpoint listening) {
            return listening.listener();
        } else if (endpoint instanceof PortEndpoint<?> messages) {
            return messages.port;
        }
        throw new IllegalStateException(endpoint.getClass().getName());
    }

    private AbstractEndpoint archiveUnknown(Archive archive, @Nullable AbstractEndpoint saved) {
        Kind kind = archive.constant(saved == null ? Kind.TCP : kindOf(saved));
        DemuxEntry known = saved == null ? null : entry(saved);
        AbstractEndpoint endpoint =
                switch (kind) {
                    case TCP -> restored(saved, tcp.archive(archive, (Connection) known));
                    case TCP_LISTENER -> restored(saved, tcp.archive(archive, (Listener) known));
                    case UDP -> restored(saved, udp.archive(archive, (UdpPort) known));
                    case PING -> restored(saved, pings.archive(archive, (PingPort) known));
                };
        return endpoint;
    }

    private static Kind kindOf(AbstractEndpoint endpoint) {
        if (endpoint instanceof StreamEndpoint) {
            return Kind.TCP;
        } else if (endpoint instanceof ListenerEndpoint) {
            return Kind.TCP_LISTENER;
        }
        return endpoint instanceof PingEndpoint ? Kind.PING : Kind.UDP;
    }

    private AbstractEndpoint restored(@Nullable AbstractEndpoint saved, DemuxEntry entry) {
        return saved == null ? newEndpoint(entry) : saved;
    }

    private AbstractEndpoint newEndpoint(DemuxEntry entry) {
        long id = entry.uniqueId();
        if (entry instanceof Connection connection) {
            return new StreamEndpoint(sockets, tcp, connection, id);
        } else if (entry instanceof Listener listener) {
            return new ListenerEndpoint(sockets, listener, id);
        } else if (entry instanceof UdpPort port) {
            return new DatagramEndpoint(sockets, port, id);
        } else if (entry instanceof PingPort port) {
            return new PingEndpoint(sockets.hold(), port, id);
        }
        throw new ArchiveException(
                "there is no endpoint for " + entry.getClass().getName());
    }

    private void addKnown(List<AbstractEndpoint> all) {
        addEntries(all, tcp.entries());
        addEntries(all, udp.entries());
        addEntries(all, pings.entries());
        for (RawPort port : sockets.rawPorts()) {
            all.add(new RawPortEndpoint(sockets.hold(), port, port.uniqueId()));
        }
        for (PacketPort port : sockets.packetPorts()) {
            all.add(new FrameEndpoint(sockets.hold(), port, port.uniqueId()));
        }
    }

    private void addEntries(List<AbstractEndpoint> all, List<DemuxEntry> entries) {
        for (DemuxEntry entry : entries) {
            if (entry.uniqueId() != 0) {
                all.add(newEndpoint(entry));
            }
        }
    }
}
