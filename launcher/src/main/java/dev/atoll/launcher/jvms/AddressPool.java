package dev.atoll.launcher.jvms;

import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.BitSet;
import java.util.Optional;

/**
 * The IPv4 addresses of a link that several JVMs share: from the program's own upward through its subnet, the lowest free one
 * first. Not thread-safe.
 */
final class AddressPool {
    private final Address first;
    private final LinkAddresses link;
    private final int size;
    private final BitSet taken = new BitSet();

    private AddressPool(LinkAddresses link, int size) {
        this.link = link;
        this.first = link.program().get(0);
        this.size = size;
    }

    /** All of the subnet's hosts from the link's own address on. */
    static AddressPool ofSubnet(LinkAddresses link) {
        Address first = link.program().get(0);
        Subnet subnet = Subnet.containing(first.address(), first.prefixLength());
        // The last address is the broadcast's.
        return new AddressPool(
                link, subnet.lastAddress().v4Bits() - first.address().v4Bits());
    }

    /** The link's own address alone. */
    static AddressPool ofOne(LinkAddresses link) {
        return new AddressPool(link, 1);
    }

    /** Takes one; empty if all are taken. */
    Optional<Address> take() {
        int next = taken.nextClearBit(0);
        if (next < size && address(next).equals(link.router())) {
            next = taken.nextClearBit(next + 1);
        }
        if (next >= size) {
            return Optional.empty();
        }
        taken.set(next);
        return Optional.of(new Address(address(next), first.prefixLength()));
    }

    /** It is free again. */
    void giveBack(Address address) {
        taken.clear(address.address().v4Bits() - first.address().v4Bits());
    }

    private IpAddress address(int number) {
        return IpAddress.v4(first.address().v4Bits() + number);
    }
}
