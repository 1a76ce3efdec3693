package dev.atoll.stack.nic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import org.junit.jupiter.api.Test;

class JoinedSegmentsTest {
    private final BufferPool pool = new BufferPool();

    private PacketBuffer segment(boolean v4) {
        int ipBytes = v4 ? Ipv4.HEADER_BYTES : Ipv6.HEADER_BYTES;
        PacketBuffer packet = pool.allocate(ipBytes + 30);
        int at = packet.append(ipBytes + 30);
        if (v4) {
            Ipv4.write(
                    packet.data(), at, ipBytes, 0xb8, ipBytes + 30, 1, 0, 64, IpProtocol.TCP, 0x0a000001, 0x0a000002);
        } else {
            IpAddress address = IpAddress.parse("fd00::1");
            Ipv6.write(packet.data(), at, 0xb8, 0x12345, 30, IpProtocol.TCP, 64, address, address);
        }
        packet.networkOffset = at;
        packet.transportOffset = at + ipBytes;
        packet.transportProtocol = IpProtocol.TCP;
        packet.ipVersion = v4 ? 4 : 6;
        return packet;
    }

    /** Rules see what was joined as one packet, and may have written another type of service and other hops into it. */
    @Test
    void follower_hasTheTypeOfServiceAndTheHopsOfTheFirst() {
        PacketBuffer first = segment(true);
        PacketBuffer follower = segment(true);
        Ipv4.setTos(first.data(), first.networkOffset, 0x20);
        Ipv4.setTtl(first.data(), first.networkOffset, 7);
        JoinedSegments.follow(first, follower);
        assertEquals(0x20, Ipv4.tos(follower.data(), follower.networkOffset));
        assertEquals(7, Ipv4.ttl(follower.data(), follower.networkOffset));
        assertTrue(Ipv4.checksumValid(follower.data(), follower.networkOffset));

        PacketBuffer first6 = segment(false);
        PacketBuffer follower6 = segment(false);
        Ipv6.setTrafficClass(first6.data(), first6.networkOffset, 0x20);
        Ipv6.setHopLimit(first6.data(), first6.networkOffset, 7);
        JoinedSegments.follow(first6, follower6);
        assertEquals(0x20, Ipv6.trafficClass(follower6.data(), follower6.networkOffset));
        assertEquals(0x12345, Ipv6.flowLabel(follower6.data(), follower6.networkOffset));
        assertEquals(7, Ipv6.hopLimit(follower6.data(), follower6.networkOffset));
    }
}
