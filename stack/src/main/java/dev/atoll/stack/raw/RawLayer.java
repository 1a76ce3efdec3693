package dev.atoll.stack.raw;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.nic.JoinedSegments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The raw endpoints of one stack (raw(7)): each receives a copy of every packet of its protocol that the policy let in. */
public final class RawLayer implements IpLayer.RawReceiver {
    /** More than anybody opens. */
    private static final int MAX_PORTS = 1 << 20;

    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final List<RawPort> ports = new ArrayList<>();

    public RawLayer(Counters counters, BufferPool pool, IpLayer ip) {
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        ip.setRawReceiver(this);
    }

    /**
     * @param protocol IANA protocol number; {@link RawPort#SEND_ONLY} for one that only sends, header included
     */
    public RawPort newPort(boolean ipv4, int protocol) {
        RawPort port = new RawPort(this, ipv4, protocol);
        ports.add(port);
        return port;
    }

    void remove(RawPort port) {
        ports.remove(port);
    }

    /** Endpoints that are open. */
    public int endpointCount() {
        return ports.size();
    }

    IpLayer ip() {
        return ip;
    }

    BufferPool pool() {
        return pool;
    }

    @Override
    public boolean receive(PacketBuffer packet) {
        boolean taken = offer(packet);
        if (taken) {
            // Endpoints see packets as they came, not joined.
            for (PacketBuffer segment = packet.joined; segment != null; segment = segment.joined) {
                JoinedSegments.follow(packet, segment);
                offer(segment);
            }
        }
        return taken;
    }

    private boolean offer(PacketBuffer packet) {
        boolean taken = false;
        for (int i = 0; i < ports.size(); i++) {
            RawPort port = ports.get(i);
            if (port.wants(packet)) {
                taken = true;
                counters.rawReceived++;
                PacketBuffer copy = pool.copy(packet);
                if (!port.deliver(copy)) {
                    counters.drop(DropReason.RECEIVE_BUFFER_FULL);
                    copy.release();
                }
            }
        }
        return taken;
    }

    @Override
    public void unreachable(PacketBuffer quoted, int protocol, StackError error, boolean hard, int nextHopMtu) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).hasSent(quoted, protocol)) {
                ports.get(i).sendFailed(quoted, error, hard, nextHopMtu);
            }
        }
    }

    /** The stack closes: whoever waits is told. */
    public void close() {
        for (int i = 0; i < ports.size(); i++) {
            ports.get(i).stackClosed();
        }
    }

    // --- Saving

    /** Every endpoint that is open; the NICs and routes are there already. */
    public void archive(Archive archive) {
        archive.section("raw");
        archive.list(ports, MAX_PORTS, this::archivePort);
    }

    private RawPort archivePort(Archive archive, @Nullable RawPort saved) {
        boolean ipv4 = archive.bool(saved != null && saved.isIpv4());
        int protocol = archive.count(saved == null ? 0 : saved.protocol(), RawPort.SEND_ONLY);
        RawPort port = saved == null ? new RawPort(this, ipv4, protocol) : saved;
        port.archive(archive, pool);
        return port;
    }

    /** Those that are open, in the order in which they were made. */
    public List<RawPort> ports() {
        return List.copyOf(ports);
    }
}
