package dev.atoll.stack.tcp;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.LiveConnection;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A connection as a change of the rules sees it.
 *
 * @param id what it is registered under
 * @param listened whether somebody listens where it arrives: then the peer began it. No connection remembers who did
 */
record LiveTcp(Connection connection, TransportEndpointId id, boolean listened) implements LiveConnection {
    /** The demultiplexer's order depends on a secret; this one does not. */
    private static final Comparator<LiveTcp> ORDER = Comparator.comparingInt((LiveTcp live) -> live.id.localPort())
            .thenComparingInt(live -> live.id.remotePort())
            .thenComparing(live -> live.id.remoteAddress(), LiveTcp::compare)
            .thenComparing(live -> live.id.localAddress(), LiveTcp::compare);

    private static int compare(IpAddress a, IpAddress b) {
        int high = Long.compareUnsigned(a.high(), b.high());
        return high != 0 ? high : Long.compareUnsigned(a.low(), b.low());
    }

    static List<LiveConnection> sorted(List<LiveTcp> live) {
        List<LiveTcp> sorted = new ArrayList<>(live);
        sorted.sort(ORDER);
        return List.copyOf(sorted);
    }

    @Override
    public FullAddress local() {
        return new FullAddress(id.localAddress(), id.localPort());
    }

    @Override
    public FullAddress remote() {
        return new FullAddress(id.remoteAddress(), id.remotePort());
    }

    @Override
    public boolean isAccepted() {
        return listened;
    }

    @Override
    public boolean isEstablished() {
        return connection.state().isSynchronized();
    }

    @Override
    public void describe(PacketBuffer sent) {
        sent.mark = connection.options().mark;
        sent.caller = connection.options().caller;
    }

    @Override
    public void end(StackError error, String rule) {
        connection.refuse(new StackException(error, rule));
    }
}
