package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.protocol.TransportDisposition;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpForwardRequest;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.testing.Requirement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stack that is written to a stream and made again from it, with its peers none the wiser. */
class SaveRestoreTest {
    private static final IpAddress LOCAL = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.2");
    private static final IpAddress LOCAL6 = IpAddress.parse("fd00::1");
    private static final IpAddress PEER6 = IpAddress.parse("fd00::2");
    private static final MacAddress LOCAL_LINK = new MacAddress(0x02_00_00_00_00_01L);
    private static final MacAddress PEER_LINK = new MacAddress(0x02_00_00_00_00_02L);
    private static final long SECOND = 1_000_000_000L;

    private final ManualClock peerClock = new ManualClock(9_000 * SECOND, 0);
    private final ChannelLink peerEnd = new ChannelLink(1500, PEER_LINK);
    private final Stack peer = peer();

    private ManualClock clock = new ManualClock(1_000 * SECOND, 0);
    private ChannelLink end = new ChannelLink(1500, LOCAL_LINK);
    private Stack stack = stack(builder -> {});
    private int lives;
    private List<Endpoint> restored = List.of();

    private Stack peer() {
        Stack made = Stack.builder()
                .clock(peerClock)
                .rng(Rng.seeded(99))
                .ipv6(Ipv6Settings.DEFAULT.withDadTransmits(0))
                .build();
        return addressed(made, peerEnd, PEER, PEER6);
    }

    private Stack stack(Consumer<StackBuilder> more) {
        StackBuilder builder = Stack.builder()
                .clock(clock)
                .rng(Rng.seeded(1))
                .rawEndpoints(true)
                .ipv6(Ipv6Settings.DEFAULT.withDadTransmits(0));
        more.accept(builder);
        return addressed(builder.build(), end, LOCAL, LOCAL6);
    }

    private static Stack addressed(Stack made, ChannelLink link, IpAddress address, IpAddress address6) {
        try {
            Nic nic = made.createNic("eth0", link);
            nic.addAddress(address, 24);
            nic.addAddress(address6, 64);
            return made;
        } catch (StackException e) {
            throw new AssertionError(e);
        }
    }

    /** The stack under test is another, made so; nothing had happened to the first. */
    private void begin(Consumer<StackBuilder> more) {
        stack.close();
        end = new ChannelLink(1500, LOCAL_LINK);
        stack = stack(more);
    }

    @AfterEach
    void leavesNothing() {
        stack.close();
        peer.close();
        assertEquals(0, stack.packetsOutstanding());
        assertEquals(0, peer.packetsOutstanding());
    }

