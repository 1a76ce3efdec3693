package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What makes two packets of one direction the same flow: protocol, addresses, ports. For ICMP queries the identifier
 * stands for the source port, type and code for the destination port; protocols without ports have 0.
 *
 * <p>Mutable: the connection table keeps one and fills it for each packet.
 */
final class FlowKey {
    private static final int NO_TYPE = -1;
    /** Both, at the begin of a header of TCP or UDP. */
    private static final int PORTS_BYTES = 4;

    /** ICMP types that nothing here but tracking knows (RFC 792, RFC 950). */
    private static final int TIMESTAMP = 13;

    private static final int TIMESTAMP_REPLY = 14;
    private static final int INFORMATION = 15;
    private static final int INFORMATION_REPLY = 16;
    private static final int ADDRESS_MASK = 17;
    private static final int ADDRESS_MASK_REPLY = 18;

    private long seed;
    int protocol;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    int sourcePort;
    int destinationPort;

    FlowKey(long seed) {
        this.seed = seed;
    }

    /**
     * Whether enough of a packet is there to tell of which flow it would be: its ports, or the header of an ICMP message. To be
     * tracked it needs the whole header, as {@link #read} says.
     */
    static boolean isNamed(PacketContext context) {
        int neededBytes =
                switch (context.packet().transportProtocol) {
                    case IpProtocol.TCP, IpProtocol.UDP -> PORTS_BYTES;
                    case IpProtocol.ICMP, IpProtocol.ICMPV6 -> Icmpv4.HEADER_BYTES;
                    default -> 0;
                };
        return context.fragmentOffsetBytes() == 0 && context.hasTransportBytes(neededBytes);
    }

    /** Fills the key from a packet; false if it has no readable transport header. */
    boolean read(PacketContext context) {
        PacketBuffer packet = context.packet();
        protocol = packet.transportProtocol;
        sourceHigh = packet.sourceHigh;
        sourceLow = packet.sourceLow;
        destinationHigh = packet.destinationHigh;
        destinationLow = packet.destinationLow;
        // Reassembly comes before tracking, so what is still a later fragment here is nobody's flow.
        return context.fragmentOffsetBytes() == 0
                && packet.transportOffset != PacketBuffer.UNKNOWN
                && readPorts(packet.data(), packet.transportOffset, packet.end(), minimumBytes(protocol));
    }

    /**
     * Fills the key from the packet that an ICMP error quotes; false if too little of it is there.
     *
     * @param at where the quoted IP header begins
     */
    boolean readQuoted(PacketBuffer packet, int at) {
        ByteBuffer data = packet.data();
        if (packet.ipVersion == Family.IPV6.ipVersion()) {
            return readQuotedIpv6(packet, at);
        }
        if (packet.end() - at < Ipv4.HEADER_BYTES) {
            return false;
        }
        int headerBytes = Ipv4.headerBytes(data, at);
        if (Ipv4.version(data, at) != 4
                || headerBytes < Ipv4.HEADER_BYTES
                || packet.end() - at < headerBytes
                || Ipv4.fragmentOffset(data, at) != 0) {
            return false;
        }
        protocol = Ipv4.protocol(data, at);
        sourceHigh = 0;
        destinationHigh = 0;
        sourceLow = IpAddress.V4_PREFIX | (Ipv4.source(data, at) & 0xffff_ffffL);
        destinationLow = IpAddress.V4_PREFIX | (Ipv4.destination(data, at) & 0xffff_ffffL);
        // RFC 792 promises the first 8 bytes of the quoted transport header, no more.
        return readPorts(data, at + headerBytes, packet.end(), Icmpv4.HEADER_BYTES);
    }

    private boolean readQuotedIpv6(PacketBuffer packet, int at) {
        ByteBuffer data = packet.data();
        int found = Ipv6Extension.findTransport(data, at, packet.end());
        if (found < 0) {
            return false;
        }
        protocol = found >>> 16;
        sourceHigh = Ipv6.sourceHigh(data, at);
        sourceLow = Ipv6.sourceLow(data, at);
        destinationHigh = Ipv6.destinationHigh(data, at);
        destinationLow = Ipv6.destinationLow(data, at);
        return readPorts(data, at + (found & 0xffff), packet.end(), Icmpv4.HEADER_BYTES);
    }

