package dev.atoll.stack.nic;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;

/**
 * An address of a NIC.
 *
 * @param address the address itself
 * @param prefixLength how long its subnet's prefix is
 * @param subnet the subnet it is in
 */
public record LocalAddress(IpAddress address, int prefixLength, Subnet subnet) {
    public LocalAddress(IpAddress address, int prefixLength) {
        this(address, prefixLength, Subnet.containing(address, prefixLength));
    }
}
