package dev.atoll.stack.icmp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.transport.Demuxer;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that ask for echoes, known by the identifier in what they send: the place of a port, as ICMP sockets of
 * Linux have it. Identifiers of the two families have nothing to do with each other.
 */
public final class PingPorts {
    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final Demuxer demuxer;
    private final Ports ports;

    public PingPorts(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip) {
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        demuxer = new Demuxer(cycle.rng());
        ports = new Ports(cycle.rng());
    }

    /**
     * @param anyAddress the wildcard of the family whose echoes are wanted
     */
    public PingPort newPort(IpAddress anyAddress) {
        return new PingPort(this, anyAddress);
    }

    /** What replies can be for, in no order that means anything. */
    public List<DemuxEntry> entries() {
        return demuxer.entries();
    }

    /** Endpoints that are bound. */
    public int endpointCount() {
        return demuxer.size();
    }

    Ports ports() {
        return ports;
    }

    Demuxer demuxer() {
        return demuxer;
    }

    IpLayer ip() {
        return ip;
    }

    BufferPool pool() {
        return pool;
    }

    Counters counters() {
        return counters;
    }

    /** An echo reply, its ICMP header at {@code start()} and in the same places for both families; does not take it. */
    void deliver(PacketBuffer reply) {
        DemuxEntry entry = demuxer.find(
                reply.destinationHigh,
                reply.destinationLow,
                Icmpv4.identifier(reply.data(), reply.start()),
                reply.sourceHigh,
                reply.sourceLow,
                0,
                reply.nicId);
        if (!(entry instanceof PingPort port)) {
            counters.drop(DropReason.ICMP_UNRELATED);
            return;
        }
        PacketBuffer copy = pool.copy(reply);
        if (!port.deliver(copy)) {
            counters.drop(DropReason.RECEIVE_BUFFER_FULL);
            copy.release();
        }
    }

    /** An error about an echo request of ours. */
    void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
        DemuxEntry entry = demuxer.find(
                quoted.sourceHigh,
                quoted.sourceLow,
                Icmpv4.identifier(quoted.data(), quoted.transportOffset),
                quoted.destinationHigh,
                quoted.destinationLow,
                0,
                quoted.nicId);
        if (entry instanceof PingPort port) {
            port.sendFailed(quoted, error, hard, nextHopMtu);
        } else {
            counters.drop(DropReason.ICMP_UNRELATED);
        }
    }

    /** The stack closes: whoever waits is told. */
    public void close() {
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof PingPort port) {
                port.stackClosed();
            }
        }
    }

    // --- Saving

    /** Every endpoint that is bound; the NICs and routes are there already. */
    public void archive(Archive archive) {
        archive.section("ping");
        ports.archive(archive);
        demuxer.archive(archive, this::archiveEntry);
    }

    private DemuxEntry archiveEntry(Archive archive, @Nullable DemuxEntry saved) {
        return archive(archive, (PingPort) saved);
    }

    /** A port that its endpoint and perhaps the demultiplexer have. */
    public PingPort archive(Archive archive, @Nullable PingPort saved) {
        return archive.shared(saved, PingPort.class, this::archiveOnce);
    }

    private PingPort archiveOnce(Archive archive, @Nullable PingPort saved) {
        boolean ipv4 = archive.bool(saved != null && saved.isIpv4());
        PingPort port = saved == null ? newPort(ipv4 ? IpAddress.V4_ANY : IpAddress.V6_ANY) : saved;
        port.archive(archive, pool);
        return port;
    }
}
