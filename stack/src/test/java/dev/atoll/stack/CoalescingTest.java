package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.PacketEndpoint;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stack makes of TCP segments that its NIC joined: the same as of those that it did not. */
class CoalescingTest {
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");
    private static final int PORT = 80;
    private static final int PEER_PORT = 5000;
    private static final int FIRST = 0xffff_f000;

    /** A stack that listens, and the test as a peer that has opened a connection, but for the last ACK of it. */
    private static final class Opened implements AutoCloseable {
        final OneStack net;
        private final TcpListener listener;
        private int synAckSeq;
        int acked;
        int resets;

        Opened(boolean coalescing, int bufferBytes) throws StackException {
            net = new OneStack(
                    Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false),
                    1500,
                    builder -> builder.rawEndpoints(true).packetEndpoints(true));
            net.nic.addAddress(OURS, 24);
            net.nic.neighbors().setStatic(PEER, OneStack.PEER_MAC);
            net.nic.setCoalescing(coalescing);
            net.advance(OneStack.SECOND);
            listener = net.stack.newTcpListener();
            if (bufferBytes > 0) {
                listener.setOption(EndpointOption.SO_RCVBUF, bufferBytes);
            }
            listener.bind(new FullAddress(IpAddress.V4_ANY, PORT));
            listener.listen(10);
            net.frames();
        }

        /** Until the stack has answered with SYN-ACK. */
        Opened open() {
            deliver(List.of(frame(new TcpSegment(
                    PEER_PORT,
                    PORT,
                    FIRST - 1,
                    0,
                    TcpSegment.SYN,
                    60_000,
                    0,
                    List.of(new TcpOption.SackPermitted(), new TcpOption.Eol(), new TcpOption.Eol()),
                    Bytes.EMPTY))));
            readAnswers();
            return this;
        }

        TcpEndpoint accept() throws StackException {
            deliver(List.of(segment(FIRST, new byte[0])));
            return Objects.requireNonNull(listener.accept());
        }

        @Nullable TcpEndpoint acceptIfThere() throws StackException {
            return listener.accept();
        }

        byte[] segment(int seq, byte[] text) {
            return frame(new TcpSegment(
                    PEER_PORT, PORT, seq, synAckSeq + 1, TcpSegment.ACK, 60_000, 0, List.of(), Bytes.of(text)));
        }

        private static byte[] frame(TcpSegment segment) {
            Ipv4Packet packet = Ipv4Packet.of(PEER, OURS, Ipv4Packet.TCP, segment.encode(PEER, OURS));
            return new EthernetFrame(TestLink.MAC, OneStack.PEER_MAC, EthernetFrame.IPV4, packet.encode())
                    .encode()
                    .toArray();
        }

        void deliver(List<byte[]> frames) {
            net.stack.run(() -> frames.forEach(net.link::deliver));
        }

        void readAnswers() {
            for (byte[] bytes : net.frames()) {
                EthernetFrame frame = EthernetFrame.decode(bytes);
                if (frame.etherType() == EthernetFrame.IPV4) {
                    TcpSegment answer = TcpSegment.decode(Ipv4Packet.decode(frame.payload()));
                    if (answer.has(TcpSegment.SYN)) {
                        synAckSeq = answer.seq();
                    }
                    if (answer.has(TcpSegment.RST)) {
                        resets++;
                    }
                    acked = answer.ack();
                }
            }
        }

