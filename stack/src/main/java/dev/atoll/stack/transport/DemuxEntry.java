package dev.atoll.stack.transport;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.wire.TransportEndpointId;
import org.jspecify.annotations.Nullable;

/** Something packets can be for. Base class of connections, listeners and datagram endpoints. */
public abstract class DemuxEntry {
    private @Nullable TransportEndpointId id;

    @Nullable DemuxEntry next;

    int hash;

    /** Bound to all IPv6 addresses, it does not take IPv4 (IPV6_V6ONLY). */
    private boolean v6Only;

    /** It takes what comes in by this NIC alone (SO_BINDTODEVICE); 0 for any. */
    private int nicId;

    /** Its peer has a link-local address on this NIC's link; 0 otherwise. */
    private int peerNicId;

    /** It shares its address and port with others, and packets are spread among them (SO_REUSEPORT). */
    private boolean reusePort;

    /** Of the endpoint that has it, or 0. */
    private long uniqueId;

    protected DemuxEntry() {}

    /** Under which id it is registered, or null. */
    public final @Nullable TransportEndpointId id() {
        return id;
    }

    /** Says whether an endpoint bound to {@code ::} leaves IPv4 to others; before it is registered. */
    public final void setV6Only(boolean only) {
        v6Only = only;
    }

    /** Says which endpoint has it, 0 for none any more. */
    public final void setUniqueId(long endpointId) {
        uniqueId = endpointId;
    }

    public final long uniqueId() {
        return uniqueId;
    }

    /** Binds it to a NIC; before it is registered, or while it is. */
    public final void setNicId(int id) {
        nicId = id;
    }

    /** The NIC it is bound to, or 0. */
    public final int nicId() {
        return nicId;
    }

    /**
     * Says who its peer is, before it is registered: a link-local address is another host's on another link (RFC 4007
     * section 6).
     *
     * @param route the way to the peer, or null if it has none any more
     */
    public final void setPeerLink(@Nullable Route route) {
        peerNicId = route != null
                        && !route.destination().isV4()
                        && route.destination().isLinkLocal()
                ? route.linkId()
                : 0;
    }

    /** Says whether it shares what comes with others of the same id; before it is registered. */
    public final void setReusePort(boolean shared) {
        reusePort = shared;
    }

    final boolean isReusePort() {
        return reusePort;
    }

    /** Whether it takes what came in by that NIC. */
    public final boolean takesFrom(int arrivalNicId) {
        return (nicId == 0 || nicId == arrivalNicId) && (peerNicId == 0 || peerNicId == arrivalNicId);
    }

    final boolean isV6Only() {
        return v6Only;
    }

    final void registeredAs(@Nullable TransportEndpointId newId) {
        id = newId;
    }

    /** What it is known by; whoever registers it does that afterwards. */
    protected final void archiveEntry(Archive archive) {
        v6Only = archive.bool(v6Only);
        nicId = archive.int32(nicId);
        peerNicId = archive.int32(peerNicId);
        reusePort = archive.bool(reusePort);
        uniqueId = archive.int64(uniqueId);
    }
}
