package dev.atoll.bridge;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What {@code InetAddressResolver.LookupPolicy} asks of the addresses of a name. */
final class LookupOrder {
    // The bits are those of LookupPolicy, which JDK 17 does not have.
    private static final int IPV4 = 1;
    private static final int IPV6 = 2;
    private static final int IPV4_FIRST = 4;
    private static final int IPV6_FIRST = 8;

    private LookupOrder() {}

    /**
     * What the JDK asks for where it does not say it with the call: all addresses if there is IPv6, in the order that the
     * property {@code java.net.preferIPv6Addresses} wants, else those of IPv4.
     */
    static int byDefault(boolean ipv6, @Nullable String preferIpv6Addresses) {
        if (!ipv6) {
            return IPV4;
        }
        if ("true".equalsIgnoreCase(preferIpv6Addresses)) {
            return IPV4 | IPV6 | IPV6_FIRST;
        }
        return "system".equalsIgnoreCase(preferIpv6Addresses) ? IPV4 | IPV6 : IPV4 | IPV6 | IPV4_FIRST;
    }

    /** The addresses of the wanted families, the preferred family first, otherwise in the order given. */
    static InetAddress[] apply(String host, InetAddress[] all, int characteristics) throws UnknownHostException {
        boolean v4 = (characteristics & IPV4) != 0;
        boolean v6 = (characteristics & IPV6) != 0;
        InetAddress[] kept = new InetAddress[all.length];
        int count = 0;
        if ((characteristics & IPV4_FIRST) != 0) {
            count = copy(all, kept, count, v4, false);
            count = copy(all, kept, count, false, v6);
        } else if ((characteristics & IPV6_FIRST) != 0) {
            count = copy(all, kept, count, false, v6);
            count = copy(all, kept, count, v4, false);
        } else {
            count = copy(all, kept, count, v4, v6);
        }
        if (count == 0) {
            throw new UnknownHostException(host + ": No address associated with hostname");
        }
        InetAddress[] result = new InetAddress[count];
        System.arraycopy(kept, 0, result, 0, count);
        return result;
    }

    private static int copy(InetAddress[] from, InetAddress[] to, int at, boolean v4, boolean v6) {
        int count = at;
        for (InetAddress address : from) {
            if ((v4 && address instanceof Inet4Address) || (v6 && address instanceof Inet6Address)) {
                to[count++] = address;
            }
        }
        return count;
    }
}
