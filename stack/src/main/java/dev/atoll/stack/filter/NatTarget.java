package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpAddress;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The targets of table nat, under their iptables names. They say what the flow of a packet is translated to from now on,
 * and are met by its first packet only.
 */
public sealed interface NatTarget extends StandardTarget {
    /** Where the target may stand. */
    @Override
    Set<Hook> hooks();

    /** What the flow is translated to, as far as the rule says so itself. */
    default NatRange range() {
        return NatRange.ANY;
    }

    @Override
    default @Nullable TableName requiredTable() {
        return TableName.NAT;
    }

    /** {@code -j SNAT --to-source}: sends the flow from another address. */
    record Snat(NatRange range) implements NatTarget {
        @Override
        public Action apply(PacketContext context) {
            context.translate(range);
            return Action.ACCEPT;
        }

        @Override
        public Set<Hook> hooks() {
            return EnumSet.of(Hook.INPUT, Hook.POSTROUTING);
        }
    }

    /** {@code -j DNAT --to-destination}: leads the flow elsewhere. */
    record Dnat(NatRange range) implements NatTarget {
        @Override
        public Action apply(PacketContext context) {
            context.translate(range);
            return Action.ACCEPT;
        }

        @Override
        public Set<Hook> hooks() {
            return EnumSet.of(Hook.PREROUTING, Hook.OUTPUT);
        }
    }

    /**
     * {@code -j MASQUERADE}: sends the flow from the address of the interface it leaves by; dropped if that has none.
     *
     * @param range without addresses
     */
    record Masquerade(NatRange range) implements NatTarget {
        @Override
        public Action apply(PacketContext context) {
            IpAddress address = context.outAddress();
            if (address == null) {
                return Action.DROP;
            }
            context.translate(range.address(address));
            return Action.ACCEPT;
        }

        @Override
        public Set<Hook> hooks() {
            return EnumSet.of(Hook.POSTROUTING);
        }
    }

    /**
     * {@code -j REDIRECT}: leads the flow to this host itself: to the address of the interface it came in by, or, begun
     * here, to the loopback address; dropped if the interface has none.
     *
     * @param range without addresses
     */
    record Redirect(NatRange range) implements NatTarget {
        @Override
        public Action apply(PacketContext context) {
            IpAddress address = context.inAddress();
            if (address == null) {
                return Action.DROP;
            }
            context.translate(range.address(address));
            return Action.ACCEPT;
        }

        @Override
        public Set<Hook> hooks() {
            return EnumSet.of(Hook.PREROUTING, Hook.OUTPUT);
        }
    }

    /**
     * {@code -j NETMAP --to}: puts another network in place of an address's own, host part as it is.
     *
     * @param network bits outside the mask are 0
     * @param mask in the shape of an address of the same family
     */
    record Netmap(IpAddress network, IpAddress mask) implements NatTarget {
        public Netmap {
            AddressMatcher.checkMask(network, mask);
        }

        @Override
        public Action apply(PacketContext context) {
            boolean source = NatSide.at(context.hook()) == NatSide.SOURCE;
            long high = source ? context.packet().sourceHigh : context.packet().destinationHigh;
            long low = source ? context.packet().sourceLow : context.packet().destinationLow;
            context.translate(NatRange.ANY.address(
                    new IpAddress(high & ~mask.high() | network.high(), low & ~mask.low() | network.low())));
            return Action.ACCEPT;
        }

        @Override
        public Set<Hook> hooks() {
            return EnumSet.of(Hook.PREROUTING, Hook.INPUT, Hook.OUTPUT, Hook.POSTROUTING);
        }
    }
}
