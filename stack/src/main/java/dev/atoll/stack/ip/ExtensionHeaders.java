package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks a packet's extension headers (RFC 8200 section 4) to its transport header, or to its fragment header.
 *
 * <p>Hop-by-hop options stand only right behind the IPv6 header; the others are taken in any order and number, within
 * the limits that RFC 8504 section 5.3 allows a host to have. One instance serves a stack: its fields tell of the last
 * packet.
 */
final class ExtensionHeaders {
    /** Extension headers of one packet. */
    static final int MAX_HEADERS = 8;
    /** Options of one header that are not padding (Linux: max_dst_opts_number, max_hbh_opts_number). */
    static final int MAX_OPTIONS = 8;

    /** {@link #problemCode}: the fault is not reported to the sender. */
    static final int SILENT = -1;

    /** Code of the parameter problem to report, or {@link #SILENT}. */
    int problemCode;
    /** What the parameter problem points at, counted from the IPv6 header. */
    int problemPointer;
    /** Position of the fragment header the walk ended at, or {@link PacketBuffer#UNKNOWN}. */
    int fragmentAt;
    /** Position of the field that names the header the walk ended at. */
    int nextHeaderAt;
    /** Value of the router alert option (RFC 2711 section 2.1), or -1 if there was none. */
    int routerAlert;

    ExtensionHeaders() {}

    /** Sets the packet's transport protocol and offset; gives what is wrong, or null. */
    @Nullable DropReason walk(PacketBuffer packet) {
        ByteBuffer data = packet.data();
        int network = packet.networkOffset;
        int at = network + Ipv6.HEADER_BYTES;
        nextHeaderAt = network + Ipv6.NEXT_HEADER;
        begin();
        for (int headers = 0; ; headers++) {
            int header = data.get(nextHeaderAt) & 0xff;
            packet.transportProtocol = header;
            packet.transportOffset = at;
            switch (header) {
                case Ipv6Extension.HOP_BY_HOP:
                    if (headers > 0) {
                        return problem(packet, Icmpv6.UNKNOWN_NEXT_HEADER, nextHeaderAt);
                    }
                    break;
                case Ipv6Extension.ROUTING:
                case Ipv6Extension.DESTINATION_OPTIONS:
                    break;
                case Ipv6Extension.FRAGMENT:
                    if (packet.end() - at < Ipv6Extension.UNIT_BYTES) {
                        return DropReason.IP_HEADER_MALFORMED;
                    }
                    packet.reassembled = true;
                    if (isFragment(data, at)) {
                        return fragment(packet, at);
                    }
                    break;
                case Ipv6Extension.NO_NEXT_HEADER:
                    return DropReason.IPV6_NO_NEXT_HEADER;
                default:
                    return null;
            }
            if (headers == MAX_HEADERS) {
                return DropReason.IPV6_EXTENSION_LIMIT;
            }
            int length =
                    packet.end() - at < Ipv6Extension.UNIT_BYTES ? Integer.MAX_VALUE : lengthBytes(data, at, header);
            if (packet.end() - at < length) {
                return DropReason.IP_HEADER_MALFORMED;
            }
            DropReason fault = content(packet, at, header);
            if (fault != null) {
                return fault;
            }
            nextHeaderAt = at;
            at += length;
        }
    }

    /**
     * Looks for a fragment header in a packet that is for somebody else, whose other headers are not this node's
     * business; where it is, is noted in the packet as {@link #walk} does.
     */
    boolean findFragment(PacketBuffer packet) {
        begin();
        ByteBuffer data = packet.data();
        int header = Ipv6.nextHeader(data, packet.networkOffset);
        int at = packet.networkOffset + Ipv6.HEADER_BYTES;
        for (int headers = 0; headers < MAX_HEADERS && packet.end() - at >= Ipv6Extension.UNIT_BYTES; headers++) {
            if (header == Ipv6Extension.FRAGMENT) {
                packet.transportProtocol = header;
                packet.transportOffset = at;
                return isFragment(data, at);
            }
            if (header != Ipv6Extension.HOP_BY_HOP
                    && header != Ipv6Extension.ROUTING
                    && header != Ipv6Extension.DESTINATION_OPTIONS) {
                return false;
            }
            header = Ipv6Extension.nextHeader(data, at);
            at += Ipv6Extension.lengthBytes(data, at);
        }
        return false;
    }

    /** Whether a fragment just found can be part of a datagram at all. */
    boolean isFragmentPossible(PacketBuffer packet) {
        return fragment(packet, packet.transportOffset) == null;
    }

    private static int lengthBytes(ByteBuffer data, int at, int header) {
        return header == Ipv6Extension.FRAGMENT ? Ipv6Extension.UNIT_BYTES : Ipv6Extension.lengthBytes(data, at);
    }

    private @Nullable DropReason content(PacketBuffer packet, int at, int header) {
        return switch (header) {
            case Ipv6Extension.ROUTING -> routing(packet, at);
            case Ipv6Extension.FRAGMENT -> null;
            default -> options(packet, at, header);
        };
    }

