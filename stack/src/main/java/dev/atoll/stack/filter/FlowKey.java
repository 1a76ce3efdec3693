package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;

/**
 * What makes two packets of one direction the same flow: protocol, addresses, ports. For ICMP queries the identifier
 * stands for the source port, type and code for the destination port; protocols without ports have 0.
 *
 * <p>Mutable: the connection table keeps one and fills it for each packet.
 */
final class FlowKey {
    private static final int NO_TYPE = -1;

    private final long seed;
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

    /** Fills the key from a packet; false if it has no readable transport header. */
    boolean read(PacketContext context) {
        PacketBuffer packet = context.packet();
        protocol = packet.transportProtocol;
        sourceHigh = packet.sourceHigh;
        sourceLow = packet.sourceLow;
        destinationHigh = packet.destinationHigh;
        destinationLow = packet.destinationLow;
        // Reassembly comes before tracking, so what is still a later fragment here is nobody's flow.
        return context.fragmentOffset() == 0
                && packet.transportOffset != PacketBuffer.UNKNOWN
                && readPorts(packet.data(), packet.transportOffset, packet.end(), minimumBytes(protocol));
    }

    /**
     * Fills the key from the IPv4 packet that an ICMP error quotes; false if too little of it is there.
     *
     * @param at where the quoted IP header begins
     */
    boolean readQuoted(PacketBuffer packet, int at) {
        ByteBuffer data = packet.data();
        if (packet.end() - at < Headers.IPV4_MIN_BYTES) {
            return false;
        }
        int headerBytes = (data.get(at) & 0xf) * 4;
        if ((data.get(at) >>> 4 & 0xf) != 4
                || headerBytes < Headers.IPV4_MIN_BYTES
                || packet.end() - at < headerBytes
                || (data.getShort(at + Headers.IPV4_FRAGMENT) & Headers.IPV4_FRAGMENT_OFFSET_MASK) != 0) {
            return false;
        }
        protocol = data.get(at + Headers.IPV4_PROTOCOL) & 0xff;
        sourceHigh = 0;
        destinationHigh = 0;
        sourceLow = IpAddress.V4_PREFIX | (data.getInt(at + Headers.IPV4_SOURCE) & 0xffff_ffffL);
        destinationLow = IpAddress.V4_PREFIX | (data.getInt(at + Headers.IPV4_DESTINATION) & 0xffff_ffffL);
        // RFC 792 promises the first 8 bytes of the quoted transport header, no more.
        return readPorts(data, at + headerBytes, packet.end(), Headers.ICMP_BYTES);
    }

    private static int minimumBytes(int protocol) {
        switch (protocol) {
            case Headers.PROTOCOL_TCP:
                return Headers.TCP_MIN_BYTES;
            case Headers.PROTOCOL_UDP:
                return Headers.UDP_BYTES;
            case Headers.PROTOCOL_ICMP:
                return Headers.ICMP_BYTES;
            default:
                return 0;
        }
    }

    private boolean readPorts(ByteBuffer data, int at, int end, int neededBytes) {
        sourcePort = 0;
        destinationPort = 0;
        boolean ports = protocol == Headers.PROTOCOL_TCP || protocol == Headers.PROTOCOL_UDP;
        if (!ports && protocol != Headers.PROTOCOL_ICMP) {
            return true;
        }
        if (end - at < neededBytes) {
            return false;
        }
        if (ports) {
            sourcePort = data.getShort(at + Headers.SOURCE_PORT) & 0xffff;
            destinationPort = data.getShort(at + Headers.DESTINATION_PORT) & 0xffff;
        } else {
            sourcePort = data.getShort(at + Headers.ICMP_ID) & 0xffff;
            destinationPort = data.getShort(at + Headers.ICMP_TYPE) & 0xffff;
        }
        return true;
    }

    /** This key as one of a new flow's two tuples: as it is, or turned round for the packets that answer. */
    FlowTuple toTuple(Flow flow, boolean reply) {
        return reply
                ? new FlowTuple(
                        flow,
                        true,
                        protocol,
                        destinationHigh,
                        destinationLow,
                        sourceHigh,
                        sourceLow,
                        replySourcePort(),
                        replyDestinationPort())
                : new FlowTuple(
                        flow,
                        false,
                        protocol,
                        sourceHigh,
                        sourceLow,
                        destinationHigh,
                        destinationLow,
                        sourcePort,
                        destinationPort);
    }

    private int replySourcePort() {
        return protocol == Headers.PROTOCOL_ICMP ? sourcePort : destinationPort;
    }

    private int replyDestinationPort() {
        if (protocol != Headers.PROTOCOL_ICMP) {
            return sourcePort;
        }
        return answerType(destinationPort >>> 8) << 8 | (destinationPort & 0xff);
    }

    /** Whether an ICMP message of this type asks for an answer, so that it can begin a flow. */
    static boolean isIcmpQuery(int type) {
        return answerType(type) != NO_TYPE;
    }

    private static int answerType(int type) {
        switch (type) {
            case Headers.ICMP_ECHO:
                return Headers.ICMP_ECHO_REPLY;
            case Headers.ICMP_TIMESTAMP:
                return Headers.ICMP_TIMESTAMP_REPLY;
            case Headers.ICMP_INFORMATION:
                return Headers.ICMP_INFORMATION_REPLY;
            case Headers.ICMP_ADDRESS_MASK:
                return Headers.ICMP_ADDRESS_MASK_REPLY;
            default:
                return NO_TYPE;
        }
    }

    /** Whether an ICMP message of this type reports about another packet, which it quotes. */
    static boolean isIcmpError(int type) {
        return type == Headers.ICMP_UNREACHABLE
                || type == Headers.ICMP_SOURCE_QUENCH
                || type == Headers.ICMP_REDIRECT
                || type == Headers.ICMP_TIME_EXCEEDED
                || type == Headers.ICMP_PARAMETER_PROBLEM;
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
    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        return mixed ^ mixed >>> 33;
    }
}
