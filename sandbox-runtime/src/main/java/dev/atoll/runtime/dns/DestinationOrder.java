package dev.atoll.runtime.dns;

import dev.atoll.stack.Nic;
import dev.atoll.stack.Route;
import dev.atoll.stack.Stack;
import dev.atoll.stack.wire.AddressPolicy;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the addresses of a name in the order in which they are worth a try (RFC 6724 section 6), by the source that packets to
 * each would carry. There are no home addresses (rule 4) and no tunnels (rule 7) here. Any thread.
 */
final class DestinationOrder {
    /** Tells what packets to a destination would carry. */
    interface Sources {
        /** Where each packet to it would come from, or null if there is no way to it. */
        @Nullable Source to(IpAddress destination);
    }

    /**
     * A local address.
     *
     * @param prefixLength of its subnet
     * @param deprecated not to be used for what is new
     */
    record Source(IpAddress address, int prefixLength, boolean deprecated) {}

    /** A destination with all that is compared of it. */
    private record Candidate(IpAddress address, @Nullable Source source) {}

    private DestinationOrder() {}

    /** The sources that a stack chooses, now: an order that takes a while to make is of one state of its addresses. */
    static Sources of(Stack stack) {
        List<Nic.Address> own = new ArrayList<>();
        for (Nic nic : stack.nics()) {
            own.addAll(nic.addresses());
        }
        return destination -> {
            Route route = stack.findRoute(new FullAddress(destination, 0), null);
            return route == null ? null : source(route.source(), own);
        };
    }

    private static Source source(IpAddress address, List<Nic.Address> own) {
        for (Nic.Address each : own) {
            if (each.address().equals(address)) {
                return new Source(address, each.prefixLength(), each.state() == AddressState.DEPRECATED);
            }
        }
        // Assigned since we looked, or one of 127.0.0.0/8.
        return new Source(address, address.bitLength(), false);
    }

    /** The addresses, the best first; those that no rule tells apart stay in their order (rule 10). */
    static List<IpAddress> sort(List<IpAddress> addresses, Sources sources) {
        List<Candidate> candidates = new ArrayList<>();
        for (IpAddress address : addresses) {
            candidates.add(new Candidate(address, sources.to(address)));
        }
        candidates.sort(DestinationOrder::compare);
        List<IpAddress> sorted = new ArrayList<>();
        for (Candidate candidate : candidates) {
            sorted.add(candidate.address());
        }
        return sorted;
    }

    /** Negative if {@code a} is the better. */
    private static int compare(Candidate a, Candidate b) {
        Source from = a.source();
        Source other = b.source();
        // Rule 1: no destination that cannot be reached.
        if (from == null || other == null) {
            return Boolean.compare(from == null, other == null);
        }
        // Rule 2: the source's scope.
        int order = Boolean.compare(hasScopeOf(b, other), hasScopeOf(a, from));
        // Rule 3: no source that is deprecated.
        order = order != 0 ? order : Boolean.compare(from.deprecated(), other.deprecated());
        // Rule 5: the source's label.
        order = order != 0 ? order : Boolean.compare(hasLabelOf(b, other), hasLabelOf(a, from));
        // Rule 6: the higher precedence.
        order = order != 0
                ? order
                : Integer.compare(AddressPolicy.precedence(b.address()), AddressPolicy.precedence(a.address()));
        // Rule 8: the smaller scope.
        order = order != 0
                ? order
                : Integer.compare(AddressPolicy.scope(a.address()), AddressPolicy.scope(b.address()));
        // Rule 9: the longest matching prefix, within a family.
        if (order == 0 && a.address().isV4() == b.address().isV4()) {
            order = Integer.compare(nearness(b, other), nearness(a, from));
        }
        return order;
    }

    private static boolean hasScopeOf(Candidate candidate, Source source) {
        return AddressPolicy.scope(candidate.address()) == AddressPolicy.scope(source.address());
    }

    private static boolean hasLabelOf(Candidate candidate, Source source) {
        return AddressPolicy.label(candidate.address()) == AddressPolicy.label(source.address());
    }

    /**
     * How near a destination is by its prefix. IPv4 addresses are near in their subnet alone, as glibc has it: prefixes say nothing
     * beyond it, and a server's turns among many addresses would be undone.
     */
    private static int nearness(Candidate candidate, Source source) {
        int common = AddressPolicy.commonPrefix(source.address(), source.prefixLength(), candidate.address());
        return candidate.address().isV4() && common < source.prefixLength() ? 0 : common;
    }
}
