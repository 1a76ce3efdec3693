package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Settings that are not Linux's by default, for those who want the RFC's. */
class TcpTuningTest {
    private static final long SECOND = 1_000_000_000L;
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.2");

    private static OneStack listening(TcpTuning tuning) throws StackException {
        OneStack net = new OneStack(Ipv6Settings.DEFAULT, 1500, builder -> builder.tcp(tuning));
        net.nic.addAddress(OURS, 24);
        net.nic.neighbors().setStatic(PEER, OneStack.PEER_MAC);
        TcpListener listener = net.stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(10);
        net.frames();
        return net;
    }

    private static void send(OneStack net, int seq, int ack, int flags, List<TcpOption> options, String payload) {
        TcpSegment segment = new TcpSegment(5000, 80, seq, ack, flags, 1000, 0, options, Bytes.hex(payload));
        net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.TCP, segment.encode(PEER, OURS)));
    }

    /** The last segment that went out, or null if none did. */
    private static @Nullable TcpSegment last(OneStack net) {
        TcpSegment last = null;
        for (byte[] frame : net.frames()) {
            EthernetFrame decoded = EthernetFrame.decode(Bytes.of(frame));
            if (decoded.etherType() == EthernetFrame.IPV4) {
                last = TcpSegment.decode(Ipv4Packet.decode(decoded.payload()));
            }
        }
        return last;
    }

    @Test
    @Requirement("RFC 7323 2.3-3")
    void windowScale_beyondFourteen_isCounted() throws StackException {
        try (OneStack net = listening(new TcpTuning())) {
            send(net, 0, 0, TcpSegment.SYN, List.of(new TcpOption.WindowScale(14)), "");
            assertEquals(0, net.stack.counters().tcpWindowScalesTooLarge);
        }
        try (OneStack net = listening(new TcpTuning())) {
            send(net, 0, 0, TcpSegment.SYN, List.of(new TcpOption.WindowScale(15)), "");
            assertEquals(1, net.stack.counters().tcpWindowScalesTooLarge);
        }
    }

    private static @Nullable TcpSegment answerToTextWithoutTimestamp(OneStack net) {
        send(net, 0, 0, TcpSegment.SYN, List.of(new TcpOption.Timestamps(7, 0)), "");
        TcpSegment answer = there(last(net));
        List<TcpOption> stamp = List.of(new TcpOption.Timestamps(8, stampOf(answer)));
        send(net, 1, answer.seq() + 1, TcpSegment.ACK, stamp, "");
        send(net, 1, answer.seq() + 1, TcpSegment.ACK, List.of(), "0102");
        net.advance(SECOND);
        TcpSegment toUnstamped = last(net);
        if (toUnstamped == null) {
            send(net, 1, answer.seq() + 1, TcpSegment.ACK, stamp, "0102");
            net.advance(SECOND);
            assertEquals(3, there(last(net)).ack(), "with its timestamp it is taken");
        }
        return toUnstamped;
    }

    private static TcpSegment there(@Nullable TcpSegment segment) {
        return Objects.requireNonNull(segment, "a segment is sent");
    }

    private static int stampOf(TcpSegment segment) {
        for (TcpOption option : segment.options()) {
            if (option instanceof TcpOption.Timestamps stamp) {
                return stamp.value();
            }
        }
        throw new AssertionError("no timestamp in " + segment);
    }

    @Test
    @Requirement("RFC 7323 3.2-4")
    void segmentWithoutTimestamp_isDroppedWhereTheyAreRequired() throws StackException {
        TcpTuning tuning = new TcpTuning();
        try (OneStack net = listening(tuning)) {
            assertEquals(3, there(answerToTextWithoutTimestamp(net)).ack(), "by default it is taken");
        }
        tuning.timestampsRequired = true;
        try (OneStack net = listening(tuning)) {
            assertNull(answerToTextWithoutTimestamp(net));
            assertEquals(1, net.stack.counters().drops(DropReason.TCP_TIMESTAMPS_MISSING));
        }
    }

    /** The two ends of a connection between two stacks. */
    private record Ends(TcpEndpoint client, TcpEndpoint server) {
        static Ends connect(TwoStacks net) throws StackException {
            TcpListener listener = net.right.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
            listener.listen(10);
            TcpEndpoint client = net.left.newTcpEndpoint();
            client.connect(new FullAddress(TwoStacks.RIGHT, 80));
            assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND));
            return new Ends(client, Objects.requireNonNull(listener.accept()));
        }
    }

    /** Sends until the window has grown, waits for some timeouts, and gives the window with which sending begins again. */
    private static int windowAfterIdleness(TcpTuning tuning) throws StackException {
        try (TwoStacks net = TwoStacks.withTcp(tuning)) {
            Ends ends = Ends.connect(net);
            TcpEndpoint client = ends.client();
            TcpEndpoint server = ends.server();
            ByteBuffer text = ByteBuffer.allocate(400_000);
            ByteBuffer got = ByteBuffer.allocate(400_000);
            assertTrue(net.runUntil(
                    () -> {
                        try {
                            client.write(text);
                            server.read(got);
                        } catch (StackException e) {
                            throw new AssertionError(e);
                        }
                        return !got.hasRemaining();
                    },
                    10 * SECOND));
            assertTrue(
                    client.info().sndCwnd() > 40,
                    "the window has grown: " + client.info().sndCwnd());
            assertFalse(net.runUntil(() -> false, client.info().rto() * 1_500));
            client.write(ByteBuffer.allocate(1000));
            return client.info().sndCwnd();
        }
    }

    @Test
    @Requirement("RFC 5681 4.1-1")
    void restart_atTheInitialWindow_whereThatIsSet() throws StackException {
        TcpTuning tuning = new TcpTuning();
        assertTrue(windowAfterIdleness(tuning) > 10, "by default half of it is left after one timeout");
        tuning.restartAtInitialWindow = true;
        assertEquals(10, windowAfterIdleness(tuning));
    }

    private static TcpSegment keepalive(TcpTuning tuning) throws StackException {
        try (OneStack net = new OneStack(Ipv6Settings.DEFAULT, 1500, builder -> builder.tcp(tuning))) {
            net.nic.addAddress(OURS, 24);
            net.nic.neighbors().setStatic(PEER, OneStack.PEER_MAC);
            TcpEndpoint client = net.stack.newTcpEndpoint();
            client.bind(new FullAddress(OURS, 80));
            client.setOption(EndpointOption.SO_KEEPALIVE, true);
            client.setOption(EndpointOption.TCP_KEEPIDLE, 10);
            client.connect(new FullAddress(PEER, 5000));
            TcpSegment syn = there(last(net));
            send(net, 0, syn.seq() + 1, TcpSegment.SYN | TcpSegment.ACK, List.of(), "");
            net.frames();
            net.advance(11 * SECOND);
            TcpSegment probe = there(last(net));
            assertEquals(syn.seq(), probe.seq(), "before what the peer expects");
            return probe;
        }
    }

    @Test
    @Requirement("RFC 9293 MAY-6")
    void keepalive_carriesAnOctet_whereThatIsSet() throws StackException {
        TcpTuning tuning = new TcpTuning();
        assertEquals(0, keepalive(tuning).payload().length());
        tuning.keepaliveOctet = true;
        assertEquals(1, keepalive(tuning).payload().length());
    }

    /** Opens a connection with timestamps from the peer; what answers its SYN. */
    private static TcpSegment open(OneStack net) {
        send(net, 0, 0, TcpSegment.SYN, List.of(new TcpOption.Timestamps(7, 0)), "");
        TcpSegment answer = there(last(net));
        List<TcpOption> stamp = List.of(new TcpOption.Timestamps(8, stampOf(answer)));
        send(net, 1, answer.seq() + 1, TcpSegment.ACK, stamp, "");
        net.frames();
        return answer;
    }

    private static void sendReset(OneStack net, int ack, int echo) {
        send(net, 1, ack, TcpSegment.RST | TcpSegment.ACK, List.of(new TcpOption.Timestamps(9, echo)), "");
    }

    @Test
    @Requirement("RFC 7323 5.2-4")
    void resetThatEchoesWhatWasNotSent_isAskedBack_whereThatIsSet() throws StackException {
        TcpTuning tuning = new TcpTuning();
        try (OneStack net = listening(tuning)) {
            TcpSegment answer = open(net);
            sendReset(net, answer.seq() + 1, stampOf(answer) + 5000);
            assertEquals(1, net.stack.counters().tcpResetsReceived, "by default the sequence number decides");
        }
        tuning.checkResetEcho = true;
        for (int off : new int[] {5000, -1}) {
            try (OneStack net = listening(tuning)) {
                TcpSegment answer = open(net);
                sendReset(net, answer.seq() + 1, stampOf(answer) + off);
                assertEquals(0, net.stack.counters().tcpResetsReceived);
                assertEquals(1, net.stack.counters().tcpChallengeAcks);
                assertEquals(TcpSegment.ACK, there(last(net)).flags());
                sendReset(net, answer.seq() + 1, stampOf(answer));
                assertEquals(1, net.stack.counters().tcpResetsReceived, "one that echoes ours is heard");
            }
        }
    }

    /** What a connection becomes when a router says that the port its text goes to is unreachable. */
    private static TcpState afterHardError(TcpTuning tuning) throws StackException {
        try (OneStack net = new OneStack(Ipv6Settings.DEFAULT, 1500, builder -> builder.tcp(tuning))) {
            net.nic.addAddress(OURS, 24);
            net.nic.neighbors().setStatic(PEER, OneStack.PEER_MAC);
            TcpEndpoint client = net.stack.newTcpEndpoint();
            client.bind(new FullAddress(OURS, 80));
            client.connect(new FullAddress(PEER, 5000));
            TcpSegment syn = there(last(net));
            send(net, 0, syn.seq() + 1, TcpSegment.SYN | TcpSegment.ACK, List.of(), "");
            net.frames();
            client.write(ByteBuffer.allocate(100));
            List<byte[]> frames = net.frames();
            Bytes text = EthernetFrame.decode(Bytes.of(frames.get(frames.size() - 1)))
                    .payload();
            Bytes report = new IcmpMessage(IcmpMessage.UNREACHABLE, 3, 0, text).encode();
            net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.ICMP, report));
            StackException error = client.takeError();
            assertEquals(client.state() == TcpState.CLOSED, error != null && error.error() == StackError.REFUSED);
            return client.state();
        }
    }

    @Test
    @Requirement("RFC 9293 SHLD-26")
    void hardError_endsAnEstablishedConnection_whereThatIsSet() throws StackException {
        TcpTuning tuning = new TcpTuning();
        assertEquals(TcpState.ESTABLISHED, afterHardError(tuning));
        tuning.abortOnHardErrors = true;
        assertEquals(TcpState.CLOSED, afterHardError(tuning));
    }

    @Test
    @Requirement("RFC 7323 4.2-1")
    void measurementsThatShare_moveTheEstimateAsOne() {
        RttEstimator alone = new RttEstimator();
        RttEstimator together = new RttEstimator();
        alone.sample(10_000_000, 0);
        together.sample(10_000_000, 0);
        alone.sample(100_000_000, 0);
        for (int i = 0; i < 10; i++) {
            together.sample(100_000_000, 100_000_000, 10, 0);
        }
        assertEquals(alone.srttNs() / 1e6, together.srttNs() / 1e6, 1);
        assertEquals(alone.rttvarNs() / 1e6, together.rttvarNs() / 1e6, 4);
    }

    /** Smoothed round trip in milliseconds, 10 for each of many flights, and after one flight of 20 segments took 100. */
    private static long smoothedAfterASlowFlight(TcpTuning tuning) throws StackException {
        try (TwoStacks net = TwoStacks.withTcp(tuning)) {
            Ends ends = Ends.connect(net);
            TcpEndpoint client = ends.client();
            TcpEndpoint server = ends.server();
            Objects.requireNonNull(net.right.findNic("eth0")).setCoalescing(false);
            ByteBuffer got = ByteBuffer.allocate(20 * 1448);
            for (int flight = 0; flight < 100; flight++) {
                assertEquals(got.capacity(), client.write(ByteBuffer.allocate(got.capacity())));
                net.clock.advanceNs(SECOND / (flight < 99 ? 100 : 10));
                net.settle();
                server.read(got.clear());
            }
            return client.info().rtt() / 1000;
        }
    }

    @Test
    @Requirement("RFC 7323 4.2-1")
    void measurementsOfAFlight_weighAsMuchAsOne_whereThatIsSet() throws StackException {
        TcpTuning tuning = new TcpTuning();
        long each = smoothedAfterASlowFlight(tuning);
        assertTrue(each > 60, () -> "by default each has its weight, and it is " + each);
        tuning.weighRttByFlight = true;
        // The shares rise as the flight is answered: a tenth of an eighth, a ninth, and so on.
        double left = 1;
        for (int inFlight = 10; inFlight > 0; inFlight--) {
            left *= 1 - 1.0 / (8 * inFlight);
        }
        assertEquals(10 + 90 * (1 - left), (double) smoothedAfterASlowFlight(tuning), 3);
    }

    /** Writes more than the first window, the last byte urgent, and takes back what is left; how much was sent. */
    private static int sendThenDiscard(TcpEndpoint client) throws StackException {
        byte[] first = new byte[40_000];
        Arrays.fill(first, (byte) 1);
        assertEquals(first.length, client.write(ByteBuffer.wrap(first)));
        assertTrue(client.sendUrgent((byte) 2));
        int sent = 10 * 1448;
        assertEquals(first.length + 1 - sent, client.discardUnsent(), "all beyond the first window");
        return sent;
    }

    @Test
    @Requirement("RFC 9293 MAY-14")
    void discardUnsent_peerSeesWhatWasSentAndWhatIsWrittenThen() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Ends ends = Ends.connect(net);
            assertEquals(0, ends.client().discardUnsent(), "nothing was written");
            int sent = sendThenDiscard(ends.client());
            assertEquals(3, ends.client().write(ByteBuffer.wrap(new byte[] {3, 3, 3})));
            ends.client().shutdownWrite();
            ByteBuffer got = ByteBuffer.allocate(100_000);
            assertTrue(net.runUntil(() -> read(ends.server(), got) == Endpoint.END_OF_STREAM, 5 * SECOND));
            assertEquals(sent + 3, got.position());
            for (int i = 0; i < got.position(); i++) {
                assertEquals(i < sent ? 1 : 3, got.get(i));
            }
            assertEquals(0, ends.server().readiness() & Readiness.PRI);
        }
    }

    @Test
    @Requirement("RFC 9293 MAY-14")
    void discardUnsent_afterShutdown_finFollowsWhatWasSent() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Ends ends = Ends.connect(net);
            int sent = sendThenDiscard(ends.client());
            assertEquals(3, ends.client().write(ByteBuffer.wrap(new byte[] {3, 3, 3})));
            ends.client().shutdownWrite();
            assertEquals(3, ends.client().discardUnsent());
            ByteBuffer got = ByteBuffer.allocate(100_000);
            assertTrue(net.runUntil(() -> read(ends.server(), got) == Endpoint.END_OF_STREAM, 5 * SECOND));
            assertEquals(sent, got.position());
        }
    }

    /** The user timeout counts while something waits: what was taken back does not, however long ago that was. */
    @Test
    void discardUnsent_beforeAClosedWindow_endsTheWait() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Ends ends = Ends.connect(net);
            TcpEndpoint client = ends.client();
            client.setOption(EndpointOption.TCP_USER_TIMEOUT, 10_000);
            ByteBuffer text = ByteBuffer.allocate(1_000_000);
            assertFalse(net.runUntil(() -> write(client, text) > 0 && text.remaining() == 0, 5 * SECOND));
            assertTrue(client.info().sndWnd() < 1448 && client.discardUnsent() > 0, "the window is closed");
            assertFalse(net.runUntil(() -> false, 60 * SECOND));
            assertTrue(write(client, text) > 0);
            assertFalse(net.runUntil(() -> client.state() == TcpState.CLOSED, 5 * SECOND), "it waits anew");
            assertTrue(net.runUntil(() -> client.state() == TcpState.CLOSED, 10 * SECOND), "and not for ever");
        }
    }

    private static int write(TcpEndpoint endpoint, ByteBuffer from) {
        try {
            return endpoint.write(from);
        } catch (StackException e) {
            throw new AssertionError(e);
        }
    }

    private static int read(TcpEndpoint endpoint, ByteBuffer into) {
        try {
            return endpoint.read(into);
        } catch (StackException e) {
            throw new AssertionError(e);
        }
    }
}