    private static int minimumBytes(int protocol) {
        switch (protocol) {
            case IpProtocol.TCP:
                return Tcp.HEADER_BYTES;
            case IpProtocol.UDP:
                return Udp.HEADER_BYTES;
            case IpProtocol.ICMP:
            case IpProtocol.ICMPV6:
                // Type, code, identifier and sequence number stand in the same place in both.
                return Icmpv4.HEADER_BYTES;
            default:
                return 0;
        }
    }

    private boolean readPorts(ByteBuffer data, int at, int end, int neededBytes) {
        sourcePort = 0;
        destinationPort = 0;
        if (!hasPorts()) {
            return true;
        }
        if (end - at < neededBytes) {
            return false;
        }
        if (!isIcmp()) {
            sourcePort = Tcp.sourcePort(data, at);
            destinationPort = Tcp.destinationPort(data, at);
        } else {
            sourcePort = Icmpv4.identifier(data, at);
            destinationPort = Icmpv4.type(data, at) << 8 | Icmpv4.code(data, at);
        }
        return true;
    }

    /** This key as one of a flow's tuples. */
    FlowTuple toTuple(Flow flow, boolean reply) {
        return new FlowTuple(
                flow,
                reply,
                protocol,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                sourcePort,
                destinationPort);
    }

    private int replySourcePort() {
        return isIcmp() ? sourcePort : destinationPort;
    }

    private int replyDestinationPort() {
        if (!isIcmp()) {
            return sourcePort;
        }
        return oppositeType(protocol, destinationPort >>> 8) << 8 | (destinationPort & 0xff);
    }

    /** Takes over a flow's direction. */
    void set(FlowTuple tuple) {
        protocol = tuple.protocol;
        sourceHigh = tuple.sourceHigh;
        sourceLow = tuple.sourceLow;
        destinationHigh = tuple.destinationHigh;
        destinationLow = tuple.destinationLow;
        sourcePort = tuple.sourcePort;
        destinationPort = tuple.destinationPort;
    }

    /** Becomes that of the packets from one end to another. */
    void set(int newProtocol, FullAddress from, FullAddress to) {
        protocol = newProtocol;
        address(NatSide.SOURCE, from.address().high(), from.address().low());
        address(NatSide.DESTINATION, to.address().high(), to.address().low());
        sourcePort = from.port();
        destinationPort = to.port();
    }

    /** Turns the key round: what answered is what asks. False for an ICMP message that is no part of a query. */
    boolean invert() {
        if (isIcmp() && oppositeType(protocol, destinationPort >>> 8) == NO_TYPE) {
            return false;
        }
        int port = replySourcePort();
        destinationPort = replyDestinationPort();
        sourcePort = port;
        long high = sourceHigh;
        long low = sourceLow;
        sourceHigh = destinationHigh;
        sourceLow = destinationLow;
        destinationHigh = high;
        destinationLow = low;
        return true;
    }

    // --- What translation changes

    long high(NatSide side) {
        return side == NatSide.SOURCE ? sourceHigh : destinationHigh;
    }

    long low(NatSide side) {
        return side == NatSide.SOURCE ? sourceLow : destinationLow;
    }

    void address(NatSide side, long high, long low) {
        if (side == NatSide.SOURCE) {
            sourceHigh = high;
            sourceLow = low;
        } else {
            destinationHigh = high;
            destinationLow = low;
        }
    }

    /** Whether there is something by which flows between the same addresses differ. */
    boolean hasPorts() {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || isIcmp();
    }

    int port(NatSide side) {
        return side == NatSide.SOURCE || isIcmp() ? sourcePort : destinationPort;
    }

    void port(NatSide side, int port) {
        if (side == NatSide.SOURCE || isIcmp()) {
            sourcePort = port;
        } else {
            destinationPort = port;
        }
    }

    boolean isIcmp() {
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }

    /** Whether this ICMP message asks for an answer, so that it can begin a flow. */
    boolean isIcmpQuery() {
        int type = destinationPort >>> 8;
        if (protocol == IpProtocol.ICMPV6) {
            return type == Icmpv6.ECHO_REQUEST;
        }
        return type == Icmpv4.ECHO_REQUEST || type == TIMESTAMP || type == INFORMATION || type == ADDRESS_MASK;
    }

