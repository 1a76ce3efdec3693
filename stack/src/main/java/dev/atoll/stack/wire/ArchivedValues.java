package dev.atoll.stack.wire;

import dev.atoll.stack.archive.Archive;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the values of this package are archived: each is written while saving and read, as a new one, while restoring. */
public final class ArchivedValues {
    private ArchivedValues() {}

    public static IpAddress address(Archive archive, @Nullable IpAddress value) {
        if (archive.isRestoring()) {
            return new IpAddress(archive.int64(0), archive.int64(0));
        }
        IpAddress address = Objects.requireNonNull(value);
        archive.int64(address.high());
        archive.int64(address.low());
        return address;
    }

    public static Subnet subnet(Archive archive, @Nullable Subnet value) {
        IpAddress address = address(archive, value == null ? null : value.network());
        int prefixLength = archive.int32(value == null ? 0 : value.prefixLength());
        return value == null ? new Subnet(address, prefixLength) : value;
    }

    public static FullAddress fullAddress(Archive archive, @Nullable FullAddress value) {
        int nicId = archive.int32(value == null ? 0 : value.nicId());
        IpAddress address = address(archive, value == null ? null : value.address());
        int port = archive.int32(value == null ? 0 : value.port());
        return value == null ? new FullAddress(nicId, address, port) : value;
    }

    public static TransportEndpointId endpointId(Archive archive, @Nullable TransportEndpointId value) {
        IpAddress local = address(archive, value == null ? null : value.localAddress());
        int localPort = archive.int32(value == null ? 0 : value.localPort());
        IpAddress remote = address(archive, value == null ? null : value.remoteAddress());
        int remotePort = archive.int32(value == null ? 0 : value.remotePort());
        return value == null ? new TransportEndpointId(local, localPort, remote, remotePort) : value;
    }
}
