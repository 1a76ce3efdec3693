package dev.atoll.stack.udp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.transport.ForwardQueue;
import dev.atoll.stack.transport.PacketQueue;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.TransportEndpointId;
import org.jspecify.annotations.Nullable;

/** Datagrams of one sender that wait for somebody to decide about them. Under the stack's hold. */
public final class ForwardedDatagrams implements ForwardQueue.Waiting {
    /** Memory of what waits, bytes: a few datagrams, as many as an application sends before it wants an answer. */
    private static final int WAITING_BYTES = 16 * 1024;

    private final TransportEndpointId id;
    private final int nicId;
    private final PacketQueue waiting = new PacketQueue();
    private boolean settled;

    ForwardedDatagrams(TransportEndpointId id, int nicId) {
        this.id = id;
        this.nicId = nicId;
    }

    @Override
    public TransportEndpointId id() {
        return id;
    }

    @Override
    public int nicId() {
        return nicId;
    }

    /** Takes a datagram, payload at {@code start()}, or leaves it to the caller if too many wait. */
    boolean offer(PacketBuffer packet) {
        return waiting.offer(packet, WAITING_BYTES);
    }

    PacketQueue waiting() {
        return waiting;
    }

    /** False if it was settled before. */
    boolean settle() {
        boolean first = !settled;
        settled = true;
        return first;
    }

    static ForwardedDatagrams archive(Archive archive, @Nullable ForwardedDatagrams saved, BufferPool pool) {
        TransportEndpointId id = ArchivedValues.endpointId(archive, saved == null ? null : saved.id);
        int nicId = archive.int32(saved == null ? 0 : saved.nicId);
        ForwardedDatagrams datagrams = saved == null ? new ForwardedDatagrams(id, nicId) : saved;
        datagrams.waiting.archive(archive, pool);
        return datagrams;
    }
}
