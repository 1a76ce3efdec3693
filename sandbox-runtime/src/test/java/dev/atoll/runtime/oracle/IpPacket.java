package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.Ipv6Packet.Extension;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A packet of either family, in the terms of IPv4: an IPv6 one has its flow label for an identification, its extension headers
 * but that of a fragment for options.
 *
 * @param offset of a fragment, bytes
 * @param options as they are, empty for none; of IPv6 a header of destination options without its first byte
 */
record IpPacket(
        int tos,
        int id,
        boolean dontFragment,
        boolean more,
        int offset,
        int ttl,
        int protocol,
        IpAddress source,
        IpAddress destination,
        Bytes options,
        Bytes payload) {
    private static final int FRAGMENT_HEADER_BYTES = 7;

    /** A whole one with that payload instead. */
    IpPacket with(int newId, Bytes newPayload) {
        return new IpPacket(
                tos, newId, dontFragment, false, 0, ttl, protocol, source, destination, options, newPayload);
    }

    /** A piece of this, in a packet of its own. */
    IpPacket fragment(int from, int to) {
        return new IpPacket(
                tos,
                id,
                false,
                to < payload.length(),
                from,
                ttl,
                protocol,
                source,
                destination,
                Bytes.EMPTY,
                payload.slice(from, to));
    }

    boolean isFragment() {
        return more || offset > 0;
    }

    Bytes encode() {
        if (source.isV4()) {
            return new Ipv4Packet(
                            tos, id, dontFragment, more, offset, ttl, protocol, source, destination, options, payload)
                    .encode();
        }
        List<Extension> extensions = new ArrayList<>();
        if (isFragment()) {
            extensions.add(Extension.fragment(offset, more, id));
        }
        if (options.length() > 0) {
            extensions.add(new Extension(Ipv6Packet.DESTINATION_OPTIONS, options));
        }
        return new Ipv6Packet(tos, id, ttl, source, destination, extensions, protocol, payload).encode();
    }

    static IpPacket decode(Bytes bytes) {
        if (bytes.u8(0) >>> 4 == 4) {
            Ipv4Packet packet = Ipv4Packet.decode(bytes);
            return new IpPacket(
                    packet.tos(),
                    packet.id(),
                    packet.dontFragment(),
                    packet.moreFragments(),
                    packet.fragmentOffset(),
                    packet.ttl(),
                    packet.protocol(),
                    packet.source(),
                    packet.destination(),
                    packet.options(),
                    packet.payload());
        }
        Ipv6Packet packet = Ipv6Packet.decode(bytes);
        int fragment = 0;
        List<Bytes> others = new ArrayList<>();
        for (Extension extension : packet.extensions()) {
            if (extension.type() == Ipv6Packet.FRAGMENT && extension.body().length() == FRAGMENT_HEADER_BYTES) {
                fragment = extension.body().u16(1);
            } else {
                others.add(extension.body());
            }
        }
        return new IpPacket(
                packet.trafficClass(),
                packet.flowLabel(),
                false,
                (fragment & 1) != 0,
                fragment & ~7,
                packet.hopLimit(),
                packet.protocol(),
                packet.source(),
                packet.destination(),
                others.isEmpty() ? Bytes.EMPTY : others.get(0),
                packet.payload());
    }
}
