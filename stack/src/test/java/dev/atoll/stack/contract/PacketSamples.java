package dev.atoll.stack.contract;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Packets as a stack shows them to code that it is given: with a valid IP header, and with anything behind it. */
final class PacketSamples {
    static final IpAddress REMOTE = IpAddress.parse("10.0.0.2");
    static final IpAddress REMOTE6 = IpAddress.parse("fd00::2");
    static final IpAddress LOCAL = IpAddress.parse("10.0.0.1");
    static final IpAddress LOCAL6 = IpAddress.parse("fd00::1");

    private static final int[] PROTOCOLS = {
        IpProtocol.ICMP, IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMPV6, 253, 132, 0
    };
    private static final int[] LENGTHS = {0, 1, 4, 7, 8, 19, 20, 40, 1400};
    /** Whole, the first of several, one that begins inside a TCP header (RFC 1858), and the last. */
    private static final int[] FRAGMENTS = {0, 0x2000, 0x2001, 0x0010};

    private PacketSamples() {}

    /** One of each protocol, family, length and place among fragments; what is behind the IP header is random. */
    static List<PacketBuffer> of(BufferPool pool, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<PacketBuffer> packets = new ArrayList<>();
        for (int protocol : PROTOCOLS) {
            for (int lengthBytes : LENGTHS) {
                for (int fragment : FRAGMENTS) {
                    packets.add(packet(pool, true, protocol, fragment, bytes(random, lengthBytes)));
                }
                packets.add(packet(pool, false, protocol, 0, bytes(random, lengthBytes)));
            }
        }
        return packets;
    }

    static byte[] bytes(SplittableRandom random, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        random.nextBytes(bytes);
        return bytes;
    }

    /**
     * A packet from the remote to the local address, which begins with its IP header.
     *
     * @param fragment flags and offset of the IPv4 header
     */
    static PacketBuffer packet(BufferPool pool, boolean ipv4, int protocol, int fragment, byte[] transport) {
        int headerBytes = ipv4 ? Ipv4.HEADER_BYTES : Ipv6.HEADER_BYTES;
        PacketBuffer packet = pool.allocate(headerBytes + transport.length);
        int at = packet.append(headerBytes + transport.length);
        IpAddress source = ipv4 ? REMOTE : REMOTE6;
        IpAddress destination = ipv4 ? LOCAL : LOCAL6;
        if (ipv4) {
            int length = headerBytes + transport.length;
            Ipv4.write(
                    packet.data(),
                    at,
                    headerBytes,
                    0,
                    length,
                    7,
                    fragment,
                    64,
                    protocol,
                    source.v4Bits(),
                    destination.v4Bits());
        } else {
            Ipv6.write(packet.data(), at, 0, 0, transport.length, protocol, 64, source, destination);
        }
        packet.data().put(at + headerBytes, transport);
        packet.networkOffset = at;
        packet.transportOffset = at + headerBytes;
        packet.transportProtocol = protocol;
        packet.ipVersion = ipv4 ? 4 : 6;
        packet.ttl = 64;
        packet.sourceHigh = source.high();
        packet.sourceLow = source.low();
        packet.destinationHigh = destination.high();
        packet.destinationLow = destination.low();
        packet.nicId = 2;
        return packet;
    }

    /** What a packet is to the layers that go on with it: its bytes, IP header first, and what they know of it. */
    record Snapshot(
            List<Byte> bytes,
            List<Integer> positions,
            @Nullable Object flow) {
        static Snapshot of(PacketBuffer packet) {
            List<Byte> bytes = new ArrayList<>();
            int from = packet.networkOffset == PacketBuffer.UNKNOWN ? packet.start() : packet.networkOffset;
            for (int at = from; at < packet.end(); at++) {
                bytes.add(packet.data().get(at));
            }
            List<Integer> positions = List.of(
                    packet.start(),
                    packet.end(),
                    packet.networkOffset,
                    packet.transportOffset,
                    packet.transportProtocol,
                    packet.ipVersion,
                    packet.mark);
            return new Snapshot(bytes, positions, packet.flow);
        }
    }

    /** Its memory gets other contents, as it does when its owner has given it back. */
    static void overwrite(PacketBuffer packet) {
        for (int at = 0; at < packet.data().capacity(); at++) {
            packet.data().put(at, (byte) 0xee);
        }
    }
}
