package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named set of addresses, networks, addresses with ports, or sets, as ipset(8) has them: immutable, and asked for by any
 * number of rules. A packet is looked up in constant time, whatever the set's size: one probe for each length of prefix that
 * the set's networks have.
 *
 * <p>Made by a {@link Builder}.
 */
public final class IpSet {
    /** IPSET_MAXNAMELEN of Linux without its end. */
    public static final int MAX_NAME_LENGTH = 31;

    /** The most elements of one set: some ten times the longest block lists that are published. */
    public static final int MAX_ELEMENTS = 10_000_000;

    /** Lengths of a prefix, and none. */
    private static final int PREFIX_LENGTHS = 129;

    /** RFC 9260 section 3. */
    private static final int SCTP_HEADER_BYTES = 12;

    /** The types of ipset that there are. */
    public enum Kind {
        /** Addresses, or with a netmask the networks that they are in. */
        HASH_IP("hash:ip", 1),
        /** Networks of any length, the narrowest of which decides. */
        HASH_NET("hash:net", 1),
        /** Addresses, each with a protocol and its port. */
        HASH_IP_PORT("hash:ip,port", 2),
        /** Sets, of other types than this. */
        LIST("list:set", 1);

        private final String text;
        private final int dimension;

        Kind(String text, int dimension) {
            this.text = text;
            this.dimension = dimension;
        }

        /** The name of the type. */
        public String text() {
            return text;
        }

        /** How many of {@code src} and {@code dst} a rule has to say. */
        public int dimension() {
            return dimension;
        }
    }

    private final String name;
    private final Kind kind;
    private final @Nullable Family family;
    /** By length of prefix, as in an IPv6 address. */
    private final @Nullable ElementTable[] tables;

    /** The lengths that are there, longest first. */
    private final int[] lengths;

    private final List<IpSet> members;

    private IpSet(Builder builder) {
        name = builder.name;
        kind = builder.kind;
        family = builder.family;
        tables = builder.tables;
        members = List.copyOf(builder.members);
        int count = 0;
        int[] found = new int[PREFIX_LENGTHS];
        for (int length = PREFIX_LENGTHS - 1; length >= 0; length--) {
            if (tables[length] != null) {
                found[count++] = length;
            }
        }
        lengths = new int[count];
        System.arraycopy(found, 0, lengths, 0, count);
    }

    /** Takes the elements of a set, one after the other. */
    public static final class Builder {
        private final String name;
        private final Kind kind;
        private final @Nullable Family family;
        private final @Nullable ElementTable[] tables = new ElementTable[PREFIX_LENGTHS];
        private final List<IpSet> members = new ArrayList<>();
        private int size;

        /**
         * Begins a set without elements.
         *
         * @param name 1 to {@link #MAX_NAME_LENGTH} characters
         * @param family of its addresses; null for {@link Kind#LIST}, whose members have one each
         */
        public Builder(String name, Kind kind, @Nullable Family family) {
            Check.argument(
                    !name.isEmpty() && name.length() <= MAX_NAME_LENGTH,
                    "name",
                    name,
                    "1 to " + MAX_NAME_LENGTH + " characters");
            Check.argument(family == null == (kind == Kind.LIST), "family", family, "one unless it is a list of sets");
            this.name = name;
            this.kind = kind;
            this.family = family;
        }

        /** How many elements it has so far. */
        public int size() {
            return size;
        }

        /**
         * Adds an address or a network to a set of those.
         *
         * @param address of the set's family; bits beyond the prefix are ignored
         * @param prefixLength 1 to 32, or 128 for IPv6
         * @param excluded for {@code nomatch}: it is not in the set, though a wider network is
         * @return false if it is there already
         */
        public boolean add(IpAddress address, int prefixLength, boolean excluded) {
            Check.argument(kind == Kind.HASH_IP || kind == Kind.HASH_NET, "kind", kind, "one of addresses or networks");
            Check.argument(!excluded || kind == Kind.HASH_NET, "excluded", excluded, "false but for networks");
            return add(address, prefixLength, 0, excluded ? ElementTable.OUT : ElementTable.IN);
        }

        /**
         * Adds an address with a port to a set of those.
         *
         * @param protocol 1 to 255
         * @param port 0 to 65535; of ICMP type and code, 0 of protocols that have neither
         * @return false if it is there already
         */
        public boolean add(IpAddress address, int protocol, int port) {
            Check.argument(kind == Kind.HASH_IP_PORT, "kind", kind, "one of addresses with ports");
            Check.argument(protocol >= 1 && protocol <= 255, "protocol", protocol, "1 to 255");
            Check.argument(port >= 0 && port <= 0xffff, "port", port, "0 to 65535");
            int all = family == Family.IPV4 ? Integer.SIZE : 2 * Long.SIZE;
            return add(address, all, port << 8 | protocol, ElementTable.IN);
        }

