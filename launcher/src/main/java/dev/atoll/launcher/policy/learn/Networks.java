package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Folds addresses into networks: {@value #FEWEST_ADDRESSES} or more of one /24 (IPv6: /64) become the smallest network that
 * holds them, which is never wider than that; then networks that are the two halves of a wider one become it, which adds nothing.
 */
final class Networks {
    /** So many addresses of one network are taken for a service that has more of them than were met. */
    static final int FEWEST_ADDRESSES = 8;

    private static final int WIDEST_V4 = 24;
    private static final int WIDEST_V6 = 64;

    private Networks() {}

    /** The networks, in the order of their addresses; they hold all of the addresses and do not overlap. */
    static List<Subnet> of(Collection<IpAddress> addresses) {
        TreeMap<IpAddress, TreeSet<IpAddress>> blocks = new TreeMap<>();
        for (IpAddress address : addresses) {
            Subnet block = Subnet.containing(address, address.isV4() ? WIDEST_V4 : WIDEST_V6);
            blocks.computeIfAbsent(block.network(), unused -> new TreeSet<>()).add(address);
        }
        List<Subnet> folded = new ArrayList<>();
        for (TreeSet<IpAddress> block : blocks.values()) {
            if (block.size() >= FEWEST_ADDRESSES) {
                append(folded, smallest(block.first(), block.last()));
            } else {
                block.forEach(address -> append(folded, host(address)));
            }
        }
        return folded;
    }

    static Subnet host(IpAddress address) {
        return new Subnet(address, address.bitLength());
    }

    private static Subnet smallest(IpAddress first, IpAddress last) {
        int length = first.bitLength();
        while (!Subnet.containing(first, length).contains(last)) {
            length--;
        }
        return Subnet.containing(first, length);
    }

    /** Appends the next network; as long as the last two are halves of one, they become it. */
    private static void append(List<Subnet> folded, Subnet next) {
        Subnet last = next;
        while (!folded.isEmpty() && areHalves(folded.get(folded.size() - 1), last)) {
            last = Subnet.containing(folded.remove(folded.size() - 1).network(), last.prefixLength() - 1);
        }
        folded.add(last);
    }

    private static boolean areHalves(Subnet one, Subnet other) {
        // Never every address: that one half is seen does not make the policy one without an address.
        return one.prefixLength() == other.prefixLength()
                && one.prefixLength() > 1
                && one.network().isV4() == other.network().isV4()
                && Subnet.containing(one.network(), one.prefixLength() - 1).contains(other.network());
    }
}
