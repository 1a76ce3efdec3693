package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.transport.ForwardQueue;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.TransportEndpointId;
import org.jspecify.annotations.Nullable;

/** A SYN that waits for somebody to decide about it. Under the stack's hold. */
public final class ForwardedSyn implements ForwardQueue.Waiting {
    private final TransportEndpointId id;
    private final int nicId;
    private @Nullable PacketBuffer packet;
    private boolean abandoned;

    /** Owns the packet, which begins with the TCP header. */
    ForwardedSyn(TransportEndpointId id, PacketBuffer packet) {
        this.id = id;
        nicId = packet.nicId;
        this.packet = packet;
    }

    @Override
    public TransportEndpointId id() {
        return id;
    }

    @Override
    public int nicId() {
        return nicId;
    }

    /** Whether the one who asked has taken it back. */
    boolean isAbandoned() {
        return abandoned;
    }

    void abandon() {
        abandoned = true;
    }

    /** The packet, which is the caller's from here; null if it was taken before. */
    @Nullable PacketBuffer take() {
        PacketBuffer taken = packet;
        packet = null;
        return taken;
    }

    static ForwardedSyn archive(Archive archive, @Nullable ForwardedSyn saved, BufferPool pool) {
        TransportEndpointId id = ArchivedValues.endpointId(archive, saved == null ? null : saved.id);
        PacketBuffer packet = pool.archive(archive, saved == null ? null : saved.packet);
        ForwardedSyn syn = saved == null ? new ForwardedSyn(id, packet) : saved;
        syn.abandoned = archive.bool(syn.abandoned);
        return syn;
    }
}
