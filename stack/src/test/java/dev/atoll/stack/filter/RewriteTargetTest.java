package dev.atoll.stack.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.filter.RewriteTarget.SetHops;
import dev.atoll.stack.filter.RewriteTarget.SetHops.Change;
import dev.atoll.stack.filter.RewriteTarget.SetTos;
import dev.atoll.stack.filter.RewriteTarget.TcpMss;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written into packets, and that their checksums stay right. */
class RewriteTargetTest {
    private static final int MSS_KIND = 2;
    private static final int NOP = 1;

    private final Random random = new Random(11);

    /** A SYN with these options, filled up with those that end the list, and right checksums. */
    private static PacketBuffer syn(int... options) {
        byte[] header = new byte[20 + (options.length + 3 & ~3)];
        ByteBuffer.wrap(header)
                .putInt(0, 0x1234_0050)
                .put(12, (byte) (header.length / 4 << 4))
                .put(13, (byte) Packets.SYN);
        for (int i = 0; i < options.length; i++) {
            header[20 + i] = (byte) options[i];
        }
        PacketBuffer packet = Packets.ip(6, Packets.CLIENT, Packets.SERVER, 0, header);
        packet.data().put(packet.networkOffset + 1, (byte) 0xb9);
        Ipv4.fillChecksum(packet.data(), packet.networkOffset);
        int sum = Checksum.finish(Checksum.ofPayload(pseudo(packet), packet, packet.transportOffset));
        packet.data().putShort(packet.transportOffset + 16, (short) sum);
        return packet;
    }

    private static long pseudo(PacketBuffer packet) {
        return Checksum.pseudoHeader(packet, 6, packet.end() - packet.transportOffset);
    }

    private static void isGood(PacketBuffer packet) {
        assertTrue(Ipv4.checksumValid(packet.data(), packet.networkOffset));
        assertEquals(0, Checksum.finish(Checksum.ofPayload(pseudo(packet), packet, packet.transportOffset)));
    }

    private static Target.Action apply(Target target, PacketBuffer packet, int thereBytes, int backBytes) {
        PacketContext context = new PacketContext();
        context.routing(new RoutingView() {
            @Override
            public IpAddress find(String nic, IpAddress peer) {
                throw new AssertionError("nobody asks");
            }

            @Override
            public AddressType typeOf(long high, long low, String nic) {
                throw new AssertionError("nobody asks");
            }

            @Override
            public int pathMtuBytes(IpAddress to, String nic) {
                boolean there = to.equals(Packets.SERVER);
                assertEquals(there ? "eth0" : "", nic);
                return there ? thereBytes : backBytes;
            }
        });
        context.begin(Hook.OUTPUT, packet, null, "eth0", 0);
        return target.apply(context);
    }

    private static Target.Action apply(Target target, PacketBuffer packet) {
        return apply(target, packet, 1500, 65536);
    }

    private static int mss(PacketBuffer packet, int at) {
        return packet.data().getShort(packet.transportOffset + 20 + at) & 0xffff;
    }

    @Test
    void typeOfService_isClearedWithinTheMask_andTurned() {
        PacketBuffer packet = syn();
        assertEquals(Target.Action.CONTINUE, apply(new SetTos(TosMatcher.Spelling.TOS, 0x11, 0x3f), packet));
        assertEquals(0x91, Ipv4.tos(packet.data(), packet.networkOffset));
        assertEquals(0x91, packet.tos);
        isGood(packet);
        apply(new SetTos(TosMatcher.Spelling.DSCP, 0x28, TosMatcher.DSCP_MASK), packet);
        assertEquals(0x29, packet.tos, "the congestion bits stay");
        isGood(packet);
    }