    private byte[] saved(Endpoint... endpoints) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        stack.save(out, List.of(endpoints));
        return out.toByteArray();
    }

    /** The stack ends here and goes on elsewhere, in time that has nothing to do with this one's. */
    private void move(Endpoint... endpoints) throws IOException {
        move(builder -> {}, LOCAL_LINK, endpoints);
    }

    private void move(Consumer<StackBuilder> more, MacAddress linkAddress, Endpoint... endpoints) throws IOException {
        byte[] saved = saved(endpoints);
        List<byte[]> onTheWire = new ArrayList<>();
        for (byte[] frame = end.read(); frame != null; frame = end.read()) {
            onTheWire.add(frame);
        }
        stack.close();
        for (Endpoint endpoint : endpoints) {
            endpoint.close();
        }
        assertEquals(0, stack.packetsOutstanding());
        lives++;
        clock = new ManualClock(5L * lives * SECOND, 0);
        ChannelLink link = new ChannelLink(1500, linkAddress);
        end = link;
        StackBuilder builder = Stack.builder().clock(clock).rng(Rng.seeded(lives));
        more.accept(builder);
        RestoredStack result = builder.restore(new ByteArrayInputStream(saved), name -> link);
        stack = result.stack();
        restored = result.endpoints();
        peer.run(() -> onTheWire.forEach(peerEnd::inject));
    }

    private <T extends Endpoint> T again(T before, Class<T> type) {
        for (Endpoint endpoint : restored) {
            if (endpoint.uniqueId() == before.uniqueId()) {
                return type.cast(endpoint);
            }
        }
        throw new AssertionError("endpoint " + before.uniqueId() + " is gone");
    }

    private void carry() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (byte[] frame = end.read(); frame != null; frame = end.read()) {
                byte[] crossing = frame;
                peer.run(() -> peerEnd.inject(crossing));
                moved = true;
            }
            for (byte[] frame = peerEnd.read(); frame != null; frame = peerEnd.read()) {
                byte[] crossing = frame;
                stack.run(() -> end.inject(crossing));
                moved = true;
            }
        }
    }

    /** Lets as much time pass on both sides. */
    private void pass(long spanNs) {
        clock.advanceNs(spanNs);
        peerClock.advanceNs(spanNs);
        stack.run(() -> {});
        peer.run(() -> {});
        carry();
    }

    private TcpListener listener(Stack on, IpAddress address) throws StackException {
        TcpListener listener = on.newTcpListener();
        listener.bind(new FullAddress(address, 80));
        listener.listen(10);
        return listener;
    }

    private TcpEndpoint connect(Stack from, IpAddress to) throws StackException {
        TcpEndpoint endpoint = from.newTcpEndpoint();
        endpoint.connect(new FullAddress(to, 80));
        carry();
        return endpoint;
    }

    private static ByteBuffer pattern(int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            bytes.put(i, (byte) (i * 31 + (i >>> 8)));
        }
        return bytes;
    }

    private static String text(TcpEndpoint endpoint) throws StackException {
        ByteBuffer target = ByteBuffer.allocate(100);
        int length = endpoint.read(target);
        return length < 0 ? "(" + length + ")" : new String(target.array(), 0, length, StandardCharsets.UTF_8);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    // --- TCP

    @Test
    @Requirement("features A15")
    void connection_movedAgainAndAgainInMidFlow_deliversEveryByteBothWays() throws IOException {
        for (IpAddress to : List.of(PEER, PEER6)) {
            TcpListener listener = listener(peer, to);
            TcpEndpoint mine = connect(stack, to);
            TcpEndpoint theirs = present(listener.accept());
            listener.close();
            ByteBuffer out = pattern(600_000);
            ByteBuffer in = pattern(500_000);
            ByteBuffer received = ByteBuffer.allocate(out.capacity());
            ByteBuffer sent = ByteBuffer.allocate(in.capacity());
            int rounds = 0;
            while (received.hasRemaining() || sent.hasRemaining()) {
                mine.write(out);
                theirs.write(in);
                loseSome(rounds);
                // In flight: what each has sent, lost in part, and not acknowledged.
                move();
                mine = again(mine, TcpEndpoint.class);
                carry();
                read(mine, sent);
                read(theirs, received);
                pass(rounds % 3 == 0 ? 300_000_000 : 1_000_000);
                assertTrue(++rounds < 2000, "it goes on: " + received + ", " + sent);
            }
            assertArrayEquals(pattern(600_000).array(), received.array());
            assertArrayEquals(pattern(500_000).array(), sent.array());
            assertTrue(rounds > 10, "moved " + rounds + " times");
            mine.close();
            theirs.close();
            carry();
            pass(61 * SECOND);
        }
        assertEquals(0, stack.endpointCount());
    }

    private static void read(TcpEndpoint endpoint, ByteBuffer target) throws StackException {
        int before = target.limit();
        target.limit(Math.min(before, target.position() + 20_000));
        endpoint.read(target);
        target.limit(before);
    }

    private void loseSome(int round) {
        if (round % 4 == 1) {
            end.read();
        } else if (round % 4 == 2) {
            peerEnd.read();
        }
    }

    private static <T> T present(@Nullable T value) {
        assertNotNull(value);
        return value;
    }

    @Test
    void connection_isWhatItWas() throws IOException {
        TcpListener listener = listener(peer, PEER);
        TcpEndpoint mine = stack.newTcpEndpoint();
        mine.setOption(EndpointOption.TCP_NODELAY, true);
        mine.setOption(EndpointOption.SO_KEEPALIVE, true);
        mine.setOption(EndpointOption.TCP_CONGESTION, "reno");
        mine.connect(new FullAddress(PEER, 80));
        carry();
        TcpEndpoint theirs = present(listener.accept());
        theirs.write(bytes("unread"));
        carry();
        FullAddress local = mine.localAddress();
        String info = mine.info().toString();

        move();
        TcpEndpoint after = again(mine, TcpEndpoint.class);
        assertEquals(local, after.localAddress());
        assertEquals(new FullAddress(PEER, 80), after.remoteAddress());
        assertEquals(TcpState.ESTABLISHED, after.state());
        assertEquals(info, after.info().toString());
        assertEquals(true, after.getOption(EndpointOption.TCP_NODELAY));
        assertEquals(true, after.getOption(EndpointOption.SO_KEEPALIVE));
        assertEquals("reno", after.getOption(EndpointOption.TCP_CONGESTION));
        assertEquals(Readiness.IN | Readiness.OUT, after.readiness());
        assertEquals("unread", text(after));
    }

    @Test
    @Requirement("pain 15")
    void listener_takesConnections_thoseThatWaitedAndThoseHalfOpen() throws IOException {
        TcpListener listener = listener(stack, IpAddress.V6_ANY);
        TcpEndpoint waiting = connect(peer, LOCAL);
        TcpEndpoint halfOpen = peer.newTcpEndpoint();
        halfOpen.connect(new FullAddress(LOCAL6, 80));
        for (byte[] frame = peerEnd.read(); frame != null; frame = peerEnd.read()) {
            byte[] crossing = frame;
            stack.run(() -> end.inject(crossing));
        }
        stack.run(() -> {});
        move();
        TcpListener after = again(listener, TcpListener.class);
        assertEquals(Readiness.IN, after.readiness());
        TcpEndpoint first = present(after.accept());
        assertNull(after.accept());
        pass(SECOND);
        pass(SECOND);
        TcpEndpoint second = present(after.accept());
        connect(peer, LOCAL6);
        assertNotNull(after.accept(), "a new one");
        waiting.write(bytes("one"));
        halfOpen.write(bytes("two"));
        carry();
        assertEquals("one", text(first));
        assertEquals("two", text(second));
    }

    @Test
    void connectionWithoutEndpoint_stillDeliversWhatWasWritten_andEnds() throws IOException {
        TcpListener listener = listener(peer, PEER);
        TcpEndpoint mine = connect(stack, PEER);
        TcpEndpoint theirs = present(listener.accept());
        mine.write(pattern(10_000));
        mine.close();
        end.read();
        move();
        assertEquals(List.of(), restored);
        assertTrue(stack.isDelivering());
        for (int i = 0; i < 5; i++) {
            pass(SECOND);
        }
        ByteBuffer target = ByteBuffer.allocate(10_000);
        theirs.read(target);
        assertArrayEquals(pattern(10_000).array(), target.array());
        assertEquals("(-1)", text(theirs));
        assertFalse(stack.isDelivering());
        theirs.close();
        carry();
        pass(SECOND);
        assertEquals(
                TcpState.TIME_WAIT,
                Objects.requireNonNull(stack.endpoints().get(0).state()));
        move();
        pass(61 * SECOND);
        assertEquals(0, stack.endpointCount(), "TIME_WAIT ends in its time");
    }

    @Test
    void peerLeftAlone_givesUpWhenItWouldHave() throws IOException {
        TcpTuning tuning = stack.tcp();
        tuning.synRetries = 2;
        stack.setTcp(tuning);
        stack.nics().get(1).neighbors().setStatic(PEER, PEER_LINK);
        TcpEndpoint nobody = stack.newTcpEndpoint();
        nobody.connect(new FullAddress(IpAddress.parse("10.0.0.2"), 81));
        while (end.read() != null) {
            // Never arrives.
        }
        clock.advanceNs(3_500_000_000L);
        stack.run(() -> {});
        move();
        assertEquals(2, stack.tcp().synRetries);
        TcpEndpoint after = again(nobody, TcpEndpoint.class);
        assertEquals(0, after.readiness());
        clock.advanceNs(2_000_000_000L);
        stack.run(() -> {});
        clock.advanceNs(3_900_000_000L);
        stack.run(() -> {});
        assertEquals(TcpState.SYN_SENT, after.state());
        clock.advanceNs(200_000_000L);
        stack.run(() -> {});
        StackException error = present(after.takeError());
        assertEquals(StackError.TIMED_OUT, error.error());
    }

    @Test
    void endpointsThatNobodyElseKnows_areSavedIfTheyAreNamed() throws IOException {
        TcpEndpoint fresh = stack.newTcpEndpoint();
        fresh.setOption(EndpointOption.SO_SNDBUF, 20_000);
        TcpListener bound = stack.newTcpListener();
        bound.bind(new FullAddress(LOCAL, 99));
        UdpEndpoint unbound = stack.newUdpEndpoint();
        unbound.setOption(EndpointOption.IP_TOS, 8);
        TcpEndpoint forgotten = stack.newTcpEndpoint();
        TcpListener listener = listener(peer, PEER);
        TcpEndpoint ended = connect(stack, PEER);
        TcpEndpoint theirs = present(listener.accept());
        theirs.write(bytes("last words"));
        carry();
        theirs.abort();
        carry();
        TcpEndpoint closed = stack.newTcpEndpoint();
        closed.close();

        move(fresh, bound, unbound, ended, closed);
        assertEquals(4, restored.size());
        assertFalse(restored.stream().anyMatch(each -> each.uniqueId() == forgotten.uniqueId()));
        assertEquals(20_000, again(fresh, TcpEndpoint.class).getOption(EndpointOption.SO_SNDBUF));
        assertEquals(8, again(unbound, UdpEndpoint.class).getOption(EndpointOption.IP_TOS));
        again(bound, TcpListener.class).listen(1);
        TcpEndpoint client = peer.newTcpEndpoint();
        client.connect(new FullAddress(LOCAL, 99));
        carry();
        assertNotNull(again(bound, TcpListener.class).accept());
        TcpEndpoint after = again(ended, TcpEndpoint.class);
        assertEquals("last words", text(after));
        assertEquals(
                StackError.RESET,
                assertThrows(StackException.class, () -> text(after)).error());
        assertTrue(stack.newTcpEndpoint().uniqueId() > closed.uniqueId(), "numbers go on");
    }

    // --- Messages

    @Test
    void messagesThatWait_areRead_withTheirSenders() throws IOException {
        UdpEndpoint mine = stack.newUdpEndpoint();
        mine.bind(new FullAddress(IpAddress.V6_ANY, 53));
        UdpEndpoint theirs = peer.newUdpEndpoint();
        theirs.bind(new FullAddress(IpAddress.V6_ANY, 54));
        theirs.send(bytes("four"), new FullAddress(LOCAL, 53));
        theirs.send(bytes("six"), new FullAddress(LOCAL6, 53));
        carry();
        move();
        UdpEndpoint after = again(mine, UdpEndpoint.class);
        assertEquals(Readiness.IN | Readiness.OUT, after.readiness());
        ByteBuffer target = ByteBuffer.allocate(10);
        assertEquals(new FullAddress(PEER, 54), after.receive(target));
        assertEquals("four", new String(target.array(), 0, target.position(), StandardCharsets.UTF_8));
        assertEquals(new FullAddress(PEER6, 54), after.receive(target.clear()));
        assertNull(after.receive(target.clear()));
        after.send(bytes("back"), new FullAddress(PEER, 54));
        carry();
        assertEquals(new FullAddress(LOCAL, 53), theirs.receive(target.clear()));
    }

    @Test
    void group_isStillListenedTo_andLeft() throws IOException {
        IpAddress group = IpAddress.parse("239.1.2.3");
        UdpEndpoint mine = stack.newUdpEndpoint();
        mine.bind(new FullAddress(IpAddress.V4_ANY, 5000));
        mine.joinGroup(group, 2, PEER);
        carry();
        move();
        UdpEndpoint after = again(mine, UdpEndpoint.class);
        assertTrue(stack.nics().get(1).groups().contains(group));
        UdpEndpoint theirs = peer.newUdpEndpoint();
        theirs.send(bytes("all"), new FullAddress(2, group, 5000));
        carry();
        assertNotNull(after.receive(ByteBuffer.allocate(10)));
        after.close();
        assertFalse(stack.nics().get(1).groups().contains(group));
    }

    // --- What a process brings

    @Test
    @Requirement("features A15")
    @Requirement("pain 15")
    void settings_areThoseThatWereSaved() throws IOException {
        stack.setDefaultTtl(true, 7);
        stack.icmpLimit().setPerSecond(5);
        RouteOptions options = new RouteOptions(7, LOCAL, 1400, true, 1000, 4);
        stack.routes().add(Subnet.parse("192.0.2.0/24"), PEER, stack.nics().get(1), options);
        move();
        assertEquals(
                options,
                stack.routes().list().stream()
                        .filter(entry -> entry.destination().equals(Subnet.parse("192.0.2.0/24")))
                        .findFirst()
                        .orElseThrow()
                        .options());
        assertEquals(7, stack.defaultTtl(true));
        assertEquals(5, stack.icmpLimit().perSecond());
        assertTrue(stack.protocols().contains(Protocol.IPV6));
        assertEquals(
                PEER,
                present(stack.findRoute(new FullAddress(IpAddress.parse("192.0.2.1"), 0), null))
                        .nextHop());
        assertNotNull(stack.newRawEndpoint(true, 99));
        Nic nic = present(stack.findNic("eth0"));
        assertEquals(2, nic.id());
        assertTrue(nic.isEnabled());
        assertEquals(
                3,
                present(stack.createNic("eth1", new ChannelLink(1500, PEER_LINK)))
                        .id());
    }

    @Test
    @Requirement("RFC 4861 7.2.6-1")
    void otherLinkAddress_isAnnounced_andTheConnectionGoesOn() throws IOException {
        for (IpAddress to : List.of(PEER, PEER6)) {
            TcpListener listener = listener(peer, to);
            TcpEndpoint mine = connect(stack, to);
            TcpEndpoint theirs = present(listener.accept());
            listener.close();
            move(builder -> {}, new MacAddress(0x02_00_00_00_77_00L + lives));
            carry();
            // The peer speaks first: it must know by now where to.
            theirs.write(bytes("hello"));
            carry();
            assertEquals("hello", text(again(mine, TcpEndpoint.class)));
        }
    }

    @Test
    void nicWithoutALink_endsTheRestoring() throws IOException {
        byte[] saved = saved();
        StackException error = assertThrows(StackException.class, () -> Stack.builder()
                .clock(clock)
                .rng(Rng.seeded(1))
                .restore(new ByteArrayInputStream(saved), name -> null));
        assertEquals(StackError.UNKNOWN_NIC, error.error());
        assertEquals("No such device (there is no link for eth0)", error.getMessage());
    }

    @Test
    void damagedStream_isRefused_andSaysWhy() throws IOException {
        byte[] saved = saved();
        saved[saved.length / 2] ^= 1;
        StackException error = assertThrows(StackException.class, () -> Stack.builder()
                .clock(clock)
                .rng(Rng.seeded(1))
                .restore(new ByteArrayInputStream(saved), name -> end));
        assertEquals("Invalid argument (the saved stack is damaged: its checksum does not match)", error.getMessage());
    }

    @Test
    void closedStack_andEndpointsOfOthers_cannotBeSaved() throws IOException {
        TcpEndpoint others = peer.newTcpEndpoint();
        assertThrows(IllegalArgumentException.class, () -> saved(others));
        others.close();
        stack.close();
        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, this::saved).error());
    }

    @Test
    void savedStack_livesOn() throws IOException {
        TcpListener listener = listener(peer, PEER);
        TcpEndpoint mine = connect(stack, PEER);
        TcpEndpoint theirs = present(listener.accept());
        mine.write(bytes("before "));
        assertTrue(saved().length > 0);
        mine.write(bytes("and after"));
        carry();
        assertEquals("before and after", text(theirs));
    }

    @Test
    void requestThatWaits_isAskedAboutAgain() throws IOException {
        List<TcpForwardRequest> asked = new ArrayList<>();
        begin(builder -> builder.tcpForwarder(5, asked::add));
        TcpEndpoint theirs = connect(peer, LOCAL);
        assertEquals(1, asked.size());
        move(builder -> builder.tcpForwarder(5, asked::add), LOCAL_LINK);
        assertEquals(2, asked.size());
        TcpEndpoint mine = asked.get(1).accept();
        carry();
        mine.write(bytes("yes"));
        carry();
        assertEquals("yes", text(theirs));
    }

    /** Counts what it gets. */
    private static final class Tally implements TransportProtocol {
        int packets;

        @Override
        public int protocolNumber() {
            return 253;
        }

        @Override
        public TransportDisposition receive(PacketBuffer packet) {
            packets++;
            return TransportDisposition.HANDLED;
        }

        @Override
        public void archive(Archive archive) {
            packets = archive.int32(packets);
        }
    }

    @Test
    void ownProtocol_goesOnWithItsState_andHasToBeThere() throws IOException {
        begin(builder -> builder.transportProtocol(new Tally()));
        byte[] saved = saved();
        StackException error = assertThrows(StackException.class, () -> Stack.builder()
                .clock(clock)
                .rng(Rng.seeded(1))
                .restore(new ByteArrayInputStream(saved), name -> new ChannelLink(1500, LOCAL_LINK)));
        assertTrue(
                Objects.requireNonNull(error.getMessage()).contains("the stack had protocol 253"), error::getMessage);
        Tally tally = new Tally();
        tally.packets = 5;
        move(builder -> builder.transportProtocol(tally), LOCAL_LINK);
        assertEquals(0, tally.packets);
    }

    private static List<String> frames(ChannelLink link) {
        List<String> frames = new ArrayList<>();
        for (byte[] frame = link.read(); frame != null; frame = link.read()) {
            frames.add(HexFormat.of().formatHex(frame));
        }
        return frames;
    }

    /** The new link has room and never had none, so it says nothing of it. */
    @Test
    void framesThatWaitedForTheLink_goOut() throws IOException {
        stack.close();
        end = new ChannelLink(1500, LOCAL_LINK);
        stack = stack(builder -> {});
        List<String> all = frames(end);
        stack.close();
        end = new ChannelLink(1500, LOCAL_LINK, LinkEndpoint.Capabilities.PLAIN_ETHERNET, 1);
        stack = stack(builder -> {});
        byte[] saved = saved();
        stack.close();
        end = new ChannelLink(1500, LOCAL_LINK);
        StackBuilder builder = Stack.builder().clock(clock).rng(Rng.seeded(7));
        stack = builder.restore(new ByteArrayInputStream(saved), name -> end).stack();
        assertTrue(all.size() > 1, all.toString());
        assertEquals(all.subList(1, all.size()), frames(end));
    }
}