        /**
         * Adds a set to a list of them.
         *
         * @param member not a list itself
         * @return false if it is there already
         */
        public boolean add(IpSet member) {
            Check.argument(kind == Kind.LIST, "kind", kind, "a list of sets");
            Check.argument(member.kind != Kind.LIST, "member", member, "not a list");
            for (IpSet known : members) {
                if (known.name.equals(member.name)) {
                    return false;
                }
            }
            size++;
            return members.add(member);
        }

        private boolean add(IpAddress address, int prefixLength, int port, byte state) {
            boolean v4 = family == Family.IPV4;
            int bits = v4 ? Integer.SIZE : 2 * Long.SIZE;
            Check.argument(address.isV4() == v4, "address", address, "one of " + family);
            Check.argument(prefixLength >= 1 && prefixLength <= bits, "prefixLength", prefixLength, "1 to " + bits);
            Check.argument(size < MAX_ELEMENTS, "size", size, "less than " + MAX_ELEMENTS);
            int length = PREFIX_LENGTHS - 1 - bits + prefixLength;
            ElementTable table = tables[length];
            if (table == null) {
                table = new ElementTable(width(kind, family));
                tables[length] = table;
            }
            long high = address.high() & highMask(length);
            long low = address.low() & lowMask(length);
            boolean added = v4 ? table.add(v4Word(low, port), 0, 0, state) : table.add(low, high, port, state);
            size += added ? 1 : 0;
            return added;
        }

        /** The set; nothing may be added any more. */
        public IpSet build() {
            return new IpSet(this);
        }
    }

    private static int width(Kind kind, @Nullable Family family) {
        if (family == Family.IPV4) {
            return 1;
        }
        return kind == Kind.HASH_IP_PORT ? 3 : 2;
    }

    /** The bits of the first half of an address that a prefix of so many has. */
    static long highMask(int length) {
        return length >= Long.SIZE ? -1 : length == 0 ? 0 : -1L << Long.SIZE - length;
    }

    /** Of the last half. */
    static long lowMask(int length) {
        return length <= Long.SIZE ? 0 : -1L << 2 * Long.SIZE - length;
    }

    /** An IPv4 address, port and protocol together. */
    private static long v4Word(long low, int port) {
        return (low & 0xffff_ffffL) << 24 | port;
    }

    /** The name by which rules ask for it. */
    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** The family of its addresses; null for {@link Kind#LIST}. */
    public @Nullable Family family() {
        return family;
    }

    /** The sets that a list has, in their order. */
    public List<IpSet> members() {
        return members;
    }

    /** How many elements it has. */
    public int size() {
        int size = members.size();
        for (int length : lengths) {
            size += table(length).size();
        }
        return size;
    }

    private ElementTable table(int length) {
        return Objects.requireNonNull(tables[length], "the lengths are those of the tables");
    }

    /**
     * Whether a packet is in the set.
     *
     * @param sides for each dimension a bit, lowest first: 1 for the source
     * @param dimensions how many of those count
     * @param excluded whether to ask for the elements that are expressly not in it, where the set has such
     */
    boolean contains(PacketContext context, int sides, int dimensions, boolean excluded) {
        if (kind == Kind.LIST) {
            for (IpSet member : members) {
                if (member.contains(context, sides, dimensions, excluded)) {
                    return true;
                }
            }
            return false;
        }
        PacketBuffer packet = context.packet();
        boolean v4 = packet.ipVersion == Family.IPV4.ipVersion();
        if (kind.dimension() > dimensions || v4 != (family == Family.IPV4)) {
            return false;
        }
        int port = 0;
        if (kind == Kind.HASH_IP_PORT) {
            port = port(context, (sides & 2) != 0);
            if (port < 0) {
                return false;
            }
        }
        boolean source = (sides & 1) != 0;
        byte state = find(
                source ? packet.sourceHigh : packet.destinationHigh,
                source ? packet.sourceLow : packet.destinationLow,
                port);
        return state == (excluded && kind == Kind.HASH_NET ? ElementTable.OUT : ElementTable.IN);
    }

    /** What the narrowest element that has the address says. */
    private byte find(long high, long low, int port) {
        for (int length : lengths) {
            long lowBits = low & lowMask(length);
            byte state = family == Family.IPV4
                    ? table(length).get(v4Word(lowBits, port), 0, 0)
                    : table(length).get(lowBits, high & highMask(length), port);
            if (state != ElementTable.EMPTY) {
                return state;
            }
        }
        return ElementTable.EMPTY;
    }

    /** The port with the protocol below it; -1 where the packet should have one and has not. */
    private static int port(PacketContext context, boolean source) {
        PacketBuffer packet = context.packet();
        int protocol = packet.transportProtocol;
        int needed = portBytes(protocol);
        if (needed == 0) {
            return protocol;
        }
        if (context.fragmentOffsetBytes() != 0 || !context.hasTransportBytes(needed)) {
            return -1;
        }
        int at = packet.transportOffset;
        int port;
        if (protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) {
            port = Icmpv4.type(packet.data(), at) << 8 | Icmpv4.code(packet.data(), at);
        } else {
            port = source ? Udp.sourcePort(packet.data(), at) : Udp.destinationPort(packet.data(), at);
        }
        return port << 8 | protocol;
    }

    /** How much of its header a protocol must have for its ports to be read; 0 if it has none. */
    private static int portBytes(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> Tcp.HEADER_BYTES;
            case IpProtocol.SCTP -> SCTP_HEADER_BYTES;
            case IpProtocol.UDP, IpProtocol.UDP_LITE -> Udp.HEADER_BYTES;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> Icmpv4.HEADER_BYTES;
            default -> 0;
        };
    }

