package dev.atoll.stack.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Stack;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a bridge sends the frames of its links and of the stack above it (IEEE 802.1D section 7.7). */
class BridgeLinkTest {
    private static final long OWN = MacAddress.parse("02:00:00:00:00:01").bits();
    private static final long ANN = MacAddress.parse("02:00:00:00:00:0a").bits();
    private static final long BOB = MacAddress.parse("02:00:00:00:00:0b").bits();
    private static final long ALL = MacAddress.BROADCAST.bits();
    private static final int STACK = 3;

    /** A link whose end may be told. */
    private static final class Cable extends NestedLink {
        Cable(LinkEndpoint inner) {
            super(inner);
        }
    }

    private final StackSide above = new StackSide();
    private final List<ChannelLink> ends = new ArrayList<>();
    private final List<Cable> cables = new ArrayList<>();
    private final BridgeLink bridge;
    private int number;

    BridgeLinkTest() {
        for (int mtu : new int[] {1500, 1500, 1400}) {
            ChannelLink end = new ChannelLink(mtu, new MacAddress(OWN), LinkEndpoint.Capabilities.PLAIN_ETHERNET, 3);
            ends.add(end);
            cables.add(new Cable(end));
        }
        bridge = new BridgeLink(new MacAddress(OWN), List.copyOf(cables));
        bridge.attach(above);
    }

    @AfterEach
    void nothingLeaks() {
        bridge.close();
        assertEquals(0, above.pool().outstanding());
    }

    private static byte[] frame(long to, long from, int payload) {
        ByteBuffer frame = ByteBuffer.allocate(Ethernet.HEADER_BYTES + payload);
        Ethernet.write(frame, 0, to, from, 0x88b5);
        return frame.array();
    }

    /** Which of the links, and whether the stack, got a frame that comes in by one of them. */
    private List<Integer> arrives(int at, long to, long from) {
        ends.get(at).inject(frame(to, from, 46));
        return reached();
    }

    /** The same of one that the stack sends. */
    private List<Integer> sent(long to) {
        assertTrue(send(to));
        return reached();
    }

    private boolean send(long to) {
        byte[] bytes = frame(to, OWN, 46);
        PacketBuffer packet = above.pool().allocate(bytes.length);
        packet.data().put(packet.append(bytes.length), bytes);
        boolean taken = bridge.transmit(packet);
        packet.release();
        return taken;
    }

