package dev.atoll.stack.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Nic;
import dev.atoll.stack.Route;
import dev.atoll.stack.Stack;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The links of the library that are no device's: what they carry, and what they do when they are full. */
class LinksTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress PEER_MAC = MacAddress.parse("02:00:00:00:00:09");
    private static final IpAddress LOCAL = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");

    private final Stack stack = Stack.builder()
            .clock(new ManualClock(1_000_000_000_000L, 0))
            .rng(Rng.seeded(1))
            .build();

    @AfterEach
    void leavesNothing() {
        stack.close();
        assertEquals(0, stack.packetsOutstanding());
    }

    private UdpEndpoint endpoint(LinkEndpoint link) throws StackException {
        Nic nic = stack.createNic("eth0", link);
        nic.addAddress(LOCAL, 24);
        nic.neighbors().setStatic(PEER, PEER_MAC);
        return stack.newUdpEndpoint();
    }

    private static int send(UdpEndpoint from, int number) throws StackException {
        ByteBuffer payload = ByteBuffer.allocate(1).put(0, (byte) number);
        return from.send(payload, new FullAddress(PEER, 7));
    }

    /** Numbers of the datagrams that were sent; what else was sent is passed over. */
    private List<Integer> sent(ChannelLink channel) {
        List<Integer> numbers = new ArrayList<>();
        stack.run(() -> {
            for (byte[] frame = channel.read(); frame != null; frame = channel.read()) {
                if (frame.length == 14 + 20 + 8 + 1) {
                    numbers.add((int) frame[42]);
                }
            }
        });
        return numbers;
    }

    @Test
    @Requirement("features G2")
    @Requirement("features G13")
    void channel_keepsWhatIsSent_andDeliversWhatIsInjected() throws StackException {
        ChannelLink channel = new ChannelLink(1500, MAC);
        UdpEndpoint endpoint = endpoint(channel);
        endpoint.bind(new FullAddress(LOCAL, 5));
        sent(channel);
        send(endpoint, 1);
        byte[][] frame = new byte[1][];
        stack.run(() -> frame[0] = channel.read());

        // The frame turned round: a datagram from the peer.
        byte[] back = frame[0].clone();
        System.arraycopy(frame[0], 0, back, 6, 6);
        System.arraycopy(frame[0], 6, back, 0, 6);
        System.arraycopy(frame[0], 26, back, 30, 4);
        System.arraycopy(frame[0], 30, back, 26, 4);
        System.arraycopy(frame[0], 34, back, 36, 2);
        System.arraycopy(frame[0], 36, back, 34, 2);
        stack.run(() -> channel.inject(back));
        ByteBuffer target = ByteBuffer.allocate(10);
        assertEquals(new FullAddress(PEER, 7), endpoint.receive(target));
        assertEquals(1, target.get(0));

        stack.run(() -> channel.injectInbound(PacketBuffer.copyOf(back)));
        assertEquals(new FullAddress(PEER, 7), endpoint.receive(target.clear()));
        assertNull(endpoint.receive(target.clear()));
    }

    @Test
    @Requirement("pain 7")
    void fullChannel_makesSendersWait_untilItIsRead() throws StackException {
        ChannelLink channel = new ChannelLink(1500, MAC, LinkEndpoint.Capabilities.PLAIN_ETHERNET, 2);
        UdpEndpoint endpoint = endpoint(channel);
        sent(channel);
        List<Integer> taken = new ArrayList<>();
        int number = 0;
        while (send(endpoint, number) != Endpoint.WOULD_BLOCK) {
            number++;
        }
        boolean[] told = new boolean[1];
        endpoint.setReadinessListener((who, readiness) -> told[0] = true);
        told[0] = false;
        while (taken.size() < number) {
            List<Integer> more = sent(channel);
            assertFalse(more.isEmpty());
            taken.addAll(more);
        }
        assertTrue(told[0]);
        for (int i = 0; i < number; i++) {
            assertEquals(i, taken.get(i));
        }
    }

    @Test
    @Requirement("features G10")
    void nested_seesBothWays() throws StackException {
        List<String> seen = new ArrayList<>();
        ChannelLink channel = new ChannelLink(1500, MAC);
        NestedLink nested = new NestedLink(channel) {
            @Override
            public boolean transmit(PacketBuffer frame) {
                seen.add("out " + frame.length());
                return super.transmit(frame);
            }

            @Override
            public void deliver(PacketBuffer frame) {
                seen.add("in " + frame.length());
                super.deliver(frame);
            }
        };
        UdpEndpoint endpoint = endpoint(nested);
        seen.clear();
        send(endpoint, 1);
        stack.run(() -> channel.inject(new byte[60]));

        assertEquals(List.of("out 43", "in 60"), seen);
        assertEquals(channel.mtuBytes(), nested.mtuBytes());
        assertEquals(channel.linkAddress(), nested.linkAddress());
        assertEquals(channel.capabilities(), nested.capabilities());
        endpoint.close();
    }

    @Test
    @Requirement("features F4")
    @Requirement("features G5")
    void fifo_sendsTogetherWhenTheCycleEnds_andLosesNothingWhenFull() throws StackException {
        ChannelLink channel = new ChannelLink(1500, MAC, LinkEndpoint.Capabilities.PLAIN_ETHERNET, 3);
        FifoLink fifo = new FifoLink(channel, 4);
        UdpEndpoint endpoint = endpoint(fifo);
        sent(channel);
        stack.run(() -> {
            try {
                send(endpoint, 0);
                send(endpoint, 1);
            } catch (StackException e) {
                throw new AssertionError(e);
            }
            assertEquals(2, fifo.size());
            assertEquals(0, channel.size());
        });
        assertEquals(0, fifo.size());
        assertEquals(2, channel.size());

        int number = 2;
        while (send(endpoint, number) != Endpoint.WOULD_BLOCK) {
            number++;
        }
        assertEquals(3, channel.size());
        assertEquals(4, fifo.size());
        List<Integer> all = new ArrayList<>();
        while (all.size() < number) {
            List<Integer> more = sent(channel);
            assertFalse(more.isEmpty());
            all.addAll(more);
        }
        for (int i = 0; i < number; i++) {
            assertEquals(i, all.get(i));
        }
        endpoint.close();
    }

    @Test
    void fifoThatIsClosed_letsGoOfWhatWaits() throws StackException {
        FifoLink fifo = new FifoLink(new ChannelLink(1500, MAC, LinkEndpoint.Capabilities.PLAIN_ETHERNET, 1), 10);
        UdpEndpoint endpoint = endpoint(fifo);
        for (int i = 0; i < 5; i++) {
            send(endpoint, i);
        }
        assertTrue(fifo.size() > 0);
    }

    @Test
    @Requirement("features G9")
    void muxed_sendsByDestination_toAllIfItIsForAll_andTakesFromEach() throws StackException {
        IpAddress other = IpAddress.parse("10.0.0.8");
        ChannelLink one = new ChannelLink(1500, MAC);
        ChannelLink two = new ChannelLink(1400, MAC);
        Map<IpAddress, InjectableLink> links = new LinkedHashMap<>();
        links.put(PEER, one);
        links.put(other, two);
        MuxedLink muxed = new MuxedLink(MAC, links);
        UdpEndpoint endpoint = endpoint(muxed);
        endpoint.bind(new FullAddress(LOCAL, 5));
        Nic nic = stack.findNic("eth0");
        assertNotNull(nic);
        nic.neighbors().setStatic(other, PEER_MAC);
        nic.neighbors().setStatic(IpAddress.parse("10.0.0.7"), PEER_MAC);
        assertEquals(1400, nic.mtuBytes());
        // The gratuitous ARP went to both.
        assertEquals(1, one.size());
        assertEquals(1, two.size());
        sent(one);
        sent(two);

        send(endpoint, 1);
        endpoint.send(ByteBuffer.wrap(new byte[] {2}), new FullAddress(other, 7));
        endpoint.send(ByteBuffer.wrap(new byte[] {3}), new FullAddress(IpAddress.parse("10.0.0.7"), 7));
        assertEquals(List.of(1), sent(one));
        assertEquals(List.of(2), sent(two));
        assertEquals(1, muxed.unknownDestinations());

        stack.run(() -> two.inject(new byte[60]));
        assertEquals(1, nic.statistics().receivedPackets());
    }

    @Test
    @Requirement("features G9")
    void frameInjectedOutbound_goesAroundTheStack() throws StackException {
        ChannelLink channel = new ChannelLink(1500, MAC);
        endpoint(channel);
        sent(channel);
        byte[] frame = new byte[20];
        stack.run(() -> assertTrue(channel.injectOutbound(PEER, PacketBuffer.copyOf(frame))));
        byte[][] read = new byte[1][];
        stack.run(() -> read[0] = channel.read());
        assertArrayEquals(frame, read[0]);
    }

    // --- What a link does for the stack

    /** Takes super-segments and completes checksums, or claims to; the other end believes so. */
    private static final class OffloadingLink extends NestedLink {
        private final int gsoMaxBytes;
        final List<PacketBuffer> seen = new ArrayList<>();

        OffloadingLink(LinkEndpoint inner, int gsoMaxBytes) {
            super(inner);
            this.gsoMaxBytes = gsoMaxBytes;
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities(true, true, gsoMaxBytes, true);
        }

        @Override
        public boolean transmit(PacketBuffer frame) {
            PacketBuffer noted = PacketBuffer.copyOf(frame.toArray());
            noted.checksumPartial = frame.checksumPartial;
            noted.gsoType = frame.gsoType;
            noted.gsoSize = frame.gsoSize;
            seen.add(noted);
            return super.transmit(frame);
        }

        @Override
        public void deliver(PacketBuffer frame) {
            frame.checksumValidated = true;
            super.deliver(frame);
        }
    }

    /** Sends 20,000 bytes of TCP over links that take super-segments of that size, and returns the sender's link. */
    private static OffloadingLink transferOver(int gsoMaxBytes, IpAddress left, IpAddress right) throws StackException {
        PipeLink.Pair cable = PipeLink.pair(1500);
        OffloadingLink link = new OffloadingLink(cable.left(), gsoMaxBytes);
        ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
        Ipv6Settings ipv6 = Ipv6Settings.DEFAULT.withDadTransmits(0);
        try (Stack sender = Stack.builder()
                        .clock(clock)
                        .rng(Rng.seeded(1))
                        .ipv6(ipv6)
                        .build();
                Stack receiver = Stack.builder()
                        .clock(clock)
                        .rng(Rng.seeded(2))
                        .ipv6(ipv6)
                        .build()) {
            sender.createNic("eth0", link).addAddress(left, 24);
            receiver.createNic("eth0", new OffloadingLink(cable.right(), gsoMaxBytes))
                    .addAddress(right, 24);
            Route route = sender.findRoute(new FullAddress(right, 0), null);
            assertNotNull(route);
            assertEquals(gsoMaxBytes, route.gsoMaxBytes());
            assertFalse(route.needsTransportChecksum());
            TcpListener listener = receiver.newTcpListener();
            listener.bind(new FullAddress(right, 80));
            listener.listen(1);
            TcpEndpoint client = sender.newTcpEndpoint();
            client.connect(new FullAddress(right, 80));
            Runnable settle = () -> {
                do {
                    sender.run(cable.left()::poll);
                    receiver.run(cable.right()::poll);
                } while (cable.left().isPending() || cable.right().isPending());
            };
            settle.run();
            TcpEndpoint server = listener.accept();
            assertNotNull(server);
            ByteBuffer source = ByteBuffer.allocate(20_000);
            ByteBuffer target = ByteBuffer.allocate(20_000);
            while (target.hasRemaining()) {
                client.write(source);
                settle.run();
                assertTrue(server.read(target) > 0);
            }
        }
        return link;
    }

    private static void isLeftToTheLink(int gsoType, IpAddress left, IpAddress right) throws StackException {
        OffloadingLink with = transferOver(65_536, left, right);
        List<PacketBuffer> supers =
                with.seen.stream().filter(frame -> frame.gsoSize > 0).toList();
        assertFalse(supers.isEmpty());
        for (PacketBuffer frame : supers) {
            assertEquals(gsoType, frame.gsoType);
            assertTrue(frame.length() > 1514 && frame.gsoSize < 1460, frame.length() + " bytes by " + frame.gsoSize);
        }
        assertTrue(with.seen.stream().anyMatch(frame -> frame.checksumPartial));

        OffloadingLink without = transferOver(0, left, right);
        assertTrue(without.seen.stream().allMatch(frame -> frame.length() <= 1514));
        assertTrue(without.seen.stream().allMatch(frame -> frame.gsoType == PacketBuffer.GSO_NONE));
    }

    @Test
    @Requirement("features F3")
    @Requirement("features F4")
    @Requirement("features F6")
    @Requirement("features F7")
    @Requirement("pain 6")
    void checksumsAndSegmentation_areLeftToALinkThatOffersThem() throws StackException {
        isLeftToTheLink(PacketBuffer.GSO_TCPV4, LOCAL, PEER);
        isLeftToTheLink(PacketBuffer.GSO_TCPV6, IpAddress.parse("fd00::1"), IpAddress.parse("fd00::2"));
    }

    @Test
    void wrongSetting_isRefusedByName() {
        assertName("maxQueued", () -> new FifoLink(new ChannelLink(1500, MAC), 0));
        assertName("mtuBytes", () -> new ChannelLink(67, MAC));
        assertName("byDestination", () -> new MuxedLink(MAC, Map.of()));
    }

    private static void assertName(String name, Executable wrong) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, wrong);
        assertTrue(String.valueOf(refused.getMessage()).startsWith(name), refused.getMessage());
    }

    /** A link that takes two frames and then none until it is asked again. */
    private static final class NarrowLink extends NestedLink {
        private int room = 2;
        private int refused;

        NarrowLink(LinkEndpoint inner) {
            super(inner);
        }

        @Override
        public boolean transmit(PacketBuffer frame) {
            if (room == 0) {
                refused++;
                return false;
            }
            room--;
            return super.transmit(frame);
        }

        void makeRoom() {
            room = 2;
            writable();
        }
    }

    /** A link without room has TCP wait, and is no loss: nothing is sent again and the window does not shrink. */
    @Test
    @Requirement("pain 7")
    void tcp_overALinkThatIsFull_losesNothing() throws StackException {
        PipeLink.Pair cable = PipeLink.pair(1500);
        NarrowLink narrow = new NarrowLink(cable.left());
        ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
        try (Stack sender = Stack.builder().clock(clock).rng(Rng.seeded(1)).build();
                Stack receiver = Stack.builder().clock(clock).rng(Rng.seeded(2)).build()) {
            sender.createNic("eth0", narrow).addAddress(LOCAL, 24);
            receiver.createNic("eth0", cable.right()).addAddress(PEER, 24);
            TcpListener listener = receiver.newTcpListener();
            listener.bind(new FullAddress(PEER, 80));
            listener.listen(1);
            TcpEndpoint client = sender.newTcpEndpoint();
            client.connect(new FullAddress(PEER, 80));
            TcpEndpoint server = null;
            ByteBuffer source = ByteBuffer.allocate(2_000_000);
            ByteBuffer target = ByteBuffer.allocate(64 * 1024);
            int read = 0;
            for (int turn = 0; turn < 5000 && read < source.capacity(); turn++) {
                clock.advanceNs(1_000_000);
                sender.run(() -> {
                    narrow.makeRoom();
                    cable.left().poll();
                });
                receiver.run(cable.right()::poll);
                server = server == null ? listener.accept() : server;
                if (server != null) {
                    client.write(source);
                    read += Math.max(0, server.read(target.clear()));
                }
            }
            assertEquals(source.capacity(), read);
            assertTrue(narrow.refused > 500, narrow.refused + " times without room");
            assertEquals(0, client.info().totalRetrans());
            assertEquals(0, sender.counters().drops(DropReason.EGRESS_QUEUE_FULL));
            assertTrue(client.info().sndCwnd() >= 10);
            client.abort();
            assertNotNull(server);
            server.abort();
            listener.close();
        }
    }
}
