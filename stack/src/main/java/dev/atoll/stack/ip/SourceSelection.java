package dev.atoll.stack.ip;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.AddressKind;
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
    private static final int SCOPE_LINK = 2;
    private static final int SCOPE_SITE = 5;
    private static final int SCOPE_GLOBAL = 0xe;

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
        int aScope = scope(a.address());
        int bScope = scope(b.address());
        if (aScope != bScope) {
            int wanted = scope(destination);
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
        int label = PolicyTable.label(destination.high(), destination.low());
        boolean aLabel = PolicyTable.label(a.address().high(), a.address().low()) == label;
        boolean bLabel = PolicyTable.label(b.address().high(), b.address().low()) == label;
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
        return commonPrefix(a, destination) > commonPrefix(b, destination);
    }

    /** Section 3.1; loopback counts as link-local. */
    static int scope(IpAddress address) {
        if (address.isMulticast()) {
            return address.multicastScope();
        }
        if (address.isLinkLocal() || address.isLoopback()) {
            return SCOPE_LINK;
        }
        return address.high() >>> 54 == 0x3fb ? SCOPE_SITE : SCOPE_GLOBAL;
    }

    /** Section 2.2: bits in common, not beyond the source's own prefix. */
    private static int commonPrefix(LocalAddress source, IpAddress destination) {
        long high = source.address().high() ^ destination.high();
        int common = high != 0
                ? Long.numberOfLeadingZeros(high)
                : 64 + Long.numberOfLeadingZeros(source.address().low() ^ destination.low());
        return Math.min(common, source.prefixLength());
    }
}