    private List<Integer> reached() {
        List<Integer> reached = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            while (ends.get(i).read() != null) {
                reached.add(i);
            }
        }
        for (; above.delivered > 0; above.delivered--) {
            reached.add(STACK);
        }
        return reached;
    }

    @Test
    @Requirement("features A14")
    void frame_goesWhereItsDestinationWasHeardOf_elseEverywhere() {
        assertEquals(List.of(1, 2), arrives(0, BOB, ANN));
        assertEquals(List.of(0), arrives(1, ANN, BOB));
        assertEquals(List.of(1), arrives(0, BOB, ANN));
        // Both are on the same link: it is no business of others.
        assertEquals(List.of(), arrives(1, BOB, BOB));
        assertEquals(List.of(0), sent(ANN));
        assertEquals(List.of(0, 1, 2), sent(OWN + 0x77));
        assertEquals(0, bridge.lostFrames());
    }

    @Test
    void frameForAllOrForTheStack_reachesTheStack() {
        assertEquals(List.of(1, 2, STACK), arrives(0, ALL, ANN));
        assertEquals(List.of(0, 1, STACK), arrives(2, 0x3333_0000_0001L, BOB));
        assertEquals(List.of(STACK), arrives(0, OWN, ANN));
        assertEquals(List.of(0, 1, 2), sent(ALL));
        // Spanning tree and its like end at the next bridge.
        assertEquals(List.of(STACK), arrives(0, 0x0180_c200_0000L, ANN));
        assertEquals(List.of(1, 2, STACK), arrives(0, 0x0180_c200_0010L, ANN));
    }

    @Test
    void host_thatMovesOrIsNotHeardOf_isFoundAgain() {
        arrives(0, ALL, ANN);
        assertEquals(List.of(0), sent(ANN));
        arrives(2, ALL, ANN);
        assertEquals(List.of(2), sent(ANN));
        above.advance(BridgeLink.AGEING_NS - 1);
        assertEquals(List.of(2), sent(ANN));
        above.advance(1);
        assertEquals(List.of(0, 1, 2), sent(ANN));
    }

    /** Nobody is a group, and nobody else has the stack's address. */
    @Test
    void impossibleSources_areNotLearned() {
        assertEquals(List.of(), arrives(0, BOB, ALL));
        assertEquals(List.of(), arrives(0, BOB, 0));
        assertEquals(2, bridge.lostFrames());
        arrives(1, ALL, OWN);
        assertEquals(List.of(STACK), arrives(0, OWN, ANN));
    }

    /** A link that is full is no reason for others to wait; only who sends to it alone does. */
    @Test
    void fullLink_losesWhatIsForAll_andHasTheStackWait() {
        arrives(0, ALL, ANN);
        for (int i = 0; i < 3; i++) {
            assertTrue(send(ANN));
        }
        assertFalse(send(ANN));
        assertTrue(send(ALL));
        assertEquals(1, bridge.lostFrames());
        int before = above.writable;
        assertEquals(List.of(0, 0, 0, 1, 2), reached());
        assertEquals(before + 1, above.writable);
    }

    @Test
    void frame_largerThanALinkCarries_isLostToThatLinkAlone() {
        assertEquals(1400, bridge.mtuBytes());
        ends.get(0).inject(frame(BOB, ANN, 1500));
        assertEquals(List.of(1), reached());
        assertEquals(1, bridge.lostFrames());
        ends.get(0).inject(frame(BOB, ANN, 1400));
        assertEquals(List.of(1, 2), reached());
    }

    @Test
    void linkThatFails_isLeftOut_andTheLastIsTold() {
        arrives(0, ALL, ANN);
        cables.get(0).linkFailed("cut");
        assertEquals(List.of(1, 2), sent(ANN));
        assertEquals(List.of(), above.failures);
        cables.get(1).linkFailed("cut");
        cables.get(2).linkFailed("burnt");
        assertEquals(List.of("burnt"), above.failures);
    }

    /** Whoever invents addresses makes others be flooded at worst. */
    @Test
    void table_isBounded_andKeepsWhoSpeaks() {
        BridgeTable table = new BridgeTable();
        for (int i = 1; i < 100_000; i++) {
            table.learn(i, 0, i);
        }
        table.learn(ANN, 1, 100_000);
        assertEquals(1, table.find(ANN, 100_001));
        assertEquals(0, table.find(99_999, 100_001));
        assertEquals(BridgeTable.UNKNOWN, table.find(1, 100_001));
        table.forget(0);
        assertEquals(BridgeTable.UNKNOWN, table.find(99_999, 100_001));
        assertEquals(1, table.find(ANN, 100_001));
    }

    @Test
    void linksThatDoNotGoTogether_areRefused() {
        MacAddress mac = new MacAddress(OWN);
        ChannelLink plain = new ChannelLink(1500, mac);
        ChannelLink ip = new ChannelLink(1500, mac, LinkEndpoint.Capabilities.PLAIN_IP, 1);
        ChannelLink supers = new ChannelLink(1500, mac, new LinkEndpoint.Capabilities(true, true, 65_536, true), 1);
        for (List<LinkEndpoint> links :
                List.<List<LinkEndpoint>>of(List.of(plain), List.of(plain, ip), List.of(plain, supers))) {
            assertThrows(IllegalArgumentException.class, () -> new BridgeLink(mac, links));
        }
    }

    /** What one link leaves to others to complete is complete on those that do not. */
    @Test
    void partialChecksum_isCompletedForLinksThatDoNot() {
        ChannelLink from =
                new ChannelLink(1500, new MacAddress(OWN), new LinkEndpoint.Capabilities(true, true, 0, true), 9);
        ChannelLink to = new ChannelLink(1500, new MacAddress(OWN));
        BridgeLink mixed = new BridgeLink(new MacAddress(OWN), List.of(from, to));
        assertFalse(mixed.capabilities().transmitChecksum());
        mixed.attach(above);
        byte[] bytes = frame(BOB, ANN, 20);
        bytes[14] = 0x12;
        PacketBuffer packet = above.pool().allocate(bytes.length);
        int at = packet.append(bytes.length);
        packet.data().put(at, bytes);
        packet.checksumPartial = true;
        packet.checksumStart = at + 14;
        packet.checksumOffset = 6;
        from.injectInbound(packet);
        byte[] out = to.read();
        assertNotNull(out);
        assertEquals(0xedff, ByteBuffer.wrap(out).getShort(20) & 0xffff);
        mixed.close();
    }

    /** Two hosts and the bridge's own stack, each of which talks to the others. */
    @Test
    void stacksOnABridge_reachEachOther() throws StackException {
        PipeLink.Pair one = PipeLink.pair(1500);
        PipeLink.Pair two = PipeLink.pair(1500);
        ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
        IpAddress left = IpAddress.parse("10.0.0.1");
        IpAddress right = IpAddress.parse("10.0.0.2");
        IpAddress middle = IpAddress.parse("10.0.0.3");
        try (Stack a = Stack.builder().clock(clock).rng(Rng.seeded(1)).build();
                Stack b = Stack.builder().clock(clock).rng(Rng.seeded(2)).build();
                Stack between = Stack.builder().clock(clock).rng(Rng.seeded(3)).build()) {
            a.createNic("eth0", one.left()).addAddress(left, 24);
            b.createNic("eth0", two.right()).addAddress(right, 24);
            BridgeLink both = new BridgeLink(MacAddress.parse("02:00:00:00:00:09"), List.of(one.right(), two.left()));
            between.createNic("br0", both).addAddress(middle, 24);
            Runnable settle = () -> {
                do {
                    a.run(one.left()::poll);
                    between.run(one.right()::poll);
                    between.run(two.left()::poll);
                    b.run(two.right()::poll);
                } while (one.left().isPending()
                        || one.right().isPending()
                        || two.left().isPending()
                        || two.right().isPending());
            };
            connect(a, left, b, right, settle);
            connect(b, right, between, middle, settle);
            connect(between, middle, a, left, settle);
            assertEquals(0, both.lostFrames());
        }
    }

    private void connect(Stack from, IpAddress source, Stack to, IpAddress destination, Runnable settle)
            throws StackException {
        int port = 80 + number++;
        try (TcpListener listener = to.newTcpListener();
                TcpEndpoint client = from.newTcpEndpoint()) {
            listener.bind(new FullAddress(destination, port));
            listener.listen(1);
            client.bind(new FullAddress(source, 0));
            client.connect(new FullAddress(destination, port));
            settle.run();
            try (TcpEndpoint server = listener.accept()) {
                assertNotNull(server);
                assertEquals(3, client.write(ByteBuffer.allocate(3)));
                settle.run();
                assertEquals(3, server.read(ByteBuffer.allocate(9)));
            }
            settle.run();
        }
    }
}
