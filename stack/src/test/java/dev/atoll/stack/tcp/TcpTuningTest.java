package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
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

    /** Sends until the window has grown, waits for some timeouts, and gives the window with which sending begins again. */
    private static int windowAfterIdleness(TcpTuning tuning) throws StackException {
        try (TwoStacks net = TwoStacks.withTcp(tuning)) {
            TcpListener listener = net.right.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
            listener.listen(10);
            TcpEndpoint client = net.left.newTcpEndpoint();
            client.connect(new FullAddress(TwoStacks.RIGHT, 80));
            assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND));
            TcpEndpoint server = Objects.requireNonNull(listener.accept());
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
}
