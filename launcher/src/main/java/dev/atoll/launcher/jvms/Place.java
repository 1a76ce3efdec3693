package dev.atoll.launcher.jvms;

import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a JVM has on the link that several share.
 *
 * @param addresses null for loopback alone
 * @param mac its hardware address
 * @param mtuBytes the largest IP packet
 * @param lack why it has loopback alone; empty if it has more
 */
public record Place(@Nullable LinkAddresses addresses, MacAddress mac, int mtuBytes, String lack) {
    /** Loopback alone. */
    static Place loopback(int mtuBytes, String why) {
        return new Place(null, MacAddress.ZERO, mtuBytes, why);
    }

    /** Its IP addresses on the link. */
    List<IpAddress> ipAddresses() {
        List<IpAddress> all = new ArrayList<>();
        if (addresses != null) {
            for (Address each : addresses.program()) {
                all.add(each.address());
            }
        }
        return all;
    }
}
