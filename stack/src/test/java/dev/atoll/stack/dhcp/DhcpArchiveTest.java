package dev.atoll.stack.dhcp;

import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.DhcpListener;
import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.LowerHalf;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.frames.Twins;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A client that is saved and restored in each of its states, and its server, which notices nothing. */
class DhcpArchiveTest {
    private static final Ipv6Settings SETTINGS =
            Ipv6Settings.DEFAULT.withLinkLocal(false).withRouterDiscovery(false);
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    private static final IpAddress GIVEN = IpAddress.parse("10.0.0.50");
    private static final int OFFER = 2;
    private static final int ACK = 5;
    private static final int NAK = 6;
    private static final String TERMS = "0104 ffffff00 0304 0a000001 3304 00000e10 3604 0a000001"
            + "0608 0a000002 0a000003 0f0b 6578616d706c652e6f7267 1a02 0578 770c 03 666f6f 00 03 626172 c000 00"
            + "790d 00 0a000009 18 c00002 0a000008";

    private static final DhcpListener NOBODY = new DhcpListener() {
        @Override
        public void onLease(int nicId, DhcpLease lease) {}

        @Override
        public void onLeaseLost(int nicId, DhcpLoss why) {}
    };

    private static void start(OneStack net, int probes, @Nullable IpAddress previous) throws StackException {
        DhcpSettings settings = DhcpSettings.DEFAULT.withConflictProbes(probes).withHostName("box");
        net.stack.startDhcp(net.nic, settings, previous, NOBODY);
    }

    private static DhcpInterface client(OneStack net) {
        return (DhcpInterface) Objects.requireNonNull(LowerHalf.device(net).configuration());
    }

    /** Answers the last message that the client sent. */
    private static void answer(OneStack net, int type) {
        List<byte[]> messages = net.frames().stream()
                .filter(frame -> EthernetFrame.decode(frame).etherType() == EthernetFrame.IPV4)
                .toList();
        Bytes question = Ipv4Packet.decode(
                        EthernetFrame.decode(messages.get(messages.size() - 1)).payload())
                .payload();
        int transaction = question.i32(8 + 4);
        String terms = "3501" + String.format("%02x", type) + (type == NAK ? "3604 0a000001" : TERMS) + "ff";
        IpAddress yours = type == NAK ? IpAddress.V4_ANY : GIVEN;
        ByteBuffer header = ByteBuffer.allocate(240)
                .put(0, (byte) 2)
                .put(1, (byte) 1)
                .put(2, (byte) 6)
                .putInt(4, transaction)
                .putInt(16, yours.v4Bits())
                .putLong(28, TestLink.MAC.bits() << 16)
                .putInt(236, 0x63825363);
        byte[] options = Bytes.hex(terms).toArray();
        byte[] message = Arrays.copyOf(header.array(), 240 + options.length);
        System.arraycopy(options, 0, message, 240, options.length);
        Bytes datagram = new UdpDatagram(67, 68, Bytes.of(message)).encode(SERVER, GIVEN);
        net.send(
                TestLink.MAC,
                EthernetFrame.IPV4,
                Ipv4Packet.of(SERVER, GIVEN, Ipv4Packet.UDP, datagram).encode());
    }

    private static void offered(OneStack net, int probes) throws StackException {
        net.nic.neighbors().setStatic(SERVER, PEER_MAC);
        start(net, probes, null);
        net.advance(SECOND);
        answer(net, OFFER);
    }

    private static void acknowledged(OneStack net, int probes) throws StackException {
        offered(net, probes);
        answer(net, ACK);
    }

    private static Twins twins(DhcpInterface.State state, Twins.Happening life) throws StackException {
        Twins twins = new Twins(SETTINGS, life);
        assertEquals(state, client(twins.lived).state());
        return twins;
    }

    private static void conflict(OneStack net) {
        MacAddress stranger = MacAddress.parse("02:00:00:00:00:77");
        ArpPacket claim = new ArpPacket(ArpPacket.REPLY, stranger, GIVEN, TestLink.MAC, GIVEN);
        net.send(TestLink.MAC, EthernetFrame.ARP, claim.encode());
    }

    @Test
    void beforeItsFirstMessage() throws StackException {
        try (Twins twins = twins(DhcpInterface.State.INIT, net -> start(net, 0, null))) {
            twins.then(net -> net.advance(SECOND))
                    .then(net -> net.advance(300 * SECOND))
                    .then(net -> net.advance(300 * SECOND));
        }
    }

    @Test
    void selecting() throws StackException {
        try (Twins twins = twins(DhcpInterface.State.SELECTING, net -> {
            start(net, 0, null);
            net.advance(20 * SECOND);
        })) {
            twins.then(net -> net.advance(10 * SECOND)).then(net -> net.advance(100 * SECOND));
        }
    }

