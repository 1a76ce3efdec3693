package dev.atoll.bridge;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code NetworkInterface} is made of.
 *
 * @param index 1 or more
 * @param hardwareAddress its 48 bits, or {@link #NO_HARDWARE_ADDRESS}
 * @param mtu bytes
 */
public record InterfaceView(
        String name,
        int index,
        List<Binding> bindings,
        boolean up,
        boolean loopback,
        boolean pointToPoint,
        boolean multicast,
        long hardwareAddress,
        int mtu) {
    /** There is no hardware address. */
    public static final long NO_HARDWARE_ADDRESS = -1;

    /** An address with its prefix length in bits and, for IPv4, the broadcast address if there is one. */
    public record Binding(
            InetAddress address, int prefixLength, @Nullable Inet4Address broadcast) {}
}
