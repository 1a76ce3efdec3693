package dev.atoll.stack.nic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which segments a NIC joins: what is above it is a list of what came, each packet as the lengths of its segments. */
class SegmentCoalescerTest {
    private static final MacAddress OURS = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress THEIRS = MacAddress.parse("02:00:00:00:00:02");
    private static final int FIRST = 0x7fff_ff00;

    private final Counters counters = new Counters();
    private final BufferPool pool = new BufferPool();
    private final ChannelLink link = new ChannelLink(1500, OURS);
    private final List<String> got = new ArrayList<>();
    private final Device device = new Device(
            7,
            "eth0",
            link,
            new Cycle(new ManualClock(), Rng.seeded(1)),
            counters,
            pool,
            NeighborSettings.DEFAULT,
            new Device.Upper() {
                @Override
                public void receive(Device from, int etherType, PacketBuffer packet) {
                    got.add(lengths(packet));
                    packet.release();
                }

                @Override
                public void neighborUnreachable(Device from, PacketBuffer packet) {}

                @Override
                public void neighborAnswers(Device from, IpAddress neighbor, boolean answers) {}

                @Override
                public void linkFailed(Device from, String reason) {}

                @Override
                public void neighborEvent(Device from, NeighborObserver.Event event, NeighborTableView.Entry entry) {}

                @Override
                public boolean wantsNeighborEvents() {
                    return false;
                }
            });

    SegmentCoalescerTest() {
        link.attach(device);
        device.mayCoalesce();
    }

    @AfterEach
    void nothingIsKept() {
        device.deliverJoined();
        assertEquals(0, pool.outstanding(), "packets are left");
    }

    /** A segment of a connection, which a test changes in one point. */
    private static final class Sent {
        int port = 40_000;
        int seq = FIRST;
        int ack = 77;
        int flags = TcpSegment.ACK;
        int window = 1000;
        int bytes = 100;
        int tos;
        int id = 5;
        boolean dontFragment = true;
        boolean moreFragments;
        int ttl = 60;
        Bytes ipOptions = Bytes.EMPTY;
        List<TcpOption> options = List.of(new TcpOption.Nop(), new TcpOption.Nop(), new TcpOption.Timestamps(1, 2));
        int padding;
        MacAddress from = THEIRS;
        boolean corrupt;
        boolean corruptIp;

        private Bytes tcp(IpAddress source, IpAddress destination) {
            byte[] text = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                text[i] = (byte) (seq + i);
            }
            Bytes segment = new TcpSegment(port, 80, seq, ack, flags, window, 0, options, Bytes.of(text))
                    .encode(source, destination);
            return corrupt ? flipped(segment, segment.length() - 1) : segment;
        }

        private static Bytes flipped(Bytes bytes, int at) {
            byte[] copy = bytes.toArray();
            copy[at] ^= 1;
            return Bytes.of(copy);
        }

        byte[] four() {
            IpAddress source = IpAddress.parse("192.0.2.9");
            IpAddress destination = IpAddress.parse("192.0.2.1");
            Bytes packet = new Ipv4Packet(
                            tos,
                            id,
                            dontFragment,
                            moreFragments,
                            0,
                            ttl,
                            IpProtocol.TCP,
                            source,
                            destination,
                            ipOptions,
                            tcp(source, destination))
                    .encode();
            return frame(EthernetFrame.IPV4, corruptIp ? flipped(packet, 4) : packet);
        }

        byte[] six(int label, Ipv6Packet.Extension... extensions) {
            IpAddress source = IpAddress.parse("2001:db8::9");
            IpAddress destination = IpAddress.parse("2001:db8::1");
            Ipv6Packet packet = new Ipv6Packet(
                    tos,
                    label,
                    ttl,
                    source,
                    destination,
                    List.of(extensions),
                    IpProtocol.TCP,
                    tcp(source, destination));
            return frame(EthernetFrame.IPV6, packet.encode());
        }

