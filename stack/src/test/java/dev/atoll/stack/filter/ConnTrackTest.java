package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.FIN;
import static dev.atoll.stack.filter.Packets.RST;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.contract.Allocation;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnTrackTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ConnTrack table = new ConnTrack(7);
    private final PacketContext context = new PacketContext();
    private long nowNs = Long.MAX_VALUE - 1000 * SECOND;

    /** Tracks a packet that the rules accept. */
    private ConnState pass(PacketBuffer packet) {
        ConnState state = look(packet);
        assertTrue(table.confirm(packet, nowNs));
        return state;
    }

    private ConnState look(PacketBuffer packet) {
        return look(packet, Hook.OUTPUT);
    }

    private ConnState look(PacketBuffer packet, Hook hook) {
        context.begin(hook, packet, null, "eth0", nowNs);
        table.track(context);
        return context.connState();
    }

    private ConnState out(int flags) {
        return pass(Packets.tcp(CLIENT, 40000, SERVER, 80, flags));
    }

    private ConnState in(int flags) {
        return pass(Packets.tcp(SERVER, 80, CLIENT, 40000, flags));
    }

    private void after(long seconds) {
        nowNs += seconds * SECOND;
    }

    @Test
    @Requirement("features J10")
    void tcp_handshakeAndClose_asABystanderSeesIt() {
        assertEquals(ConnState.NEW, out(SYN));
        assertEquals(ConnState.NEW, out(SYN));
        assertEquals(ConnState.ESTABLISHED, in(SYN | ACK));
        assertEquals(ConnState.ESTABLISHED, out(ACK));
        assertEquals(ConnState.ESTABLISHED, in(ACK));
        assertEquals(ConnState.ESTABLISHED, out(FIN | ACK));
        assertEquals(ConnState.ESTABLISHED, in(ACK));
        assertEquals(ConnState.ESTABLISHED, in(FIN | ACK));
        assertEquals(ConnState.ESTABLISHED, out(ACK));
        assertEquals(1, table.stats().flows());
        after(119);
        assertEquals(ConnState.ESTABLISHED, out(ACK));
        after(120);
        // TIME_WAIT is over; an ACK is then picked up as Linux does with nf_conntrack_tcp_loose.
        assertEquals(ConnState.NEW, out(ACK));
    }

    @Test
    void tcp_synAckWithoutSyn_isInvalid() {
        assertEquals(ConnState.INVALID, in(SYN | ACK));
        assertEquals(ConnState.INVALID, in(RST));
        assertEquals(ConnState.INVALID, in(FIN | ACK));
        assertEquals(3, table.stats().invalid());
        assertEquals(0, table.stats().flows());
    }

    @Test
    void tcp_impossibleFlags_areInvalid() {
        for (int flags : new int[] {0, SYN | FIN, SYN | RST, FIN, SYN | FIN | ACK, SYN | ACK | 0x20, RST | 0x20}) {
            assertEquals(ConnState.INVALID, out(flags), "flags " + flags);
        }
        // PSH, ECE and CWR say nothing about the connection.
        assertEquals(ConnState.NEW, out(SYN | 0xc0));
    }

    @Test
    void tcp_refused_isForgottenAtOnce() {
        assertEquals(ConnState.NEW, out(SYN));
        assertEquals(ConnState.ESTABLISHED, in(RST | ACK));
        assertEquals(0, table.stats().flows());
        assertEquals(ConnState.NEW, out(SYN));
    }

    @Test
    void tcp_resetOfAnEstablishedConnection_closesIt_andSynReopens() {
        out(SYN);
        in(SYN | ACK);
        out(ACK);
        assertEquals(ConnState.ESTABLISHED, in(RST));
        assertEquals(1, table.stats().flows());
        assertEquals(ConnState.NEW, out(SYN));
        assertEquals(1, table.stats().flows());
        after(11);
        assertEquals(ConnState.ESTABLISHED, in(SYN | ACK));
    }

    @Test
    void tcp_synOfTheOtherSideInTimeWait_beginsANewFlow() {
        out(SYN);
        in(SYN | ACK);
        out(ACK);
        out(FIN | ACK);
        in(FIN | ACK);
        out(ACK);
        assertEquals(ConnState.NEW, in(SYN));
        assertEquals(ConnState.ESTABLISHED, out(SYN | ACK));
    }

    @Test
    void tcp_simultaneousOpen() {
        assertEquals(ConnState.NEW, out(SYN));
        assertEquals(ConnState.ESTABLISHED, in(SYN));
        assertEquals(ConnState.ESTABLISHED, out(SYN | ACK));
        assertEquals(ConnState.ESTABLISHED, in(SYN | ACK));
        assertEquals(ConnState.ESTABLISHED, out(ACK));
    }

    @Test
    void tcp_wrongTurns_areInvalidOrIgnored() {
        out(SYN);
        assertEquals(ConnState.INVALID, out(ACK));
        assertEquals(ConnState.INVALID, in(FIN | ACK));
        assertEquals(ConnState.ESTABLISHED, in(ACK));
        in(SYN | ACK);
        out(ACK);
        assertEquals(ConnState.INVALID, out(SYN | ACK));
        assertEquals(ConnState.INVALID, in(SYN));
        assertEquals(ConnState.ESTABLISHED, in(SYN | ACK));
        assertEquals(ConnState.ESTABLISHED, out(SYN));
    }

    @Test
    void tcp_pickedUpInTheMiddle_isNewUntilAnswered() {
        assertEquals(ConnState.NEW, out(ACK));
        assertEquals(ConnState.NEW, out(ACK));
        after(299);
        assertEquals(ConnState.NEW, out(ACK));
        assertEquals(ConnState.ESTABLISHED, in(ACK));
        assertEquals(ConnState.ESTABLISHED, out(ACK));
        after(5 * 24 * 3600 - 1);
        assertEquals(ConnState.ESTABLISHED, in(ACK));
        after(5 * 24 * 3600);
        assertEquals(ConnState.NEW, in(ACK));
    }

    @Test
    void timeouts_ofHalfOpenConnections() {
        out(SYN);
        after(120);
        assertEquals(ConnState.INVALID, in(SYN | ACK));
        assertEquals(1, table.stats().expired());
        out(SYN);
        in(SYN | ACK);
        after(60);
        assertEquals(ConnState.NEW, out(ACK));
    }

    @Test
    @Requirement("features J10")
    void udp_answersAreEstablished_andStreamsLiveLonger() {
        assertEquals(ConnState.NEW, pass(Packets.udp(CLIENT, 5000, SERVER, 53)));
        assertEquals(ConnState.NEW, pass(Packets.udp(CLIENT, 5000, SERVER, 53)));
        assertEquals(ConnState.ESTABLISHED, pass(Packets.udp(SERVER, 53, CLIENT, 5000)));
        assertEquals(ConnState.ESTABLISHED, pass(Packets.udp(CLIENT, 5000, SERVER, 53)));
        after(3);
        assertEquals(ConnState.ESTABLISHED, pass(Packets.udp(CLIENT, 5000, SERVER, 53)));
        after(119);
        assertEquals(ConnState.ESTABLISHED, pass(Packets.udp(SERVER, 53, CLIENT, 5000)));
        after(120);
        assertEquals(ConnState.NEW, pass(Packets.udp(SERVER, 53, CLIENT, 5000)));
    }

    @Test
    void udp_unreplied_isForgottenAfter30Seconds() {
        pass(Packets.udp(CLIENT, 5000, SERVER, 53));
        after(30);
        assertEquals(ConnState.NEW, pass(Packets.udp(SERVER, 53, CLIENT, 5000)));
    }

    @Test
    void udp_andTcpPortsAreDifferentFlows() {
        pass(Packets.udp(CLIENT, 40000, SERVER, 80));
        assertEquals(ConnState.NEW, out(SYN));
    }

    /** Linux's nf_conntrack looks at checksums of what comes in, and at lengths. */
    @Test
    void headerThatCannotBeBelieved_isInvalid() {
        PacketBuffer spoiled = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);
        spoiled.checksumValidated = false;
        assertEquals(ConnState.INVALID, look(spoiled, Hook.PREROUTING));
        assertEquals(ConnState.NEW, look(Packets.tcp(CLIENT, 40000, SERVER, 80, SYN), Hook.PREROUTING));
        PacketBuffer ours = Packets.tcp(SERVER, 9, CLIENT, 80, SYN);
        ours.checksumValidated = false;
        assertEquals(ConnState.NEW, look(ours, Hook.OUTPUT), "a checksum of ours may still be missing");
        PacketBuffer shortHeader = Packets.tcp(CLIENT, 40001, SERVER, 80, SYN);
        shortHeader.data().put(shortHeader.transportOffset + 12, (byte) 0x40);
        assertEquals(ConnState.INVALID, look(shortHeader, Hook.OUTPUT));
        PacketBuffer longHeader = Packets.tcp(CLIENT, 40001, SERVER, 80, SYN);
        longHeader.data().put(longHeader.transportOffset + 12, (byte) 0x60);
        assertEquals(ConnState.INVALID, look(longHeader, Hook.OUTPUT));
        for (int length : new int[] {7, 13}) {
            PacketBuffer datagram = Packets.udp(CLIENT, 40000, SERVER, 53);
            datagram.data().putShort(datagram.transportOffset + 4, (short) length);
            assertEquals(ConnState.INVALID, look(datagram, Hook.OUTPUT), length + " bytes of 12");
        }
    }

    @Test
    void icmp_answerNeedsItsQuery() {
        assertEquals(ConnState.INVALID, pass(Packets.icmp(SERVER, CLIENT, 0, 0, 9)));
        assertEquals(ConnState.NEW, pass(Packets.icmp(CLIENT, SERVER, 8, 0, 9)));
        assertEquals(ConnState.ESTABLISHED, pass(Packets.icmp(SERVER, CLIENT, 0, 0, 9)));
        assertEquals(ConnState.INVALID, pass(Packets.icmp(SERVER, CLIENT, 0, 0, 10)));
        assertEquals(ConnState.NEW, pass(Packets.icmp(CLIENT, SERVER, 13, 0, 9)));
        assertEquals(ConnState.ESTABLISHED, pass(Packets.icmp(SERVER, CLIENT, 14, 0, 9)));
        assertEquals(ConnState.INVALID, pass(Packets.icmp(CLIENT, SERVER, 42, 0, 9)));
        after(30);
        assertEquals(ConnState.INVALID, pass(Packets.icmp(SERVER, CLIENT, 0, 0, 9)));
    }

    @Test
    @Requirement("features J10")
    void icmpError_aboutAKnownFlow_isRelated() {
        PacketBuffer query = Packets.udp(CLIENT, 5000, SERVER, 53);
        pass(query);
        IpAddress router = IpAddress.parse("10.66.0.1");
        assertEquals(ConnState.RELATED, pass(Packets.icmpError(router, CLIENT, 11, 0, query)));
        assertEquals(ConnState.RELATED, pass(Packets.icmpError(SERVER, CLIENT, 3, 3, query)));
        PacketBuffer echo = Packets.icmp(CLIENT, SERVER, 8, 0, 9);
        pass(echo);
        assertEquals(ConnState.RELATED, pass(Packets.icmpError(router, CLIENT, 3, 1, echo)));
        assertEquals(ConnState.NEW, pass(query(5000)), "an error is no answer");
    }

    private static PacketBuffer query(int port) {
        return Packets.udp(CLIENT, port, SERVER, 53);
    }

    @Test
    void icmpError_aboutNothingKnown_isInvalid() {
        assertEquals(ConnState.INVALID, pass(Packets.icmpError(SERVER, CLIENT, 3, 3, query(5000))));
        pass(query(5000));
        // Quotes our packet but is sent to somebody else.
        IpAddress other = IpAddress.parse("10.66.0.9");
        assertEquals(ConnState.INVALID, pass(Packets.icmpError(SERVER, other, 3, 3, query(5000))));
        // Quotes too little.
        assertEquals(ConnState.INVALID, pass(Packets.icmp(SERVER, CLIENT, 3, 3, 0)));
        byte[] cut = new byte[8 + 27];
        cut[0] = 3;
        System.arraycopy(query(5000).toArray(), 0, cut, 8, 27);
        assertEquals(ConnState.INVALID, pass(Packets.ip(1, SERVER, CLIENT, 0, cut)));
    }

    @Test
    void otherProtocols_areFlowsOfTheirAddresses() {
        assertEquals(ConnState.NEW, pass(Packets.ip(47, CLIENT, SERVER, 0, new byte[8])));
        assertEquals(ConnState.ESTABLISHED, pass(Packets.ip(47, SERVER, CLIENT, 0, new byte[8])));
        assertEquals(ConnState.NEW, pass(Packets.ip(50, SERVER, CLIENT, 0, new byte[0])));
    }

    @Test
    void truncatedOrFragment_isInvalid() {
        assertEquals(ConnState.INVALID, pass(Packets.ip(6, CLIENT, SERVER, 0, new byte[19])));
        assertEquals(ConnState.INVALID, pass(Packets.ip(17, CLIENT, SERVER, 0, new byte[7])));
        assertEquals(ConnState.INVALID, pass(Packets.ip(17, CLIENT, SERVER, 5, new byte[70])));
    }

    @Test
    void loopedPacket_keepsTheStateItLeftWith() {
        PacketBuffer syn = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);
        assertEquals(ConnState.NEW, pass(syn));
        assertEquals(ConnState.NEW, pass(syn));
        assertEquals(1, table.stats().confirmed());
    }

    @Test
    void unconfirmed_isForgotten() {
        look(Packets.tcp(CLIENT, 40000, SERVER, 80, SYN));
        assertEquals(ConnState.INVALID, in(SYN | ACK));
        assertEquals(0, table.stats().flows());
    }

    private PacketBuffer numbered(int number, boolean back) {
        IpAddress client = IpAddress.v4(0x0a000000 | number >>> 8);
        int port = 1024 + (number & 0xff);
        return back ? Packets.udp(SERVER, 53, client, port) : Packets.udp(client, port, SERVER, 53);
    }

    private void fill() {
        for (int i = 0; i < ConnTrack.MAX_FLOWS; i++) {
            pass(numbered(i, false));
        }
        assertEquals(ConnTrack.MAX_FLOWS, table.stats().flows());
    }

    @Test
    @Requirement("features J10")
    @Requirement("pain 12-2")
    void full_theOldestUnrepliedMakesRoom() {
        fill();
        pass(numbered(0, true));
        pass(numbered(ConnTrack.MAX_FLOWS, false));
        assertEquals(ConnTrack.MAX_FLOWS, table.stats().flows());
        assertEquals(1, table.stats().evicted());
        assertEquals(ConnState.ESTABLISHED, look(numbered(0, false)), "answered, so kept");
        assertEquals(ConnState.ESTABLISHED, look(numbered(2, true)), "not the oldest");
        assertEquals(ConnState.NEW, look(numbered(1, true)), "the oldest unreplied was evicted");
    }

    @Test
    void full_allAnswered_theOldestUnassuredMakesRoom() {
        fill();
        for (int i = 0; i < ConnTrack.MAX_FLOWS; i++) {
            look(numbered(i, true));
        }
        after(3);
        look(numbered(0, true));
        pass(numbered(ConnTrack.MAX_FLOWS, false));
        assertEquals(1, table.stats().evicted());
        assertEquals(ConnState.ESTABLISHED, look(numbered(0, true)), "a stream, so kept");
        assertEquals(ConnState.NEW, look(numbered(1, true)), "the oldest that is no stream was evicted");
    }

    @Test
    void full_allAssured_theNewOneIsRefused() {
        fill();
        for (int i = 0; i < ConnTrack.MAX_FLOWS; i++) {
            look(numbered(i, true));
        }
        after(3);
        for (int i = 0; i < ConnTrack.MAX_FLOWS; i++) {
            look(numbered(i, true));
        }
        PacketBuffer late = numbered(ConnTrack.MAX_FLOWS, false);
        assertEquals(ConnState.NEW, look(late));
        assertFalse(table.confirm(late, nowNs));
        assertEquals(1, table.stats().refused());
        assertEquals(0, table.stats().evicted());
        after(120);
        assertTrue(table.confirm(late, nowNs), "room again once something expired");
    }

    @Test
    void expiredFlows_areSweptByNewOnes() {
        for (int i = 0; i < 10_000; i++) {
            pass(numbered(i, false));
        }
        after(31);
        for (int i = 0; i < 10_000; i++) {
            pass(numbered(20_000 + i, false));
        }
        assertEquals(10_000, table.stats().flows());
        assertEquals(10_000, table.stats().expired());
    }

    /** Packets in trains are found by a shorter way, which the packets of another flow between them bar. */
    @Test
    void trains_areWhatSinglePacketsAre() {
        int[] flags = {SYN, SYN | ACK, ACK, ACK, ACK, ACK, ACK, ACK, FIN | ACK, RST, SYN | FIN};
        for (long seed = 0; seed < 500; seed++) {
            Rng rng = Rng.seeded(seed);
            ConnTrack barred = new ConnTrack(seed);
            ConnTrack trains = new ConnTrack(seed);
            for (int i = 0; i < 200; i++) {
                after(rng.nextInt(20) == 0 ? rng.nextInt(1000) : rng.nextInt(2));
                boolean reply = rng.nextInt(3) == 0;
                boolean unsound = rng.nextInt(10) == 0;
                int next = i < 3 ? new int[] {SYN, SYN | ACK, ACK}[i] : flags[rng.nextInt(flags.length)];
                reply = i == 1 || (i > 2 && reply);
                PacketBuffer[] packets = new PacketBuffer[2];
                for (int k = 0; k < 2; k++) {
                    ConnTrack tracking = k == 0 ? barred : trains;
                    if (k == 0) {
                        track(barred, Packets.tcp(CLIENT, 7, CLIENT, 8, ACK));
                        track(barred, Packets.tcp(CLIENT, 8, CLIENT, 7, ACK));
                    }
                    packets[k] = reply
                            ? Packets.tcp(SERVER, 80, CLIENT, 40000, next)
                            : Packets.tcp(CLIENT, 40000, SERVER, 80, next);
                    if (unsound) {
                        // A header longer than the packet.
                        packets[k].data().put(packets[k].transportOffset + 12, (byte) 0xf0);
                    }
                    track(tracking, packets[k]);
                }
                assertEquals(known(packets[0]), known(packets[1]), "packet " + i + " of seed " + seed);
            }
        }
    }

    private void track(ConnTrack tracking, PacketBuffer packet) {
        context.begin(Hook.OUTPUT, packet, null, "eth0", nowNs);
        tracking.track(context);
        assertTrue(tracking.confirm(packet, nowNs));
    }

    private static List<Object> known(PacketBuffer packet) {
        TrackedPacket tracked = (TrackedPacket) Objects.requireNonNull(packet.flow);
        Flow flow = tracked.flow();
        return flow == null
                ? List.of(tracked.state())
                : List.of(
                        tracked.state(),
                        tracked.reply(),
                        flow.tcpState,
                        flow.assured,
                        flow.expiresNs,
                        flow.originalPackets,
                        flow.replyBytes);
    }

    @Test
    void sameSeed_sameBehaviour_differentSeedToo() {
        for (long seed = 0; seed < 20; seed++) {
            ConnTrack other = new ConnTrack(seed);
            for (int i = 0; i < 2000; i++) {
                PacketBuffer packet = numbered(i, false);
                context.begin(Hook.OUTPUT, packet, null, "eth0", nowNs);
                other.track(context);
                assertEquals(ConnState.NEW, context.connState());
                assertTrue(other.confirm(packet, nowNs));
            }
            for (int i = 0; i < 2000; i++) {
                context.begin(Hook.INPUT, numbered(i, true), "eth0", null, nowNs);
                other.track(context);
                assertEquals(ConnState.ESTABLISHED, context.connState(), "seed " + seed);
            }
        }
    }

    @Test
    @Requirement("features J9")
    void establishedFlow_allocatesNothing() {
        out(SYN);
        in(SYN | ACK);
        PacketBuffer there = Packets.tcp(CLIENT, 40000, SERVER, 80, ACK);
        PacketBuffer back = Packets.tcp(SERVER, 80, CLIENT, 40000, ACK);
        long fewest = Allocation.fewestBytes(() -> {
            for (int i = 0; i < 10_000; i++) {
                there.flow = null;
                back.flow = null;
                look(there);
                table.confirm(there, nowNs);
                look(back);
                table.confirm(back, nowNs);
            }
        });
        assertEquals(0, fewest);
    }
}
