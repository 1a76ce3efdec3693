package dev.atoll.stack.filter;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpAddress;
import java.util.concurrent.TimeUnit;

/** What {@code -m conntrack} asks of the connection that a packet belongs to, beside its state. */
public sealed interface FlowCondition {
    /** One of the two directions of a connection and one end of its packets there: what translation may have changed. */
    enum End {
        ORIGINAL_SOURCE,
        ORIGINAL_DESTINATION,
        REPLY_SOURCE,
        REPLY_DESTINATION;

        FlowTuple tuple(Flow flow) {
            return this == ORIGINAL_SOURCE || this == ORIGINAL_DESTINATION ? flow.original : flow.reply;
        }

        boolean isSource() {
            return this == ORIGINAL_SOURCE || this == REPLY_SOURCE;
        }
    }

    /** Whether it holds for the packet's connection; only asked if it has one. */
    boolean holds(PacketContext context);

    /** {@code [!] --ctproto}. */
    record Protocol(int protocol, boolean negated) implements FlowCondition {
        public Protocol {
            Check.argument(protocol >= 0 && protocol <= 255, "protocol", protocol, "0 to 255");
        }

        @Override
        public boolean holds(PacketContext context) {
            return context.flow().protocol() == protocol != negated;
        }
    }

    /**
     * {@code [!] --ctorigsrc}, {@code --ctorigdst}, {@code --ctreplsrc} and {@code --ctrepldst}.
     *
     * @param address bits outside the mask do not count, and are printed
     * @param mask in the shape of an address of the same family
     */
    record Address(End end, IpAddress address, IpAddress mask, boolean negated) implements FlowCondition {
        public Address {
            Check.argument(address.isV4() == mask.isV4(), "mask", mask, "a mask of the address's family");
        }

        @Override
        public boolean holds(PacketContext context) {
            FlowTuple tuple = end.tuple(context.flow());
            NatSide side = end.isSource() ? NatSide.SOURCE : NatSide.DESTINATION;
            long different =
                    (tuple.high(side) ^ address.high()) & mask.high() | (tuple.low(side) ^ address.low()) & mask.low();
            return different == 0 != negated;
        }
    }

    /**
     * {@code [!] --ctorigsrcport} and so on. Of an ICMP query the source port is the identifier, the destination port type and
     * code.
     */
    record Port(End end, PortRange ports) implements FlowCondition {
        @Override
        public boolean holds(PacketContext context) {
            FlowTuple tuple = end.tuple(context.flow());
            return ports.contains(end.isSource() ? tuple.sourcePort : tuple.destinationPort);
        }
    }

    /**
     * {@code [!] --ctstatus}.
     *
     * @param bits of at least one status, any of which will do
     */
    record Status(int bits, boolean negated) implements FlowCondition {
        /** It was expected because of another; there are no helpers that would expect any. */
        public static final int EXPECTED = 1;
        /** Packets went both ways. */
        public static final int SEEN_REPLY = 1 << 1;
        /** Both ends mean it. */
        public static final int ASSURED = 1 << 2;
        /** Its first packet was let through. */
        public static final int CONFIRMED = 1 << 3;

        private static final int ALL = EXPECTED | SEEN_REPLY | ASSURED | CONFIRMED;

        public Status {
            Check.argument(bits > 0 && bits <= ALL, "bits", bits, "bits of at least one status");
        }

        @Override
        public boolean holds(PacketContext context) {
            Flow flow = context.flow();
            int status =
                    (flow.replied ? SEEN_REPLY : 0) | (flow.assured ? ASSURED : 0) | (flow.confirmed ? CONFIRMED : 0);
            return (status & bits) != 0 != negated;
        }
    }

    /**
     * {@code [!] --ctexpire}: when it is forgotten unless more comes.
     *
     * @param firstSeconds 0 to 2^32 - 1
     * @param lastSeconds not below the first, to 2^32 - 1
     */
    record Expiry(long firstSeconds, long lastSeconds, boolean negated) implements FlowCondition {
        /** The most seconds that can be asked for. */
        public static final long MOST = 0xffff_ffffL;

        public Expiry {
            Check.argument(firstSeconds >= 0, "firstSeconds", firstSeconds, "0 or more");
            Check.argument(
                    lastSeconds >= firstSeconds && lastSeconds <= MOST, "lastSeconds", lastSeconds, "up to " + MOST);
        }

        @Override
        public boolean holds(PacketContext context) {
            long left = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, context.flow().expiresNs - context.nowNs()));
            return (left >= firstSeconds && left <= lastSeconds) != negated;
        }
    }

    /** {@code --ctdir}: whether the packet goes against the direction of the connection's first. */
    record Direction(boolean reply) implements FlowCondition {
        @Override
        public boolean holds(PacketContext context) {
            return context.isReply() == reply;
        }
    }
}
