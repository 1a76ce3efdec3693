package dev.atoll.shim;

import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/** Conversions between the addresses of {@code java.net} and those of the stack. */
final class Addresses {
    /**
     * What Java means by no address. It asks for {@code ::} on a host with IPv6 if it is to prefer that, and then gives it to
     * sockets of a stack without IPv6 as well.
     */
    private static final InetAddress WILDCARD_OF_JAVA = new InetSocketAddress(0).getAddress();

    private Addresses() {}

    /** For sockets of {@code java.net}: an IPv6 address on a host without IPv6 is refused as the JDK does it. */
    static FullAddress toStack(InetAddress address, int port, boolean ipv6) throws SocketException {
        if (address instanceof Inet6Address && !ipv6) {
            if (address.equals(WILDCARD_OF_JAVA)) {
                return new FullAddress(IpAddress.V4_ANY, port);
            }
            throw new SocketException("Protocol family unavailable");
        }
        return toStack(address, port);
    }

    /**
     * Also carries the scope of an IPv6 address over, as the NIC's id, where it means nothing without (ipv6(7)). Addresses of
     * a {@code NetworkInterface} have it all.
     */
    static FullAddress toStack(InetAddress address, int port) {
        return new FullAddress(scopeOf(address), toStack(address), port);
    }

    private static int scopeOf(InetAddress address) {
        boolean needsScope = address.isLinkLocalAddress() || address.isMCLinkLocal() || address.isMCNodeLocal();
        return needsScope && address instanceof Inet6Address v6 ? v6.getScopeId() : 0;
    }

    static IpAddress toStack(InetAddress address) {
        return IpAddress.of(address.getAddress());
    }

    static InetAddress toJava(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.octets());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 octets are always an address", e);
        }
    }

    /** Of an address that means nothing without its NIC that is the scope, as a number. */
    static InetSocketAddress toJava(FullAddress address) {
        InetAddress host = address.nicId() == 0 || address.address().isV4()
                ? toJava(address.address())
                : scoped(address.address(), address.nicId());
        return new InetSocketAddress(host, address.port());
    }

    private static InetAddress scoped(IpAddress address, int nicId) {
        try {
            return Inet6Address.getByAddress(null, address.octets(), nicId);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 octets are always an address", e);
        }
    }

    static @Nullable InetSocketAddress toJavaOrNull(@Nullable FullAddress address) {
        return address == null ? null : toJava(address);
    }

    /** The checks that channels make: with these exceptions, in this order. */
    static InetSocketAddress checkForChannel(@Nullable SocketAddress address, boolean ipv6) {
        if (address == null) {
            throw new NullPointerException();
        }
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (!ipv6 && !(inet.getAddress() instanceof Inet4Address)) {
            throw new UnsupportedAddressTypeException();
        }
        return inet;
    }

    /**
     * Where a channel is bound to, with the checks of {@link #checkForChannel}. No address is the wildcard, and either
     * wildcard is that of the channel, but for {@code ::} where there is no IPv6 unless Java itself means no address by it.
     *
     * @param ipv6 whether the channel is one of both families
     */
    static FullAddress toBind(@Nullable SocketAddress local, boolean ipv6) {
        if (local == null) {
            return new FullAddress(wildcard(ipv6), 0);
        }
        if (local instanceof InetSocketAddress any
                && !any.isUnresolved()
                && any.getAddress().isAnyLocalAddress()
                && (ipv6
                        || any.getAddress() instanceof Inet4Address
                        || any.getAddress().equals(WILDCARD_OF_JAVA))) {
            return new FullAddress(wildcard(ipv6), any.getPort());
        }
        InetSocketAddress inet = checkForChannel(local, ipv6);
        return toStack(inet.getAddress(), inet.getPort());
    }

    /** Where a socket of {@code java.net} is bound to. */
    static FullAddress toBind(InetAddress address, int port, boolean ipv6) throws SocketException {
        return ofAllFamilies(toStack(address, port, ipv6), ipv6);
    }

    /** Either wildcard is that of all families there are: where there is IPv6 the JDK's sockets are IPv6 ones. */
    private static FullAddress ofAllFamilies(FullAddress local, boolean ipv6) {
        return local.address().isUnspecified() ? new FullAddress(local.nicId(), wildcard(ipv6), local.port()) : local;
    }

    private static IpAddress wildcard(boolean ipv6) {
        return ipv6 ? IpAddress.V6_ANY : IpAddress.V4_ANY;
    }

    /** A channel that connects to the wildcard address connects to its own host. */
    static InetSocketAddress loopbackIfAny(InetSocketAddress address) {
        if (!address.getAddress().isAnyLocalAddress()) {
            return address;
        }
        IpAddress loopback =
                address.getAddress() instanceof Inet6Address ? IpAddress.V6_LOOPBACK : IpAddress.V4_LOOPBACK;
        return new InetSocketAddress(toJava(loopback), address.getPort());
    }
}