        private byte[] frame(int etherType, Bytes packet) {
            byte[] frame =
                    new EthernetFrame(OURS, from, etherType, packet).encode().toArray();
            return Arrays.copyOf(frame, frame.length + padding);
        }
    }

    private static Sent segment(int number, Consumer<Sent> change) {
        Sent sent = new Sent();
        sent.seq += 100 * number;
        sent.id += number;
        change.accept(sent);
        return sent;
    }

    private static Sent segment(int number) {
        return segment(number, sent -> {});
    }

    private void four(Sent... segments) {
        for (Sent sent : segments) {
            link.inject(sent.four());
        }
    }

    private static String lengths(PacketBuffer packet) {
        StringBuilder text = new StringBuilder();
        int segments = 0;
        int joinedBytes = 0;
        for (PacketBuffer at = packet; at != null; at = at.joined) {
            int payload = payload(at);
            text.append(at == packet ? "" : "+").append(payload);
            segments++;
            joinedBytes += at == packet ? 0 : payload;
        }
        assertEquals(segments - 1, packet.joinedSegments);
        assertEquals(joinedBytes, packet.joinedBytes);
        return text.toString();
    }

    private static int payload(PacketBuffer packet) {
        byte[] bytes = packet.toArray();
        boolean v4 = bytes[0] >>> 4 == 4;
        int ip = v4 ? (bytes[0] & 0xf) * 4 : 40;
        int total = v4 ? (bytes[2] & 0xff) << 8 | bytes[3] & 0xff : 40 + ((bytes[4] & 0xff) << 8 | bytes[5] & 0xff);
        return total - ip - (bytes[ip + 12] >>> 4 & 0xf) * 4;
    }

    private void assertGot(String... packets) {
        assertEquals(List.of(packets), got);
    }

    private void assertGotAtTheEnd(String... packets) {
        device.deliverJoined();
        assertGot(packets);
    }

    @Test
    @Requirement("features F5")
    void segmentsInOrder_areJoined_whenTheLinkHasNoMore() {
        four(segment(0), segment(1), segment(2));
        assertGot();
        assertGotAtTheEnd("100+100+100");
        assertEquals(2, counters.segmentsJoined);
        assertEquals(3, device.counters().receivedPackets(), "the NIC counts frames");
    }

    @Test
    void segmentsOverIpv6_areJoined() {
        link.inject(segment(0).six(3));
        link.inject(segment(1).six(3));
        assertGotAtTheEnd("100+100");
    }

    @Test
    void off_joinsNothing_andHandsOverWhatItHad() {
        four(segment(0));
        device.setCoalescing(false);
        assertGot("100");
        four(segment(1), segment(2));
        assertGot("100", "100", "100");
    }

    @Test
    void push_endsIt() {
        four(segment(0), segment(1, s -> s.flags |= TcpSegment.PSH));
        assertGot("100+100");
        four(segment(2), segment(3));
        assertGotAtTheEnd("100+100", "100+100");
    }

    @Test
    void pushAlone_isNotKept() {
        four(segment(0, s -> s.flags |= TcpSegment.PSH));
        assertGot("100");
    }

    @Test
    void smallerSegment_isTheLast() {
        four(segment(0), segment(1, s -> s.bytes = 50));
        assertGot("100+50");
    }

    @Test
    void largerSegment_beginsAnew() {
        four(segment(0), segment(1, s -> s.bytes = 101));
        assertGot("100");
        assertGotAtTheEnd("100", "101");
    }

    @Test
    void gapAndRepetition_beginAnew() {
        four(segment(0), segment(2), segment(2), segment(1));
        assertGotAtTheEnd("100", "100", "100", "100");
    }

    @Test
    void size_isBoundedByWhatAnIpPacketCanBe() {
        int most = (SegmentCoalescer.MAX_BYTES - 52) / 1400;
        for (int i = 0; i <= most; i++) {
            int number = i;
            four(segment(0, s -> {
                s.seq += 1400 * number;
                s.bytes = 1400;
            }));
        }
        assertEquals(1, got.size());
        assertEquals("1400" + "+1400".repeat(most - 1), got.get(0));
        assertGotAtTheEnd(got.get(0), "1400");
    }

    @Test
    void linkPadding_isNoPartOfIt() {
        four(segment(0, s -> s.padding = 6), segment(1, s -> s.padding = 9));
        assertGotAtTheEnd("100+100");
    }

    /** Linux keeps the identification to make segments anew; here they stay what they are. */
    @Test
    void identification_maybeAny() {
        four(segment(0), segment(1, s -> s.id = 999), segment(2, s -> s.id = 5));
        assertGotAtTheEnd("100+100+100");
    }

    private void isNotJoined(Consumer<Sent> change) {
        four(segment(0), segment(1, change));
        assertEquals("100", got.remove(0), "what came before is handed over first");
        device.deliverJoined();
        assertEquals(1, got.size());
        got.clear();
    }

    @Test
    void headersThatDiffer_areNotJoined() {
        isNotJoined(s -> s.ack++);
        isNotJoined(s -> s.window++);
        isNotJoined(s -> s.tos = 3);
        isNotJoined(s -> s.ttl--);
        isNotJoined(s -> s.dontFragment = false);
        isNotJoined(s -> s.options = List.of());
        isNotJoined(s -> s.options = List.of(new TcpOption.Nop(), new TcpOption.Nop(), new TcpOption.Timestamps(1, 3)));
        isNotJoined(s -> s.flags |= TcpSegment.ECE);
        assertEquals(0, counters.segmentsJoined);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                TcpSegment.FIN,
                TcpSegment.SYN,
                TcpSegment.RST,
                TcpSegment.URG,
                TcpSegment.CWR,
            })
    void flag_isNeitherJoinedNorKept(int flag) {
        four(segment(0), segment(1, s -> s.flags |= flag));
        assertGot("100", "100");
    }

    @Test
    void headersOfIpv6ThatDiffer_areNotJoined() {
        link.inject(segment(0).six(3));
        link.inject(segment(1).six(4));
        link.inject(segment(2, s -> s.ttl--).six(4));
        link.inject(segment(3, s -> {
                    s.ttl--;
                    s.tos = 1;
                })
                .six(4));
        assertGotAtTheEnd("100", "100", "100", "100");
    }

    @Test
    void flowWithEcnEcho_isJoined_asItsSegmentsSayTheSame() {
        Consumer<Sent> echo = s -> s.flags |= TcpSegment.ECE;
        four(segment(0, echo), segment(1, echo));
        assertGotAtTheEnd("100+100");
    }

    @Test
    void acknowledgmentWithoutText_endsIt() {
        four(segment(0), segment(1, s -> s.bytes = 0));
        assertGot("100", "0");
    }

    @Test
    void otherFlows_areKeptApart_andDoNotDisturb() {
        Consumer<Sent> other = s -> s.port++;
        four(segment(0), segment(0, other), segment(1), segment(1, other));
        device.deliverJoined();
        assertEquals(List.of("100+100", "100+100"), got);
    }

    @Test
    void otherSenderOnTheLink_beginsAnew() {
        four(segment(0), segment(1, s -> s.from = MacAddress.parse("02:00:00:00:00:03")));
        assertGotAtTheEnd("100", "100");
    }

    @Test
    void fragmentsAndOptions_passBy() {
        four(segment(0, s -> s.moreFragments = true));
        assertGot("100");
        four(segment(1, s -> s.ipOptions = Bytes.hex("01010101")));
        assertGot("100", "100");
        link.inject(segment(0).six(0, Ipv6Packet.Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "")));
        assertEquals(3, got.size());
    }

    @Test
    void badChecksum_spoilsNothing() {
        four(segment(0), segment(1), segment(2, s -> s.corrupt = true));
        assertEquals(List.of("100+100", "100"), got, "the bad one alone");
        four(segment(3, s -> s.corrupt = true));
        four(segment(4, s -> s.corruptIp = true));
        assertEquals(4, got.size(), "and not kept");
    }

    @Test
    void flowsBeyondTheBound_makeTheOldestGiveWay() {
        int flows = 0;
        while (got.isEmpty()) {
            int port = 1000 + flows++;
            int bytes = 100 + flows;
            four(segment(0, s -> {
                s.port = port;
                s.bytes = bytes;
            }));
            assertTrue(flows <= 8 * SegmentCoalescer.FLOWS_OF_A_BUCKET + 1, "it is bounded");
        }
        assertTrue(flows > SegmentCoalescer.FLOWS_OF_A_BUCKET);
        device.deliverJoined();
        assertEquals(flows, got.size());
    }

    @Test
    void deviceThatGoesDown_dropsWhatItKeeps() {
        four(segment(0), segment(1));
        device.setEnabled(false);
        assertGotAtTheEnd();
        assertEquals(1, counters.drops(DropReason.NIC_DISABLED));
        assertEquals(0, pool.outstanding());
    }

    // --- Several again

    private PacketBuffer pooled(Bytes packet) {
        PacketBuffer buffer = pool.allocate(packet.length());
        buffer.data().put(buffer.append(packet.length()), packet.toArray());
        return buffer;
    }

    /** As it is when IP has looked at it. */
    private PacketBuffer joined(boolean partial) {
        PacketBuffer first = pooled(EthernetFrame.decode(segment(0).four()).payload());
        PacketBuffer second = pooled(EthernetFrame.decode(segment(1).four()).payload());
        first.joined = second;
        first.joinedSegments = 1;
        first.joinedBytes = 100;
        first.ipVersion = 4;
        first.networkOffset = first.start();
        first.transportOffset = first.start() + 20;
        first.transportProtocol = IpProtocol.TCP;
        if (partial) {
            second.checksumPartial = true;
            second.data().putShort(second.start() + 36, (short) pseudo("192.0.2.9", "192.0.2.1", 132));
        }
        return first;
    }

    private static int pseudo(String source, String destination, int bytes) {
        int sum = IpProtocol.TCP + bytes;
        for (String address : List.of(source, destination)) {
            int bits = IpAddress.parse(address).v4Bits();
            sum += (bits >>> 16) + (bits & 0xffff);
        }
        return (sum & 0xffff) + (sum >>> 16);
    }

    @Test
    void detach_givesSegmentsAsTheyCame() {
        PacketBuffer first = joined(false);
        PacketBuffer second = Objects.requireNonNull(JoinedSegments.detach(first));
        assertArrayEquals(EthernetFrame.decode(segment(0).four()).payload().toArray(), first.toArray());
        assertArrayEquals(EthernetFrame.decode(segment(1).four()).payload().toArray(), second.toArray());
        assertEquals(0, first.joinedSegments + first.joinedBytes + second.joinedSegments + second.joinedBytes);
        first.release();
        second.release();
    }

    @Test
    void detach_afterAddressesAndPortsWereChanged_changesThemInAll() {
        PacketBuffer first = joined(false);
        first.data().putInt(first.start() + 16, IpAddress.parse("198.51.100.77").v4Bits());
        first.data().putShort(first.start() + 22, (short) 8443);
        PacketBuffer second = Objects.requireNonNull(JoinedSegments.detach(first));
        // Decoding verifies both checksums.
        Ipv4Packet packet = Ipv4Packet.decode(Bytes.of(second.toArray()));
        TcpSegment segment = TcpSegment.decode(packet);
        assertEquals(IpAddress.parse("198.51.100.77"), packet.destination());
        assertEquals(8443, segment.destinationPort());
        assertEquals(FIRST + 100, segment.seq());
        first.release();
        second.release();
    }

    @Test
    void detach_withPartialChecksum_keepsItThePseudoHeaders() {
        PacketBuffer first = joined(true);
        first.data().putInt(first.start() + 16, IpAddress.parse("198.51.100.77").v4Bits());
        first.data().putShort(first.start() + 22, (short) 8443);
        PacketBuffer second = Objects.requireNonNull(JoinedSegments.detach(first));
        int field = second.data().getShort(second.start() + 36) & 0xffff;
        assertEquals(pseudo("192.0.2.9", "198.51.100.77", 132), field);
        first.release();
        second.release();
    }

    @Test
    void release_givesBackAll() {
        PacketBuffer first = joined(false);
        assertEquals(2, pool.outstanding());
        first.release();
        assertEquals(0, pool.outstanding());
        PacketBuffer again = pool.allocate(200);
        assertEquals(0, again.joinedSegments + again.joinedBytes, "memory is used again as new");
        again.release();
    }
}