    @Test
    void requesting() throws StackException {
        Twins.Happening life = net -> {
            start(net, 2, null);
            net.advance(SECOND);
            answer(net, OFFER);
            net.advance(SECOND);
        };
        try (Twins twins = twins(DhcpInterface.State.REQUESTING, life)) {
            twins.then(net -> net.advance(5 * SECOND)).then(net -> net.advance(60 * SECOND));
        }
    }

    @Test
    void checking_nobodyHasIt() throws StackException {
        for (int tenths = 1; tenths < 40; tenths += 6) {
            int lived = tenths;
            Twins.Happening life = net -> {
                acknowledged(net, 3);
                net.advance(lived * SECOND / 10);
            };
            try (Twins twins = twins(DhcpInterface.State.CHECKING, life)) {
                twins.then(net -> net.advance(SECOND)).then(net -> net.advance(10 * SECOND));
                assertEquals(DhcpInterface.State.BOUND, client(twins.restored).state());
                assertTrue(twins.restored.nic.addresses().stream()
                        .anyMatch(address -> address.address().equals(GIVEN)));
            }
        }
    }

    @Test
    void checking_somebodyHasIt() throws StackException {
        Twins.Happening life = net -> {
            acknowledged(net, 3);
            net.advance(SECOND);
        };
        try (Twins twins = twins(DhcpInterface.State.CHECKING, life)) {
            twins.then(DhcpArchiveTest::conflict).then(net -> net.advance(30 * SECOND));
        }
    }

    @Test
    void bound_isRenewedInItsTime() throws StackException {
        try (Twins twins = twins(DhcpInterface.State.BOUND, net -> acknowledged(net, 0))) {
            assertEquals(client(twins.lived).lease(), client(twins.restored).lease());
            twins.then(net -> net.advance(1700 * SECOND)).then(net -> net.advance(200 * SECOND));
            assertEquals(DhcpInterface.State.RENEWING, client(twins.restored).state());
            twins.then(net -> net.advance(1500 * SECOND)).then(net -> net.advance(2000 * SECOND));
        }
    }

    @Test
    void bound_isDefendedOnceMore() throws StackException {
        Twins.Happening life = net -> {
            acknowledged(net, 0);
            conflict(net);
            net.advance(SECOND);
        };
        try (Twins twins = twins(DhcpInterface.State.BOUND, life)) {
            twins.then(DhcpArchiveTest::conflict).then(net -> net.advance(30 * SECOND));
        }
    }

    @Test
    void bound_withdrawsWhatItConfigured() throws StackException {
        try (Twins twins = twins(DhcpInterface.State.BOUND, net -> acknowledged(net, 0))) {
            twins.then(net -> net.stack.run(() -> client(net).release()));
            assertEquals(
                    List.of(),
                    twins.restored.stack.routes().list().stream()
                            .filter(entry -> entry.nicId() == twins.restored.nic.id())
                            .toList());
        }
    }

    @Test
    void renewing_serverAnswers() throws StackException {
        Twins.Happening life = net -> {
            acknowledged(net, 0);
            net.advance(1900 * SECOND);
        };
        try (Twins twins = twins(DhcpInterface.State.RENEWING, life)) {
            twins.then(net -> {
                net.frames();
                net.advance(1000 * SECOND);
                answer(net, ACK);
            });
            assertEquals(DhcpInterface.State.BOUND, client(twins.restored).state());
        }
    }

    @Test
    void rebinding_serverRefuses() throws StackException {
        Twins.Happening life = net -> {
            acknowledged(net, 0);
            net.advance(3200 * SECOND);
        };
        try (Twins twins = twins(DhcpInterface.State.REBINDING, life)) {
            twins.then(net -> {
                net.advance(200 * SECOND);
                answer(net, NAK);
            });
            twins.then(net -> net.advance(100 * SECOND));
        }
    }

    @Test
    void rebooting() throws StackException {
        try (Twins twins = twins(DhcpInterface.State.REBOOTING, net -> {
            start(net, 0, GIVEN);
            net.advance(5 * SECOND);
        })) {
            twins.then(net -> net.advance(10 * SECOND)).then(net -> net.advance(100 * SECOND));
        }
    }

    /** What it was refused before counts. */
    @Test
    void refused_waitsAsLong() throws StackException {
        Twins.Happening life = net -> {
            offered(net, 0);
            answer(net, NAK);
            net.advance(2 * SECOND);
            answer(net, OFFER);
            answer(net, NAK);
        };
        try (Twins twins = twins(DhcpInterface.State.INIT, life)) {
            twins.then(net -> net.advance(SECOND)).then(net -> {
                net.advance(3 * SECOND);
                answer(net, OFFER);
                answer(net, NAK);
            });
            twins.then(net -> net.advance(100 * SECOND));
        }
    }
}
