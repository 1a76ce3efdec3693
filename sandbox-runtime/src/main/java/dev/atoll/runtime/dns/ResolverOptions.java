package dev.atoll.runtime.dns;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * How names are looked up; the defaults are those of resolv.conf(5).
 *
 * @param servers whom to ask, in this order; none means that only the hosts file is asked
 * @param search suffixes tried behind a short name, in this order
 * @param dots a name with at least this many dots is tried as it is before the suffixes
 * @param timeoutNs how long to wait for one server's answer
 * @param attempts how often to go through the servers
 * @param rotate whether each lookup begins with the next server, so that all have their share
 * @param ipv6 whether to ask for IPv6 addresses, too
 * @param ipv6Loopback whether {@code localhost} means {@code ::1}, too
 * @param hosts the hosts file
 * @param localHostName the name of this host
 * @param localAddresses what that name means unless the hosts file says it
 */
public record ResolverOptions(
        List<FullAddress> servers,
        List<String> search,
        int dots,
        long timeoutNs,
        int attempts,
        boolean rotate,
        boolean ipv6,
        boolean ipv6Loopback,
        File hosts,
        String localHostName,
        List<IpAddress> localAddresses) {
    /** The port of name servers. */
    public static final int PORT = 53;

    /** More servers would only make a failing lookup slower; resolv.conf allows 3. */
    public static final int MAX_SERVERS = 8;

    /** What resolv.conf allows since it has a limit worth the name. */
    public static final int MAX_SEARCH = 32;

    /** The most that {@code ndots} may be. */
    public static final int MAX_DOTS = 15;

    /** The most that {@code timeout} may be. */
    public static final int MAX_TIMEOUT_SECONDS = 30;

    /** The most that {@code attempts} may be. */
    public static final int MAX_ATTEMPTS = 5;

    public static final int DEFAULT_DOTS = 1;
    public static final int DEFAULT_TIMEOUT_SECONDS = 5;
    public static final int DEFAULT_ATTEMPTS = 2;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    public ResolverOptions {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
        localAddresses = List.copyOf(localAddresses);
        Check.argument(servers.size() <= MAX_SERVERS, "servers", servers.size(), "at most " + MAX_SERVERS);
        Check.argument(search.size() <= MAX_SEARCH, "search", search.size(), "at most " + MAX_SEARCH);
        for (String suffix : search) {
            Check.argument(isSuffix(suffix), "search", suffix, "domain names");
        }
        Check.argument(dots >= 0 && dots <= MAX_DOTS, "dots", dots, "0 to " + MAX_DOTS);
        Check.argument(timeoutNs > 0, "timeoutNs", timeoutNs, "more than 0");
        Check.argument(attempts > 0 && attempts <= MAX_ATTEMPTS, "attempts", attempts, "1 to " + MAX_ATTEMPTS);
    }

    /** Asks these servers at their usual port, with {@code /etc/hosts} and everything else by default. */
    public static ResolverOptions of(List<IpAddress> servers) {
        List<FullAddress> addresses = new ArrayList<>();
        for (IpAddress server : servers) {
            addresses.add(new FullAddress(server, PORT));
        }
        return new ResolverOptions(
                addresses,
                List.of(),
                DEFAULT_DOTS,
                DEFAULT_TIMEOUT_SECONDS * NS_PER_SECOND,
                DEFAULT_ATTEMPTS,
                false,
                false,
                false,
                new File("/etc/hosts"),
                "localhost",
                List.of());
    }

    /** Whether names can be looked up under this domain. */
    public static boolean isSuffix(String domain) {
        return DnsName.isValid(domain);
    }

    /** The same with suffixes for short names, and from how many dots on a name is no longer short. */
    public ResolverOptions withSearch(List<String> suffixes, int newDots) {
        Copy copy = new Copy(this);
        copy.search = suffixes;
        copy.dots = newDots;
        return copy.options();
    }

    /** The same with another patience. */
    public ResolverOptions withPatience(long newTimeoutNs, int newAttempts) {
        Copy copy = new Copy(this);
        copy.timeoutNs = newTimeoutNs;
        copy.attempts = newAttempts;
        return copy.options();
    }

    /** The same with the servers in turn, or always the first one first. */
    public ResolverOptions withRotation(boolean newRotate) {
        Copy copy = new Copy(this);
        copy.rotate = newRotate;
        return copy.options();
    }

    /** The same for a host whose IPv6 is that of {@code ::1} alone, or has not even that. */
    public ResolverOptions withIpv6LoopbackAlone(boolean on) {
        Copy copy = new Copy(this);
        copy.ipv6 = false;
        copy.ipv6Loopback = on;
        return copy.options();
    }

    /** The same for a host with IPv6, which asks for addresses of it, or without. */
    public ResolverOptions withIpv6(boolean newIpv6) {
        Copy copy = new Copy(this);
        copy.ipv6 = newIpv6;
        copy.ipv6Loopback = newIpv6;
        return copy.options();
    }

    /** The same with another hosts file. */
    public ResolverOptions withHosts(File newHosts) {
        Copy copy = new Copy(this);
        copy.hosts = newHosts;
        return copy.options();
    }

    /** The same for a host of that name and those addresses. */
    public ResolverOptions withLocalHost(String name, List<IpAddress> addresses) {
        Copy copy = new Copy(this);
        copy.localHostName = name;
        copy.localAddresses = addresses;
        return copy.options();
    }

    /** The options while some of them are being replaced; what they may be is checked when they are options again. */
    private static final class Copy {
        private final List<FullAddress> servers;
        List<String> search;
        int dots;
        long timeoutNs;
        int attempts;
        boolean rotate;
        boolean ipv6;
        boolean ipv6Loopback;
        File hosts;
        String localHostName;
        List<IpAddress> localAddresses;

        Copy(ResolverOptions from) {
            servers = from.servers;
            search = from.search;
            dots = from.dots;
            timeoutNs = from.timeoutNs;
            attempts = from.attempts;
            rotate = from.rotate;
            ipv6 = from.ipv6;
            ipv6Loopback = from.ipv6Loopback;
            hosts = from.hosts;
            localHostName = from.localHostName;
            localAddresses = from.localAddresses;
        }

        ResolverOptions options() {
            return new ResolverOptions(
                    servers,
                    search,
                    dots,
                    timeoutNs,
                    attempts,
                    rotate,
                    ipv6,
                    ipv6Loopback,
                    hosts,
                    localHostName,
                    localAddresses);
        }
    }
}