    /** The type that answers a query, or that it answers. */
    private static int oppositeType(int protocol, int type) {
        if (protocol == IpProtocol.ICMPV6) {
            return switch (type) {
                case Icmpv6.ECHO_REQUEST -> Icmpv6.ECHO_REPLY;
                case Icmpv6.ECHO_REPLY -> Icmpv6.ECHO_REQUEST;
                default -> NO_TYPE;
            };
        }
        return switch (type) {
            case Icmpv4.ECHO_REQUEST -> Icmpv4.ECHO_REPLY;
            case Icmpv4.ECHO_REPLY -> Icmpv4.ECHO_REQUEST;
            case TIMESTAMP -> TIMESTAMP_REPLY;
            case TIMESTAMP_REPLY -> TIMESTAMP;
            case INFORMATION -> INFORMATION_REPLY;
            case INFORMATION_REPLY -> INFORMATION;
            case ADDRESS_MASK -> ADDRESS_MASK_REPLY;
            case ADDRESS_MASK_REPLY -> ADDRESS_MASK;
            default -> NO_TYPE;
        };
    }

    /** Whether it is an ICMP message that reports about another packet, which it quotes. */
    boolean isIcmpError() {
        int type = destinationPort >>> 8;
        return protocol == IpProtocol.ICMP
                ? Icmpv4.isError(type) || type == Icmpv4.REDIRECT
                : protocol == IpProtocol.ICMPV6 && Icmpv6.isError(type);
    }

    /** Whether it is what keeps a link going, which Linux exempts: group membership and neighbour discovery. */
    boolean isUntracked() {
        if (protocol != IpProtocol.ICMPV6) {
            return false;
        }
        int type = destinationPort >>> 8;
        return (type >= Icmpv6.MLD_QUERY && type <= Icmpv6.NEIGHBOR_ADVERTISEMENT) || type == Icmpv6.MLD2_REPORT;
    }

    boolean sameAs(FlowTuple tuple) {
        return sourcePort == tuple.sourcePort
                && destinationPort == tuple.destinationPort
                && sourceLow == tuple.sourceLow
                && destinationLow == tuple.destinationLow
                && protocol == tuple.protocol
                && sourceHigh == tuple.sourceHigh
                && destinationHigh == tuple.destinationHigh;
    }

    int hash() {
        return hash(
                seed,
                protocol,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                sourcePort << 16 | destinationPort);
    }

    int hash(FlowTuple tuple) {
        return hash(
                seed,
                tuple.protocol,
                tuple.sourceHigh,
                tuple.sourceLow,
                tuple.destinationHigh,
                tuple.destinationLow,
                tuple.sourcePort << 16 | tuple.destinationPort);
    }

    private static int hash(long seed, int protocol, long a, long b, long c, long d, int ports) {
        long hash = mix(seed ^ a);
        hash = mix(hash ^ b);
        hash = mix(hash ^ c);
        hash = mix(hash ^ d);
        hash = mix(hash ^ ((long) protocol << 32 | (ports & 0xffff_ffffL)));
        return (int) hash;
    }

    /** One round of MurmurHash3's 64-bit finalizer (Appleby, public domain). */
    static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        return mixed ^ mixed >>> 33;
    }

    /** What the table's order depends on. */
    void archiveSeed(Archive archive) {
        seed = archive.int64(seed);
    }

    /** One direction of a flow: written as the tuple has it, or read into this. */
    void archive(Archive archive, @Nullable FlowTuple value) {
        protocol = archive.int32(value == null ? 0 : value.protocol);
        sourceHigh = archive.int64(value == null ? 0 : value.sourceHigh);
        sourceLow = archive.int64(value == null ? 0 : value.sourceLow);
        destinationHigh = archive.int64(value == null ? 0 : value.destinationHigh);
        destinationLow = archive.int64(value == null ? 0 : value.destinationLow);
        sourcePort = archive.int32(value == null ? 0 : value.sourcePort);
        destinationPort = archive.int32(value == null ? 0 : value.destinationPort);
    }
}
