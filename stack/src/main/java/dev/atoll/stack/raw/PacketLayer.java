package dev.atoll.stack.raw;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.FrameTap;
import dev.atoll.stack.options.MessageTuning;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The packet endpoints of one stack (packet(7)): each receives a copy of every frame it asked for. */
public final class PacketLayer implements FrameTap {
    /** More than anybody opens. */
    private static final int MAX_PORTS = 1 << 20;

    private final Cycle cycle;
    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final List<PacketPort> ports = new ArrayList<>();

    public PacketLayer(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip) {
        this.cycle = cycle;
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
    }

    /**
     * @param cooked what is read and written has no link header
     */
    public PacketPort newPort(boolean cooked) {
        PacketPort port = new PacketPort(this, cooked);
        ports.add(port);
        return port;
    }

    void remove(PacketPort port) {
        ports.remove(port);
    }

    /** Endpoints that are open. */
    public int endpointCount() {
        return ports.size();
    }

    Routes routes() {
        return ip.routes();
    }

    MessageTuning tuning() {
        return ip.messageTuning();
    }

    BufferPool pool() {
        return pool;
    }

    @Override
    public boolean isTapping() {
        return !ports.isEmpty();
    }

    @Override
    public void frame(Device device, PacketBuffer frame, PacketType type, int etherType, int linkHeaderBytes) {
        for (int i = 0; i < ports.size(); i++) {
            PacketPort port = ports.get(i);
            if (port.wants(device, etherType)) {
                deliver(port, device, frame, type, etherType, linkHeaderBytes);
            }
        }
    }

    private void deliver(
            PacketPort port, Device device, PacketBuffer frame, PacketType type, int etherType, int linkHeaderBytes) {
        PacketBuffer copy = pool.copy(frame);
        copy.type = type;
        copy.nicId = device.id();
        if (type == PacketType.OUTGOING) {
            copy.linkSource = device.linkAddressBits();
            copy.arrivalNs = cycle.nowNs();
        }
        copy.etherType = etherType;
        if (port.isCooked()) {
            copy.consume(linkHeaderBytes);
        }
        if (!port.deliver(copy)) {
            counters.drop(DropReason.RECEIVE_BUFFER_FULL);
            copy.release();
        }
    }

    /** The stack closes: whoever waits is told. */
    public void close() {
        for (int i = 0; i < ports.size(); i++) {
            ports.get(i).stackClosed();
        }
    }

    // --- Saving

    /** Every endpoint that is open; the NICs are there already. */
    public void archive(Archive archive) {
        archive.section("packet");
        archive.list(ports, MAX_PORTS, this::archivePort);
    }

    private PacketPort archivePort(Archive archive, @Nullable PacketPort saved) {
        boolean cooked = archive.bool(saved != null && saved.isCooked());
        PacketPort port = saved == null ? new PacketPort(this, cooked) : saved;
        port.archive(archive);
        return port;
    }

    /** Those that are open, in the order in which they were made. */
    public List<PacketPort> ports() {
        return List.copyOf(ports);
    }
}