    @Test
    void hops_areSetOrChanged_withinTheirField() {
        PacketBuffer packet = syn();
        apply(new SetHops(Change.DECREASE, 60), packet);
        assertEquals(4, Ipv4.ttl(packet.data(), packet.networkOffset));
        isGood(packet);
        apply(new SetHops(Change.DECREASE, 5), packet);
        assertEquals(0, packet.ttl);
        apply(new SetHops(Change.SET, 200), packet);
        assertEquals(200, packet.ttl);
        apply(new SetHops(Change.INCREASE, 56), packet);
        assertEquals(255, Ipv4.ttl(packet.data(), packet.networkOffset));
        isGood(packet);
    }

    @Test
    void checksums_stayRight_whateverIsWritten() {
        for (int i = 0; i < 20_000; i++) {
            PacketBuffer packet = syn(NOP, MSS_KIND, 4, random.nextInt(256), random.nextInt(256));
            apply(new SetTos(TosMatcher.Spelling.TOS, random.nextInt(256), random.nextInt(256)), packet);
            apply(new SetHops(Change.SET, random.nextInt(256)), packet);
            apply(new TcpMss(random.nextInt(TcpMss.MOST)), packet);
            isGood(packet);
        }
    }

    @Test
    void segmentSize_isLowered_neverRaised() {
        PacketBuffer packet = syn(MSS_KIND, 4, 0x05, 0xb4);
        assertEquals(Target.Action.CONTINUE, apply(new TcpMss(1461), packet));
        assertEquals(1460, mss(packet, 2));
        apply(new TcpMss(1000), packet);
        assertEquals(1000, mss(packet, 2));
        isGood(packet);
        PacketBuffer odd = syn(NOP, MSS_KIND, 4, 0x05, 0xb4);
        apply(new TcpMss(999), odd);
        assertEquals(999, mss(odd, 3));
        isGood(odd);
    }

    @Test
    void segmentSize_clamped_fitsTheSmallerPath() {
        PacketBuffer packet = syn(MSS_KIND, 4, 0x05, 0xb4);
        apply(new TcpMss(TcpMss.CLAMP_TO_PMTU), packet, 1400, 65536);
        assertEquals(1360, mss(packet, 2));
        apply(new TcpMss(TcpMss.CLAMP_TO_PMTU), packet, 1400, 1300);
        assertEquals(1260, mss(packet, 2));
        apply(new TcpMss(TcpMss.CLAMP_TO_PMTU), packet, 1400, Integer.MAX_VALUE);
        assertEquals(1260, mss(packet, 2));
        assertEquals(Target.Action.DROP, apply(new TcpMss(TcpMss.CLAMP_TO_PMTU), packet, 40, 1300));
        isGood(packet);
    }

    /** The field holds the sum of the pseudo-header, of which options are no part. */
    @Test
    void partialChecksum_isLeftAsItIs() {
        PacketBuffer packet = syn(MSS_KIND, 4, 0x05, 0xb4);
        packet.checksumPartial = true;
        int before = packet.data().getShort(packet.transportOffset + 16);
        apply(new TcpMss(1000), packet);
        assertEquals(before, packet.data().getShort(packet.transportOffset + 16));
        assertEquals(1000, mss(packet, 2));
    }

    @Test
    void synWithoutSize_orWithHalfOfOne_isLeftAsItIs_andATruncatedHeaderIsDropped() {
        for (int[] options : new int[][] {{}, {NOP, NOP, MSS_KIND, 4}, {MSS_KIND, 3, 5, 5}, {3, 0, MSS_KIND, 9}}) {
            PacketBuffer packet = syn(options);
            byte[] before = packet.toArray();
            assertEquals(Target.Action.CONTINUE, apply(new TcpMss(10), packet));
            assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(packet.toArray()));
        }
        byte[] claimsMore = new byte[20];
        claimsMore[12] = 0x60;
        PacketBuffer cut = Packets.ip(6, Packets.CLIENT, Packets.SERVER, 0, claimsMore);
        assertEquals(Target.Action.DROP, apply(new TcpMss(10), cut));
        PacketBuffer later = Packets.ip(6, Packets.CLIENT, Packets.SERVER, 5, new byte[4]);
        assertEquals(Target.Action.CONTINUE, apply(new TcpMss(10), later));
    }
}
