package dev.atoll.stack.transport;

import dev.atoll.stack.wire.TransportEndpointId;
import org.jspecify.annotations.Nullable;

/** Something packets can be for. Base class of connections, listeners and datagram endpoints. */
public abstract class DemuxEntry {
    private @Nullable TransportEndpointId id;

    @Nullable DemuxEntry next;

    int hash;

    /** Bound to all IPv6 addresses, it does not take IPv4 (IPV6_V6ONLY). */
    private boolean v6Only;

    protected DemuxEntry() {}

    /** Under which id it is registered, or null. */
    public final @Nullable TransportEndpointId id() {
        return id;
    }

    /** Says whether an endpoint bound to {@code ::} leaves IPv4 to others; before it is registered. */
    public final void setV6Only(boolean only) {
        v6Only = only;
    }

    final boolean isV6Only() {
        return v6Only;
    }

    final void registeredAs(@Nullable TransportEndpointId newId) {
        id = newId;
    }
}
