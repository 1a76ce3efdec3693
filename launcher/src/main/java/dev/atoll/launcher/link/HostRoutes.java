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
 * The IPv4 routes of the launcher's network namespace, except default routes. The subnet of every address of a device that
 * is up is among them.
 */
final class HostRoutes {
    private static final Path TABLE = Path.of("/proc/net/route");
    private static final int DEVICE_COLUMN = 0;
    private static final int DESTINATION_COLUMN = 1;
    private static final int MASK_COLUMN = 7;
    private static final int COLUMNS = 8;

    private HostRoutes() {}

    /**
     * One route.
     *
     * @param device the device it leads through
     */
    record Route(String device, Subnet destination) {
        boolean overlaps(Subnet subnet) {
            return destination.contains(subnet.network()) || subnet.contains(destination.network());
        }
    }

    static List<Route> read() throws IOException {
        return parse(Files.readAllLines(TABLE, StandardCharsets.US_ASCII));
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
