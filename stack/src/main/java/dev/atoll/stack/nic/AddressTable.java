package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.PrimaryBehavior;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses of one NIC, in the order in which they are preferred as a source, other things being equal; at most {@link #MAX_ADDRESSES}. */
public final class AddressTable {
    /** Addresses of one NIC; adding more is refused. */
    public static final int MAX_ADDRESSES = 256;

    private final List<LocalAddress> addresses = new ArrayList<>();

    AddressTable() {}

    /** In their order; do not change. */
    public List<LocalAddress> list() {
        return addresses;
    }

    /** False if the address is there already or the table is full. */
    boolean add(LocalAddress address) {
        if (addresses.size() >= MAX_ADDRESSES || find(address.address()) != null) {
            return false;
        }
        addresses.add(address.primary() == PrimaryBehavior.FIRST_PRIMARY ? 0 : addresses.size(), address);
        return true;
    }

    /** False if the address is not there. */
    boolean remove(IpAddress address) {
        return addresses.removeIf(local -> local.address().equals(address));
    }

    /** The address in whatever state it is, or null. */
    public @Nullable LocalAddress find(IpAddress address) {
        return find(address.high(), address.low());
    }

    /** The address with these halves in whatever state it is, or null. */
    public @Nullable LocalAddress find(long high, long low) {
        for (int i = 0; i < addresses.size(); i++) {
            IpAddress address = addresses.get(i).address();
            if (address.low() == low && address.high() == high) {
                return addresses.get(i);
            }
        }
        return null;
    }

    /** Whether it is an address that packets may come to. */
    public boolean isAssigned(long high, long low) {
        LocalAddress local = find(high, low);
        return local != null && local.isAssigned();
    }

    /** Whether it is a host's address in one of the subnets. */
    public boolean isOnLink(IpAddress address) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).subnet().contains(address)) {
                return !isSubnetBroadcast(address);
            }
        }
        return false;
    }

    /** Whether it is the directed broadcast of one of the subnets. */
    public boolean isSubnetBroadcast(IpAddress address) {
        return address.isV4() && isSubnetBroadcast(address.low());
    }

    /** The same for the low half of an IPv4 address. */
    public boolean isSubnetBroadcast(long v4Low) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).subnet().isBroadcast(v4Low)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is the lowest address of one of the subnets, which was a broadcast once; of the low half. */
    public boolean isLowestOfSubnet(long v4Low) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).subnet().isLowest(v4Low)) {
                return true;
            }
        }
        return false;
    }

    void archive(Archive archive) {
        archive.list(addresses, MAX_ADDRESSES, LocalAddress::archived);
    }
}
