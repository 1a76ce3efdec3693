package dev.atoll.launcher.link;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The routes of the launcher's network namespace, except default routes, and its own addresses. The subnet of every
 * address of a device that is up is among the routes; an address without a subnet, as loopback may have, is not.
 */
final class HostRoutes {
    private static final Path TABLE = Path.of("/proc/net/route");
    private static final Path TRIE = Path.of("/proc/net/fib_trie");
    private static final Path IPV6_TABLE = Path.of("/proc/net/ipv6_route");
    private static final int HOST_LENGTH = 32;
    private static final int DEVICE_COLUMN = 0;
    private static final int DESTINATION_COLUMN = 1;
    private static final int MASK_COLUMN = 7;
    private static final int COLUMNS = 8;
    private static final int IPV6_COLUMNS = 10;

    private HostRoutes() {}

    /**
     * One route.
     *
     * @param device the device it leads through; {@code *} if packets are thrown away
     */
    record Route(String device, Subnet destination) {
        /** An address of the host itself. */
        static Route toHost(IpAddress address) {
            return new Route("", new Subnet(address, HOST_LENGTH));
        }

        /** For people: what the host has. */
        String description() {
            return switch (device) {
                case "" -> "the address " + destination.network();
                case "*" -> "a route to " + destination;
                default -> "a route to " + destination + " through " + device;
            };
        }

        boolean overlaps(Subnet subnet) {
            return destination.contains(subnet.network()) || subnet.contains(destination.network());
        }
    }

    static List<Route> read() throws IOException {
        List<Route> routes = parse(Files.readAllLines(TABLE, StandardCharsets.US_ASCII));
        if (Files.exists(TRIE)) {
            routes.addAll(parseAddresses(Files.readAllLines(TRIE, StandardCharsets.US_ASCII)));
        }
        return routes;
    }

    /** Those of IPv6, with its own addresses; none if the kernel has no IPv6. */
    static List<Route> readIpv6() throws IOException {
        return Files.exists(IPV6_TABLE)
                ? parseIpv6(Files.readAllLines(IPV6_TABLE, StandardCharsets.US_ASCII))
                : new ArrayList<>();
    }

    /**
     * A line has destination, length, source, length, next hop, metric, two counters, flags and device, in hexadecimal.
     * Groups are on every device.
     */
    static List<Route> parseIpv6(List<String> table) {
        List<Route> routes = new ArrayList<>();
        for (String line : table) {
            String[] columns = line.trim().split("\\s+", -1);
            if (columns.length < IPV6_COLUMNS) {
                continue;
            }
            String destination = columns[0];
            IpAddress network = new IpAddress(
                    Long.parseUnsignedLong(destination.substring(0, 16), 16),
                    Long.parseUnsignedLong(destination.substring(16), 16));
            int length = Integer.parseInt(columns[1], 16);
            if (length > 0 && !network.isMulticast()) {
                routes.add(new Route(columns[IPV6_COLUMNS - 1], new Subnet(network, length)));
            }
        }
        return routes;
    }

    /** Of the kernel's drawing of its tables: a leaf is {@code |-- 192.0.2.1}, below it {@code /32 host LOCAL}. */
    static List<Route> parseAddresses(List<String> trie) {
        List<Route> addresses = new ArrayList<>();
        String leaf = "";
        for (String line : trie) {
            String text = line.strip();
            if (text.startsWith("|-- ")) {
                leaf = text.substring("|-- ".length());
            } else if (text.equals("/32 host LOCAL")) {
                Route route = Route.toHost(IpAddress.parse(leaf));
                if (!addresses.contains(route)) {
                    addresses.add(route);
                }
            }
        }
        return addresses;
    }

    static List<Route> parse(List<String> table) {
        List<Route> routes = new ArrayList<>();
        for (String line : table.subList(Math.min(1, table.size()), table.size())) {
            String[] columns = line.trim().split("\\s+", -1);
            if (columns.length < COLUMNS) {
                continue;
            }
            int length = Integer.bitCount(word(columns[MASK_COLUMN]));
            if (length > 0) {
                routes.add(new Route(
                        columns[DEVICE_COLUMN],
                        Subnet.containing(IpAddress.v4(word(columns[DESTINATION_COLUMN])), length)));
            }
        }
        return routes;
    }

    /** The kernel prints the four octets as one number of the machine's order; both supported machines are little-endian. */
    private static int word(String hexadecimal) {
        return Integer.reverseBytes(Integer.parseUnsignedInt(hexadecimal, 16));
    }
}
