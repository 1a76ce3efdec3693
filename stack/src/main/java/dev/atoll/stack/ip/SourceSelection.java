package dev.atoll.stack.ip;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressPolicy;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of a device's IPv6 addresses packets to a destination carry (RFC 6724 section 5). Candidates are the addresses
 * of the outgoing device, as section 4 recommends, so rule 5 is always satisfied; there are no home addresses here, so
 * rule 4 is, too.
 */
final class SourceSelection {
    private SourceSelection() {}

    /** The best address, or null if the device has none that is assigned. */
    static @Nullable IpAddress select(Device device, IpAddress destination, IpAddress nextHop) {
        LocalAddress best = null;
        List<LocalAddress> addresses = device.addresses();
        for (int i = 0; i < addresses.size(); i++) {
            LocalAddress candidate = addresses.get(i);
            if (!candidate.address().isV4()
                    && candidate.isSource()
                    && (best == null || isBetter(candidate, best, destination, nextHop))) {
                best = candidate;
            }
        }
        return best == null ? null : best.address();
    }

    /** Whether {@code a} beats {@code b}, which was there first. */
    private static boolean isBetter(LocalAddress a, LocalAddress b, IpAddress destination, IpAddress nextHop) {
        // Rule 1: the destination itself.
        boolean aSame = a.address().equals(destination);
        boolean bSame = b.address().equals(destination);
        if (aSame != bSame) {
            return aSame;
        }
        // Rule 2: the appropriate scope.
        int aScope = AddressPolicy.scope(a.address());
        int bScope = AddressPolicy.scope(b.address());
        if (aScope != bScope) {
            int wanted = AddressPolicy.scope(destination);
            return aScope < bScope ? aScope >= wanted : bScope < wanted;
        }
        // Rule 3: not deprecated.
        boolean aPreferred = a.state() == AddressState.PREFERRED;
        boolean bPreferred = b.state() == AddressState.PREFERRED;
        if (aPreferred != bPreferred) {
            return aPreferred;
        }
        // Rule 5.5: from a prefix that the next hop advertised.
        boolean aAdvertised = nextHop.equals(a.advertisedBy());
        boolean bAdvertised = nextHop.equals(b.advertisedBy());
        if (aAdvertised != bAdvertised) {
            return aAdvertised;
        }
        // Rule 6: the destination's label.
        int label = AddressPolicy.label(destination);
        boolean aLabel = AddressPolicy.label(a.address()) == label;
        boolean bLabel = AddressPolicy.label(b.address()) == label;
        if (aLabel != bLabel) {
            return aLabel;
        }
        // Rule 7: temporary addresses.
        boolean aTemporary = a.kind() == AddressKind.TEMPORARY;
        boolean bTemporary = b.kind() == AddressKind.TEMPORARY;
        if (aTemporary != bTemporary) {
            return aTemporary;
        }
        // Rule 8: the longest matching prefix.
        return AddressPolicy.commonPrefix(a.address(), a.prefixLength(), destination)
                > AddressPolicy.commonPrefix(b.address(), b.prefixLength(), destination);
    }
}