        @Override
        public void close() {
            net.close();
        }
    }

    private static byte[] text(int from, int bytes) {
        byte[] text = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            int at = from + i;
            text[i] = (byte) (at * 31 + (at >>> 8));
        }
        return text;
    }

    private static List<byte[]> segments(Opened peer, int from, int count, int bytes) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(peer.segment(FIRST + from + i * bytes, text(from + i * bytes, bytes)));
        }
        return frames;
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    @Requirement("features F5")
    void bulk_arrivesWhole_withFewerAnswers_andEverySegmentCounted(String family) throws StackException {
        IpAddress to = family.equals("IPv4") ? TwoStacks.RIGHT : TwoStacks.RIGHT6;
        long[] answers = new long[2];
        for (boolean coalescing : new boolean[] {false, true}) {
            try (TwoStacks net = TwoStacks.with(builder -> {})) {
                Nic nic = net.right.nics().get(1);
                nic.setCoalescing(coalescing);
                TcpListener listener = net.right.newTcpListener();
                listener.bind(new FullAddress(to, PORT));
                listener.listen(1);
                TcpEndpoint client = net.left.newTcpEndpoint();
                client.connect(new FullAddress(to, PORT));
                net.settle();
                TcpEndpoint server = Objects.requireNonNull(listener.accept());
                byte[] sent = text(0, 500_000);
                ByteBuffer source = ByteBuffer.wrap(sent);
                ByteBuffer target = ByteBuffer.allocate(sent.length);
                while (target.hasRemaining()) {
                    if (source.hasRemaining()) {
                        client.write(source);
                    }
                    net.settle();
                    if (server.read(target) == Endpoint.WOULD_BLOCK) {
                        int have = server.available();
                        assertTrue(net.runUntil(() -> server.available() > have, 10 * OneStack.SECOND));
                    }
                }
                assertArrayEquals(sent, target.array());
                net.settle();
                // The SYN came before there was a connection.
                assertEquals(client.info().segsOut() - 1, server.info().segsIn());
                assertEquals(client.info().dataSegsOut(), server.info().dataSegsIn());
                assertEquals(coalescing, net.right.counters().segmentsJoined > 100);
                answers[coalescing ? 1 : 0] = server.info().segsOut();
            }
        }
        assertTrue(3 * answers[1] < answers[0], answers[1] + " of " + answers[0] + " answers");
    }

    /**
     * The same segments in groups, in whatever order, repeated and overlapping; with a small window, which is told of less
     * often and so cuts elsewhere, the end alone is the same.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void segmentsInAnyOrder_areReadAsWithout(long seed) throws StackException {
        String without = trace(seed, false);
        String with = trace(seed, true);
        assertTrue(hasSmallWindow(seed) || without.equals(with), () -> without + "and with\n" + with);
    }

    private static boolean hasSmallWindow(long seed) {
        return seed % 3 == 0;
    }

    private static String trace(long seed, boolean coalescing) throws StackException {
        SplittableRandom random = new SplittableRandom(seed);
        int total = 30_000;
        StringBuilder trace = new StringBuilder();
        try (Opened peer = new Opened(coalescing, hasSmallWindow(seed) ? 4096 : 0).open()) {
            TcpEndpoint endpoint = seed % 2 == 0 ? peer.accept() : null;
            ByteBuffer read = ByteBuffer.allocate(total);
            for (int round = 0; read.position() < total; round++) {
                assertTrue(round < 10_000, "it goes on");
                int begin = random.nextInt(8) == 0 ? random.nextInt(total) : read.position();
                int bytes = 1 + random.nextInt(random.nextBoolean() ? 1000 : 100);
                List<byte[]> frames = new ArrayList<>();
                int groups = 1 + random.nextInt(3);
                for (int group = 0; group < groups; group++) {
                    int from = Math.max(0, begin + random.nextInt(-2 * bytes, 4 * bytes));
                    for (int at = from, i = 0; at < total && i < 10; at += bytes, i++) {
                        int length = Math.min(bytes, total - at);
                        frames.add(peer.segment(FIRST + at, text(at, length)));
                    }
                }
                peer.deliver(frames);
                if (endpoint == null) {
                    // The first of them was the last ACK of the handshake.
                    endpoint = peer.acceptIfThere();
                }
                if (endpoint != null && random.nextInt(3) > 0) {
                    endpoint.read(read);
                }
                peer.readAnswers();
                trace.append(read.position()).append('\n');
            }
            peer.net.advance(OneStack.SECOND);
            peer.readAnswers();
            assertEquals(FIRST + total, peer.acked);
            assertArrayEquals(text(0, total), read.array());
            assertEquals(coalescing, peer.net.stack.counters().segmentsJoined > 0);
            assertEquals(0, peer.resets);
            Objects.requireNonNull(endpoint).abort();
        }
        return trace.toString();
    }

    @Test
    void isOnWhereTheLinkBringsSingleSegments_andSomebodyKnowsTcp() throws StackException {
        LinkEndpoint.Capabilities offloading = new LinkEndpoint.Capabilities(true, true, 0xffff, true);
        MacAddress mac = MacAddress.parse("02:00:00:00:00:07");
        try (Stack stack = Stack.builder()
                        .clock(new ManualClock())
                        .rng(Rng.seeded(1))
                        .build();
                Stack without = Stack.builder()
                        .clock(new ManualClock())
                        .rng(Rng.seeded(1))
                        .protocols(Protocol.IPV4, Protocol.UDP)
                        .build()) {
            assertTrue(stack.createNic("eth0", new ChannelLink(1500, mac)).isCoalescing());
            Nic large = stack.createNic("eth1", new ChannelLink(1500, mac, offloading, 10));
            assertFalse(large.isCoalescing());
            large.setCoalescing(true);
            assertTrue(large.isCoalescing());
            for (Nic never : List.of(stack.nics().get(0), without.createNic("eth0", new ChannelLink(1500, mac)))) {
                assertFalse(never.isCoalescing());
                never.setCoalescing(true);
                assertFalse(never.isCoalescing());
            }
        }
    }

    @Test
    void segmentsOutOfOrder_areReportedByOneBlock() throws StackException {
        try (Opened peer = new Opened(true, 0).open()) {
            TcpEndpoint endpoint = peer.accept();
            peer.readAnswers();
            peer.deliver(segments(peer, 100, 3, 100));
            List<byte[]> answers = peer.net.frames();
            assertEquals(1, answers.size());
            TcpSegment answer = TcpSegment.decode(
                    Ipv4Packet.decode(EthernetFrame.decode(answers.get(0)).payload()));
            assertEquals(FIRST, answer.ack());
            List<TcpOption.Block> blocks = List.of(new TcpOption.Block(FIRST + 100, FIRST + 400));
            assertTrue(answer.options().contains(new TcpOption.Sack(blocks)), answer::toString);
            peer.deliver(segments(peer, 0, 1, 100));
            assertEquals(400, endpoint.available());
        }
    }

    @Test
    void nobodyListens_everySegmentIsRefused() throws StackException {
        try (Opened peer = new Opened(true, 0)) {
            peer.listener.close();
            peer.deliver(segments(peer, 0, 3, 100));
            peer.readAnswers();
            assertEquals(2, peer.net.stack.counters().segmentsJoined);
            assertEquals(3, peer.resets);
        }
    }

    @Test
    void rules_seeOnePacket_ofAllBytes() throws StackException {
        try (Opened peer = new Opened(true, 0).open()) {
            TcpEndpoint endpoint = peer.accept();
            List<Integer> seen = new ArrayList<>();
            Matcher note = context -> {
                seen.add(context.lengthBytes());
                return Matcher.Result.NO;
            };
            Origin origin = new Origin("test", 1, "rule");
            Chain chain = new Chain(
                    "INPUT", ChainPolicy.ACCEPT, List.of(new Rule(List.of(note), StandardTarget.NONE, origin)), origin);
            peer.net
                    .stack
                    .ipTables()
                    .replace(RuleSet.of(List.of(
                            Table.acceptAll(TableName.FILTER, Family.IPV4).with(chain))));
            peer.deliver(segments(peer, 0, 3, 100));
            assertEquals(List.of(40 + 300), seen);
            assertEquals(300, endpoint.available());
        }
    }

    @Test
    void rawAndPacketEndpoints_seeSegmentsAsTheyCame() throws StackException {
        try (Opened peer = new Opened(true, 0).open();
                RawEndpoint raw = peer.net.stack.newRawEndpoint(true, Ipv4Packet.TCP);
                PacketEndpoint frames = peer.net.stack.newPacketEndpoint(false)) {
            peer.accept();
            ByteBuffer target = ByteBuffer.allocate(2000);
            assertNotNull(raw.receive(target), "the last ACK of the handshake");
            frames.bind(peer.net.nic.id(), EthernetFrame.IPV4);
            List<byte[]> sent = segments(peer, 0, 3, 100);
            peer.deliver(sent);
            assertEquals(2, peer.net.stack.counters().segmentsJoined);
            for (byte[] frame : sent) {
                target.clear();
                assertNotNull(raw.receive(target));
                target.flip();
                assertEquals(ByteBuffer.wrap(frame, 14, frame.length - 14).slice(), target);
                target.clear();
                assertNotNull(frames.receive(target));
                target.flip();
                assertEquals(ByteBuffer.wrap(frame), target);
            }
        }
    }

    @Test
    void stackSavedWhileItsLinkDelivers_hasWhatWasDelivered() throws IOException {
        try (Opened peer = new Opened(true, 0).open()) {
            peer.accept();
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            peer.net.stack.run(() -> {
                segments(peer, 0, 3, 100).forEach(peer.net.link::deliver);
                try {
                    peer.net.stack.save(saved);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            RestoredStack restored = Stack.builder()
                    .clock(peer.net.clock)
                    .rng(Rng.seeded(2))
                    .restore(new ByteArrayInputStream(saved.toByteArray()), name -> new TestLink(1500));
            try (Stack stack = restored.stack()) {
                TcpEndpoint endpoint = restored.endpoints().stream()
                        .filter(TcpEndpoint.class::isInstance)
                        .map(TcpEndpoint.class::cast)
                        .findFirst()
                        .orElseThrow();
                assertEquals(300, endpoint.available());
                assertTrue(stack.nics().get(1).isCoalescing());
            }
        }
    }

    // --- Passed on

    private static final IpAddress HERE6 = IpAddress.parse("2001:db8:1::9");
    private static final IpAddress THERE6 = IpAddress.parse("2001:db8:2::9");
    private static final IpAddress THERE = IpAddress.parse("10.2.0.9");

    private static byte[] frameThrough(int number, int bytes, boolean dontFragment, int ttl) {
        TcpSegment segment = new TcpSegment(
                1, 2, number * bytes, 3, TcpSegment.ACK, 4, 0, List.of(), Bytes.of(text(number * bytes, bytes)));
        Bytes packet = new Ipv4Packet(
                        0,
                        number * 7,
                        dontFragment,
                        false,
                        0,
                        ttl,
                        Ipv4Packet.TCP,
                        PEER,
                        THERE,
                        Bytes.EMPTY,
                        segment.encode(PEER, THERE))
                .encode();
        return new EthernetFrame(TestLink.MAC, OneStack.PEER_MAC, EthernetFrame.IPV4, packet)
                .encode()
                .toArray();
    }

    private static byte[] frameThrough6(int number) {
        TcpSegment segment = new TcpSegment(
                1, 2, number * 100, 3, TcpSegment.ACK, 4, 0, List.of(), Bytes.of(text(number * 100, 100)));
        Bytes packet = Ipv6Packet.of(HERE6, THERE6, Ipv4Packet.TCP, segment.encode(HERE6, THERE6))
                .encode();
        return new EthernetFrame(TestLink.MAC, OneStack.PEER_MAC, EthernetFrame.IPV6, packet)
                .encode()
                .toArray();
    }

    /** What leaves on the other side, and behind it what comes back. */
    private static List<Bytes> passedOn(boolean coalescing, List<byte[]> frames) throws StackException {
        try (Opened peer = new Opened(coalescing, 0)) {
            OneStack net = peer.net;
            TestLink far = new TestLink(1300);
            Nic there = net.stack.createNic("eth1", far);
            there.addAddress(IpAddress.parse("10.2.0.1"), 24);
            there.addAddress(IpAddress.parse("2001:db8:2::1"), 64);
            net.nic.addAddress(IpAddress.parse("2001:db8:1::1"), 64);
            there.neighbors().setStatic(THERE, MacAddress.parse("02:00:00:00:00:55"));
            there.neighbors().setStatic(THERE6, MacAddress.parse("02:00:00:00:00:55"));
            net.nic.neighbors().setStatic(HERE6, OneStack.PEER_MAC);
            net.nic.setForwarding(true, true);
            net.nic.setForwarding(false, true);
            net.advance(10 * OneStack.SECOND);
            net.frames();
            while (far.poll() != null) {
                // What the NIC said when it began.
            }
            peer.deliver(frames);
            assertEquals(coalescing, net.stack.counters().segmentsJoined == frames.size() - 1);
            List<Bytes> seen = new ArrayList<>();
            for (byte[] frame = far.poll(); frame != null; frame = far.poll()) {
                seen.add(Bytes.of(frame));
            }
            net.frames().forEach(frame -> seen.add(Bytes.of(frame)));
            return seen;
        }
    }

    @Test
    @Requirement("features F5")
    void passedOn_theyAreTheSegmentsThatCame_oneHopOlder() throws StackException {
        List<byte[]> whole = new ArrayList<>();
        List<byte[]> cut = new ArrayList<>();
        List<byte[]> six = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            whole.add(frameThrough(i, 1000, true, 64));
            cut.add(frameThrough(i, 1400, false, 64));
            six.add(frameThrough6(i));
        }
        List<Bytes> passed = passedOn(true, whole);
        assertEquals(5, passed.size());
        assertEquals(passedOn(false, whole), passed);
        passed = passedOn(true, cut);
        assertEquals(10, passed.size());
        assertEquals(passedOn(false, cut), passed);
        passed = passedOn(true, six);
        assertEquals(5, passed.size());
        assertEquals(passedOn(false, six), passed);
    }

    @Test
    void notPassedOn_theirSenderIsToldOnce() throws StackException {
        List<byte[]> old = new ArrayList<>();
        List<byte[]> large = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            old.add(frameThrough(i, 100, true, 1));
            large.add(frameThrough(i, 1400, true, 64));
        }
        for (List<byte[]> frames : List.of(old, large)) {
            List<Bytes> answers = passedOn(true, frames);
            assertEquals(1, answers.size());
            assertEquals(passedOn(false, frames).get(0), answers.get(0));
        }
    }
}
