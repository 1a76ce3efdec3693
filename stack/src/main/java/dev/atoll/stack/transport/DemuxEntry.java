package dev.atoll.stack.transport;

import org.jspecify.annotations.Nullable;

/** Something packets can be for. Base class of connections, listeners and datagram endpoints. */
public abstract class DemuxEntry {
    private @Nullable TransportEndpointId id;

    @Nullable DemuxEntry next;

    int hash;

    protected DemuxEntry() {}

    /** Under which id it is registered, or null. */
    public final @Nullable TransportEndpointId id() {
        return id;
    }

    final void registeredAs(@Nullable TransportEndpointId newId) {
        id = newId;
    }
}
