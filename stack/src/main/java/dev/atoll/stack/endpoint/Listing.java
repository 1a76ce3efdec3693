package dev.atoll.stack.endpoint;

import dev.atoll.stack.icmp.PingPorts;
import dev.atoll.stack.options.EndpointInfo;
import dev.atoll.stack.tcp.Connection;
import dev.atoll.stack.tcp.Listener;
import dev.atoll.stack.tcp.TcpLayer;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.transport.MessagePort;
import dev.atoll.stack.udp.UdpLayer;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the endpoints that packets can be for. Under the stack's hold. */
public final class Listing {
    private final TcpLayer tcp;
    private final UdpLayer udp;
    private final PingPorts pings;

    public Listing(TcpLayer tcp, UdpLayer udp, PingPorts pings) {
        this.tcp = tcp;
        this.udp = udp;
        this.pings = pings;
    }

    /** All of them, by protocol, port and address. */
    public List<EndpointInfo> all() {
        List<EndpointInfo> all = new ArrayList<>();
        add(all, IpProtocol.TCP, tcp.entries());
        add(all, IpProtocol.UDP, udp.entries());
        add(all, IpProtocol.ICMP, pings.entries());
        all.sort(Order.BY_PROTOCOL_PORT_AND_ADDRESS);
        return all;
    }

    private static void add(List<EndpointInfo> all, int protocol, List<DemuxEntry> entries) {
        for (DemuxEntry entry : entries) {
            EndpointInfo info = describe(protocol, entry);
            if (info != null) {
                all.add(info);
            }
        }
    }

    /** The endpoint that a packet would be for: local values are its destination; null if there is none. */
    public @Nullable EndpointInfo find(int protocol, TransportEndpointId id, int nicId) {
        DemuxEntry entry =
                switch (protocol) {
                    case IpProtocol.TCP -> tcp.find(id, nicId);
                    case IpProtocol.UDP -> udp.find(id, nicId);
                    default -> null;
                };
        return entry == null ? null : describe(protocol, entry);
    }

    private static @Nullable EndpointInfo describe(int protocol, DemuxEntry entry) {
        TransportEndpointId id = entry.id();
        if (id == null) {
            return null;
        }
        TcpState state = null;
        int received = 0;
        int sent = 0;
        if (entry instanceof Connection connection) {
            state = connection.state();
            received = connection.available();
            sent = connection.unacknowledgedBytes();
        } else if (entry instanceof Listener listener) {
            state = TcpState.LISTEN;
            received = listener.acceptable();
        } else if (entry instanceof MessagePort port) {
            received = port.queuedBytes();
        }
        return new EndpointInfo(entry.uniqueId(), protocol, id, entry.nicId(), state, received, sent);
    }

    /**
     * The demultiplexer's order depends on a secret; this one does not. A class of its own, since a stack is made on the way
     * to a program's main and its lambdas are not wanted there.
     */
    private static final class Order {
        static final Comparator<EndpointInfo> BY_PROTOCOL_PORT_AND_ADDRESS = Comparator.comparingInt(
                        EndpointInfo::protocol)
                .thenComparingInt(info -> info.id().localPort())
                .thenComparing(info -> info.id().localAddress(), Order::compare)
                .thenComparingInt(info -> info.id().remotePort())
                .thenComparing(info -> info.id().remoteAddress(), Order::compare)
                .thenComparingLong(EndpointInfo::uniqueId);

        private static int compare(IpAddress a, IpAddress b) {
            int high = Long.compareUnsigned(a.high(), b.high());
            return high == 0 ? Long.compareUnsigned(a.low(), b.low()) : high;
        }
    }
}
