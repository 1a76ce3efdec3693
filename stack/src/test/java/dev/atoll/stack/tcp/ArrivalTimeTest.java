package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an acknowledgment counts as arrived: when the link got it, however late its turn comes. */
class ArrivalTimeTest {
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");
    private static final long MS = 1_000_000;

    /** A busy program or machine makes no long path of a short one: neither in the handshake nor in the stream. */
    @Test
    @Requirement("pain 3")
    void roundTrip_ofAnAckThatWaited_isThatOfThePath() throws StackException {
        try (OneStack net = OneStack.ready();
                TcpEndpoint endpoint = net.stack.newTcpEndpoint()) {
            net.nic.addAddress(OURS, 24);
            net.nic.neighbors().setStatic(PEER, OneStack.PEER_MAC);
            net.frames();
            endpoint.connect(new FullAddress(PEER, 80));
            TcpSegment syn = onlySegment(net);
            net.clock.advanceNs(500 * MS);
            receive(net, syn, TcpSegment.SYN | TcpSegment.ACK, 1000, syn.seq() + 1, 450 * MS);
            assertEquals(50_000, endpoint.info().rtt());
            net.frames();
            endpoint.write(ByteBuffer.allocate(100));
            net.clock.advanceNs(190 * MS);
            receive(net, syn, TcpSegment.ACK, 1001, syn.seq() + 101, 140 * MS);
            assertEquals(50_000, endpoint.info().rtt());
            assertEquals(50_000, endpoint.info().minRtt());
            endpoint.abort();
        }
    }

    private static TcpSegment onlySegment(OneStack net) {
        List<byte[]> frames = net.frames();
        assertEquals(1, frames.size());
        return TcpSegment.decode(
                Ipv4Packet.decode(EthernetFrame.decode(frames.get(0)).payload()));
    }

    /** A segment that the link got that long ago. */
    private static void receive(OneStack net, TcpSegment syn, int flags, int seq, int ack, long waitedNs) {
        TcpSegment segment = new TcpSegment(80, syn.sourcePort(), seq, ack, flags, 60_000, 0, List.of(), Bytes.EMPTY);
        Ipv4Packet packet = Ipv4Packet.of(PEER, OURS, Ipv4Packet.TCP, segment.encode(PEER, OURS));
        byte[] frame = new EthernetFrame(TestLink.MAC, OneStack.PEER_MAC, EthernetFrame.IPV4, packet.encode())
                .encode()
                .toArray();
        net.stack.run(() -> {
            PacketBuffer buffer = net.link.pool().allocate(frame.length);
            buffer.data().put(buffer.append(frame.length), frame);
            buffer.arrivalNs = net.clock.nowNs() - waitedNs;
            net.link.deliver(buffer);
        });
    }
}
