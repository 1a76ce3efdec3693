package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Floods fill no table beyond its bound, and honest connections go on meanwhile. */
class FloodTest {
    private static final long SECOND = 1_000_000_000L;

    private static final IpAddress LOCAL = IpAddress.parse("10.0.0.1");
    private static final IpAddress ROUTER = IpAddress.parse("10.0.0.254");
    private static final int PORT = 80;
    private static final int BACKLOG = 128;

    /** 50,000 SYNs from forged addresses (RFC 4987 section 2); every thousandth peer is honest. */
    @Test
    @Requirement("features I4")
    @Requirement("pain 12")
    void synFlood_halfOpenConnectionsAreBounded_honestPeersAreServed() throws StackException {
        int honest = 50;
        int forgedBetween = 1000;
        try (OneStack net = new OneStack(Ipv6Settings.DEFAULT)) {
            net.nic.addAddress(LOCAL, 24);
            net.stack.routes().add(Subnet.V4_ALL, ROUTER, net.nic);
            resolveRouter(net);
            TcpListener listener = net.stack.newTcpListener();
            listener.bind(new FullAddress(LOCAL, PORT));
            listener.listen(BACKLOG);
            int served = 0;
            int mostEndpoints = 0;
            for (int i = 0; i < honest; i++) {
                for (int j = 0; j < forgedBetween; j++) {
                    syn(net, IpAddress.v4(0x0b00_0000 + i * forgedBetween + j));
                }
                net.frames();
                mostEndpoints = Math.max(mostEndpoints, net.stack.endpointCount());
                served += serve(net, listener, IpAddress.v4(0x0c00_0001 + i)) ? 1 : 0;
                net.advance(SECOND / 100);
            }
            assertEquals(honest, served, "honest peers served");
            // The listener, what may be half open and one more, and nothing else: accepted connections are closed.
            assertTrue(mostEndpoints <= 1 + BACKLOG + 1, mostEndpoints + " endpoints");
            long cookies = net.stack.counters().tcpCookiesSent;
            assertTrue(cookies >= (long) honest * forgedBetween - BACKLOG - 1, cookies + " cookies");
        }
    }

    private static void resolveRouter(OneStack net) {
        ArpPacket reply = new ArpPacket(ArpPacket.REPLY, OneStack.PEER_MAC, ROUTER, TestLink.MAC, LOCAL);
        syn(net, IpAddress.v4(0x0d00_0001)); // Its answer has the router asked for.
        net.send(TestLink.MAC, EthernetFrame.ARP, reply.encode());
        net.frames();
    }

    private static void syn(OneStack net, IpAddress from) {
        send(net, from, 0, 0, TcpSegment.SYN, List.of(new TcpOption.Mss(1460)), Bytes.EMPTY);
    }

    private static void send(
            OneStack net, IpAddress from, int seq, int ack, int flags, List<TcpOption> options, Bytes payload) {
        TcpSegment segment = new TcpSegment(4000, PORT, seq, ack, flags, 60_000, 0, options, payload);
        net.send(Ipv4Packet.of(from, LOCAL, Ipv4Packet.TCP, segment.encode(from, LOCAL)));
    }

    /** A peer that opens a connection, sends a request, and is done; true if the request was read. */
    private static boolean serve(OneStack net, TcpListener listener, IpAddress peer) throws StackException {
        syn(net, peer);
        List<byte[]> frames = net.frames();
        assertEquals(1, frames.size(), "a SYN is answered");
        TcpSegment answer = TcpSegment.decode(
                Ipv4Packet.decode(EthernetFrame.decode(frames.get(0)).payload()));
        int ack = answer.seq() + 1;
        Bytes request = Bytes.of(new byte[50]);
        send(net, peer, 1, ack, TcpSegment.ACK, List.of(), Bytes.EMPTY);
        send(net, peer, 1, ack, TcpSegment.ACK | TcpSegment.PSH, List.of(), request);
        TcpEndpoint accepted = listener.accept();
        if (accepted == null) {
            return false;
        }
        int bytes = accepted.read(ByteBuffer.allocate(100));
        accepted.abort();
        net.frames();
        return bytes == request.length();
    }

    /** 70,000 connections closed from this end within a minute: the most that are remembered is a bound of the stack. */
    @Test
    @Requirement("pain 12-2")
    void timeWaitFlood_rememberedConnectionsAreBounded_othersGoOn() throws StackException {
        int closed = 70_000;
        int ports = 4; // A client has 28,232 ports for each.
        try (TwoStacks net = new TwoStacks()) {
            TcpListener[] listeners = new TcpListener[ports];
            for (int i = 0; i < ports; i++) {
                listeners[i] = net.right.newTcpListener();
                listeners[i].bind(new FullAddress(IpAddress.V4_ANY, PORT + i));
                listeners[i].listen(10);
            }
            TcpEndpoint client = net.left.newTcpEndpoint();
            TcpEndpoint server = open(net, client, listeners[0]);
            for (int i = 0; i < closed; i++) {
                TcpEndpoint other = net.left.newTcpEndpoint();
                TcpListener listener = listeners[i * ports / closed];
                TcpEndpoint accepted = open(net, other, listener);
                accepted.close();
                net.settle();
                other.close();
                net.settle();
                if (i % 10_000 == 0) {
                    exchange(net, client, server);
                }
            }
            assertEquals(ports + 1 + TcpSettings.MAX_TIME_WAIT, net.right.endpointCount());
            exchange(net, client, server);
            exchange(net, server, client);
            net.runUntil(() -> false, 61 * SECOND);
            assertEquals(ports + 1, net.right.endpointCount());
        }
    }

    private static TcpEndpoint open(TwoStacks net, TcpEndpoint client, TcpListener listener) throws StackException {
        FullAddress bound = listener.localAddress();
        assertNotNull(bound);
        client.connect(new FullAddress(TwoStacks.RIGHT, bound.port()));
        assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND), "a connect is answered");
        TcpEndpoint server = listener.accept();
        assertNotNull(server);
        return server;
    }

    private static void exchange(TwoStacks net, TcpEndpoint from, TcpEndpoint to) throws StackException {
        assertEquals(100, from.write(ByteBuffer.allocate(100)));
        net.settle();
        assertEquals(100, to.read(ByteBuffer.allocate(200)));
    }
}