    /** A packet that is whole though it has a fragment header is no fragment (RFC 6946). */
    private static boolean isFragment(ByteBuffer data, int at) {
        return Ipv6Extension.moreFragments(data, at) || Ipv6Extension.fragmentOffset(data, at) != 0;
    }

    /** The errors of RFC 8200 section 4.5 that a fragment shows by itself. */
    private @Nullable DropReason fragment(PacketBuffer packet, int at) {
        int dataBytes = packet.end() - at - Ipv6Extension.UNIT_BYTES;
        if (Ipv6Extension.moreFragments(packet.data(), at) && (dataBytes & 7) != 0) {
            return problem(packet, Icmpv6.ERRONEOUS_FIELD, packet.networkOffset + Ipv6.PAYLOAD_LENGTH);
        }
        if (Ipv6Extension.fragmentOffset(packet.data(), at) + dataBytes > 0xffff) {
            return problem(packet, Icmpv6.ERRONEOUS_FIELD, at + Ipv6Extension.FRAGMENT_OFFSET);
        }
        if (Ipv6Extension.fragmentOffset(packet.data(), at) == 0 && !holdsAllHeaders(packet)) {
            return problem(packet, Icmpv6.INCOMPLETE_HEADER_CHAIN, packet.networkOffset);
        }
        fragmentAt = at;
        return null;
    }

    /** The transport header must be in the first fragment, or a filter on the way cannot judge it (RFC 7112 section 5). */
    private static boolean holdsAllHeaders(PacketBuffer packet) {
        int found = Ipv6Extension.findTransport(packet.data(), packet.networkOffset, packet.end());
        if (found < 0) {
            return false;
        }
        int transportBytes =
                switch (found >>> 16) {
                    case IpProtocol.TCP -> Tcp.HEADER_BYTES;
                    case IpProtocol.UDP -> Udp.HEADER_BYTES;
                    case IpProtocol.ICMPV6 -> Icmpv6.HEADER_BYTES;
                    default -> 1;
                };
        return packet.networkOffset + (found & 0xffff) + transportBytes <= packet.end();
    }

    /** Forgets the packet before. */
    void begin() {
        problemCode = SILENT;
        fragmentAt = PacketBuffer.UNKNOWN;
        routerAlert = -1;
    }

    private DropReason problem(PacketBuffer packet, int code, int pointer) {
        problemCode = code;
        problemPointer = pointer - packet.networkOffset;
        return DropReason.IPV6_PARAMETER_PROBLEM;
    }

    /** No routing type is implemented, so one with segments left is reported (RFC 8200 section 4.4, RFC 5095). */
    private @Nullable DropReason routing(PacketBuffer packet, int at) {
        return Ipv6Extension.segmentsLeft(packet.data(), at) == 0
                ? null
                : problem(packet, Icmpv6.ERRONEOUS_FIELD, at + Ipv6Extension.routingTypeOffset());
    }

    private @Nullable DropReason options(PacketBuffer packet, int header, int protocol) {
        ByteBuffer data = packet.data();
        int end = header + Ipv6Extension.lengthBytes(data, header);
        int at = header + 2;
        int count = 0;
        while (at < end) {
            int type = data.get(at) & 0xff;
            if (type == Ipv6Extension.OPTION_PAD1) {
                at++;
                continue;
            }
            if (end - at < 2 || end - at < 2 + (data.get(at + 1) & 0xff)) {
                return DropReason.IP_HEADER_MALFORMED;
            }
            if (type != Ipv6Extension.OPTION_PADN) {
                if (++count > MAX_OPTIONS) {
                    return DropReason.IPV6_EXTENSION_LIMIT;
                }
                boolean known = protocol == Ipv6Extension.HOP_BY_HOP && type == Ipv6Extension.OPTION_ROUTER_ALERT;
                if (known && (data.get(at + 1) & 0xff) == 2) {
                    routerAlert = data.getShort(at + 2) & 0xffff;
                }
                DropReason fault = known ? null : unknown(packet, at, type);
                if (fault != null) {
                    return fault;
                }
            }
            at += 2 + (data.get(at + 1) & 0xff);
        }
        return null;
    }

    /** The two highest bits of an unknown option say what to do (RFC 8200 section 4.2). */
    private @Nullable DropReason unknown(PacketBuffer packet, int at, int type) {
        switch (Ipv6Extension.action(type)) {
            case Ipv6Extension.ACTION_SKIP:
                return null;
            case Ipv6Extension.ACTION_REPORT:
                return problem(packet, Icmpv6.UNKNOWN_OPTION, at);
            case Ipv6Extension.ACTION_REPORT_UNLESS_MULTICAST:
                if (packet.type != PacketType.MULTICAST) {
                    return problem(packet, Icmpv6.UNKNOWN_OPTION, at);
                }
                return DropReason.IPV6_PARAMETER_PROBLEM;
            default:
                return DropReason.IPV6_PARAMETER_PROBLEM;
        }
    }
}