    /** Writes a set once, however many rules ask for it. */
    static IpSet archived(Archive archive, @Nullable IpSet value) {
        return archive.shared(value, IpSet.class, CODEC);
    }

    private static final Archive.Codec<IpSet> CODEC = new Archive.Codec<>() {
        @Override
        public IpSet archive(Archive archive, @Nullable IpSet value) {
            String name = archive.text(value == null ? "" : value.name);
            Kind kind = archive.constant(value == null ? Kind.LIST : value.kind);
            Family family = archive.optional(value == null ? null : value.family, FAMILY);
            List<IpSet> members = value == null ? new ArrayList<>() : new ArrayList<>(value.members);
            archive.list(members, MAX_ELEMENTS, MEMBER);
            if (value != null) {
                value.archiveTables(archive);
                return value;
            }
            Builder builder = new Builder(name, kind, family);
            for (IpSet member : members) {
                if (!builder.add(member)) {
                    throw new ArchiveException("set " + name + " has the set " + member.name + " twice");
                }
            }
            restoreTables(archive, builder);
            return builder.build();
        }
    };

    private static final Archive.Codec<Family> FAMILY = new Archive.Codec<>() {
        @Override
        public Family archive(Archive archive, @Nullable Family value) {
            return archive.constant(value == null ? Family.IPV4 : value);
        }
    };

    private static final Archive.Codec<IpSet> MEMBER = new Archive.Codec<>() {
        @Override
        public IpSet archive(Archive archive, @Nullable IpSet value) {
            return archived(archive, value);
        }
    };

    private void archiveTables(Archive archive) {
        int unused = archive.count(lengths.length, PREFIX_LENGTHS);
        for (int length : lengths) {
            int unusedLength = archive.int32(length);
            boolean unusedResult = table(length).archive(archive, MAX_ELEMENTS);
        }
    }

    private static void restoreTables(Archive archive, Builder builder) {
        int count = archive.count(0, PREFIX_LENGTHS);
        for (int i = 0; i < count; i++) {
            int length = archive.count(0, PREFIX_LENGTHS - 1);
            ElementTable table = new ElementTable(width(builder.kind, builder.family));
            if (builder.tables[length] != null || !table.archive(archive, MAX_ELEMENTS - builder.size)) {
                throw new ArchiveException("set " + builder.name + " has an element twice, or one that is none");
            }
            builder.tables[length] = table;
            builder.size += table.size();
        }
    }

    /** Two sets are equal if name, type, family and elements are. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof IpSet that)
                || !name.equals(that.name)
                || kind != that.kind
                || family != that.family
                || !members.equals(that.members)
                || size() != that.size()) {
            return false;
        }
        for (int length : lengths) {
            ElementTable same = that.tables[length];
            if (same == null || !table(length).isWithin(same)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + size();
    }

    @Override
    public String toString() {
        return "IpSet[" + name + ", " + kind.text() + ", " + size() + " elements]";
    }
}
