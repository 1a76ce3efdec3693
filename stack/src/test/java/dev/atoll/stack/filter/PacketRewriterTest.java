package dev.atoll.stack.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checksums of packets whose addresses and ports are changed, against the same sums made anew. */
class PacketRewriterTest {
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final Random random = new Random(7);

    private IpAddress address() {
        return IpAddress.v4(random.nextInt());
    }

    private static int field(int protocol) {
        return protocol == TCP ? 16 : protocol == UDP ? 6 : 2;
    }

    /** A packet with random content and right checksums. */
    private PacketBuffer packet(int protocol, int bytes) {
        byte[] transport = new byte[bytes];
        random.nextBytes(transport);
        if (protocol == ICMP) {
            transport[0] = 8;
        }
        PacketBuffer packet = Packets.ip(protocol, address(), address(), 0, transport);
        Ipv4.fillChecksum(packet.data(), packet.networkOffset);
        int at = packet.transportOffset + field(protocol);
        packet.data().putShort(at, (short) 0);
        int sum = Checksum.finish(Checksum.ofPayload(pseudo(packet), packet, packet.transportOffset));
        packet.data().putShort(at, (short) (sum == 0 && protocol == UDP ? 0xffff : sum));
        assertTrue(isGood(packet));
        return packet;
    }

    private static long pseudo(PacketBuffer packet) {
        int length = packet.end() - packet.transportOffset;
        return packet.transportProtocol == ICMP ? 0 : Checksum.pseudoHeader(packet, packet.transportProtocol, length);
    }

    private static boolean isGood(PacketBuffer packet) {
        return Ipv4.checksumValid(packet.data(), packet.networkOffset)
                && Checksum.finish(Checksum.ofPayload(pseudo(packet), packet, packet.transportOffset)) == 0;
    }

    private void rewriteBoth(PacketBuffer packet) {
        for (NatSide side : NatSide.values()) {
            IpAddress to = address();
            PacketRewriter.rewrite(packet, side, to.high(), to.low(), random.nextInt(0x10000));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ICMP, TCP, UDP})
    void checksums_stayRight(int protocol) {
        for (int i = 0; i < 100_000; i++) {
            PacketBuffer packet = packet(protocol, 20 + i % 7);
            rewriteBoth(packet);
            assertTrue(isGood(packet));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ICMP, TCP, UDP})
    void damage_stillShows(int protocol) {
        PacketBuffer packet = packet(protocol, 30);
        ByteBuffer data = packet.data();
        data.put(packet.transportOffset + 25, (byte) (data.get(packet.transportOffset + 25) + 1));
        rewriteBoth(packet);
        assertFalse(isGood(packet));
    }

    @ParameterizedTest
    @ValueSource(ints = {TCP, UDP})
    void partialChecksum_staysTheSumOfThePseudoHeader(int protocol) {
        for (int i = 0; i < 10_000; i++) {
            PacketBuffer packet = packet(protocol, 24);
            int at = packet.transportOffset + field(protocol);
            packet.data().putShort(at, (short) Checksum.fold(pseudo(packet)));
            packet.checksumPartial = true;
            rewriteBoth(packet);
            int sum = Checksum.finish(Checksum.ofPayload(0, packet, packet.transportOffset));
            packet.data().putShort(at, (short) (sum == 0 ? 0xffff : sum));
            assertTrue(isGood(packet));
        }
    }

    @Test
    void datagramWithoutChecksum_hasNoneAfterwards() {
        PacketBuffer packet = packet(UDP, 20);
        packet.data().putShort(packet.transportOffset + 6, (short) 0);
        rewriteBoth(packet);
        assertEquals(0, packet.data().getShort(packet.transportOffset + 6));
    }

    @ParameterizedTest
    @ValueSource(ints = {ICMP, TCP, UDP})
    void quotedPacket_hasTheNewEnd_andTheErrorARightChecksum(int protocol) {
        for (int bytes : new int[] {8, 9, 20, 33}) {
            PacketBuffer about = packet(protocol, 40);
            about.trimTo(20 + bytes);
            PacketBuffer error = Packets.icmpError(address(), address(), 3, 3, about);
            Ipv4.fillChecksum(error.data(), error.networkOffset);
            int sum = Checksum.finish(Checksum.ofPayload(0, error, error.transportOffset));
            error.data().putShort(error.transportOffset + 2, (short) sum);
            IpAddress to = address();
            PacketRewriter.rewriteQuoted(error, NatSide.SOURCE, to.high(), to.low(), 4711);
            assertTrue(isGood(error));
            int quoted = error.transportOffset + 8;
            assertEquals(to.v4Bits(), Ipv4.source(error.data(), quoted));
            assertTrue(Ipv4.checksumValid(error.data(), quoted));
            assertEquals(4711, error.data().getShort(quoted + 20 + (protocol == ICMP ? 4 : 0)));
        }
    }
}
