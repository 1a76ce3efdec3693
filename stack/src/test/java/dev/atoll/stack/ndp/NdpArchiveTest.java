package dev.atoll.stack.ndp;

import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static dev.atoll.stack.frames.Twins.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.Twins;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What a NIC with IPv6 configured itself with, saved and restored at every stage. */
class NdpArchiveTest {
    private static final IpAddress ROUTER = IpAddress.parse("fe80::1");
    private static final IpAddress OTHER_ROUTER = IpAddress.parse("fe80::2");
    private static final IpAddress FAR = IpAddress.parse("2001:db8:ffff::5");
    private static final Ipv6Settings ALL =
            Ipv6Settings.DEFAULT.withTemporaryAddresses(true).withOpaqueIds(true);
    private static final int HOUR = 3600;

    private static String hex32(long value) {
        return String.format("%08x", value);
    }

    private static String prefix(int number, long validSeconds, long preferredSeconds) {
        return "0304 40 c0" + hex32(validSeconds) + hex32(preferredSeconds) + "00000000 20010db8000" + number
                + "00000000000000000000";
    }

    private static String route(long seconds) {
        return "1802 30 08" + hex32(seconds) + "20010db8ffff0000";
    }

    private static void advertise(OneStack net, IpAddress router, int lifetimeSeconds, String options) {
        Bytes body = Bytes.hex("00003a98 000007d0 0101 020000000041" + options);
        int rest = 0x40 << 24 | lifetimeSeconds;
        net.send(new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, rest, body)
                .packet(router, IpAddress.V6_ALL_NODES));
    }

    private static void begin(OneStack net) {
        net.advance(3 * SECOND);
    }

    /** Two routers, with everything that they may say. */
    private static void configured(OneStack net) {
        begin(net);
        advertise(
                net,
                ROUTER,
                1800,
                "0501 0000 00000514" + prefix(1, HOUR, HOUR / 2) + prefix(2, 2 * HOUR, HOUR) + route(600));
        advertise(net, OTHER_ROUTER, 900, prefix(3, 86400, 86400) + prefix(4, 0xffff_ffffL, 0xffff_ffffL));
        net.advance(3 * SECOND);
    }

    @Test
    void duplicateDetectionUnderWay_goesOn() throws StackException {
        Ipv6Settings settings = ALL.withDadTransmits(3);
        for (int tenths = 0; tenths < 50; tenths += 7) {
            int lived = tenths;
            try (Twins twins = new Twins(settings, net -> {
                net.nic.addAddress(IpAddress.parse("2001:db8::7"), 64);
                net.advance(lived * SECOND / 10);
            })) {
                twins.then(net -> net.advance(2 * SECOND)).then(net -> net.advance(60 * SECOND));
            }
        }
    }

    @Test
    void addressThatSomebodyHas_isReplacedAsBefore() throws StackException {
        try (Twins twins = new Twins(ALL, net -> {
            net.advance(SECOND);
            claimTentative(net);
            net.advance(SECOND);
            claimTentative(net);
        })) {
            twins.then(NdpArchiveTest::claimTentative)
                    .then(net -> net.advance(SECOND))
                    .then(NdpArchiveTest::claimTentative)
                    .then(net -> net.advance(5 * SECOND));
        }
    }

    @Test
    void prefixWhoseAddressSomebodyHas_countsOn() throws StackException {
        try (Twins twins = new Twins(ALL, net -> {
            begin(net);
            advertise(net, ROUTER, 1800, prefix(1, HOUR, HOUR));
            claimTentative(net);
        })) {
            twins.then(NdpArchiveTest::claimTentative)
                    .then(NdpArchiveTest::claimTentative)
                    .then(NdpArchiveTest::claimTentative)
                    .then(net -> net.advance(5 * SECOND));
        }
    }

    private static void claimTentative(OneStack net) {
        net.nic.addresses().stream()
                .filter(address -> address.state() == AddressState.TENTATIVE)
                .forEach(address -> net.send(Icmpv6Message.advertisement(address.address(), 1, PEER_MAC)
                        .packet(address.address(), IpAddress.V6_ALL_NODES)));
    }

    @Test
    void loopedProbe_isStillKnown() throws StackException {
        try (Twins twins = new Twins(Ipv6Settings.DEFAULT, net -> {
            net.advance(SECOND);
            byte[] probe = net.frames().stream()
                    .filter(frame -> frame[54] == (byte) Icmpv6Message.SOLICITATION)
                    .findFirst()
                    .orElseThrow();
            net.stack.run(() -> net.link.deliver(probe));
            assertEquals(1, net.stack.counters().loopedProbes);
        })) {
            twins.then(net -> net.advance(20 * SECOND));
        }
    }

    @Test
    void routerSolicitations_areRepeatedAtTheSameTimes() throws StackException {
        for (int seconds : new int[] {1, 3, 9, 40, 200}) {
            try (Twins twins = new Twins(ALL, net -> net.advance(seconds * SECOND))) {
                twins.then(net -> net.advance(100 * SECOND)).then(net -> net.advance(8000 * SECOND));
            }
        }
    }

    @Test
    void whatRoutersAdvertised_endsWhenItWouldHave() throws StackException {
        try (Twins twins = new Twins(ALL, NdpArchiveTest::configured)) {
            assertEquals(
                    4,
                    twins.restored.nic.addresses().stream()
                            .filter(address -> address.kind() == AddressKind.TEMPORARY)
                            .count());
            twins.then(net -> send(net, FAR, 10))
                    .then(net -> advertise(net, ROUTER, 0, prefix(1, 0, 0)))
                    .then(net -> net.advance(700 * SECOND))
                    .then(net -> advertise(net, OTHER_ROUTER, 1800, prefix(3, 3 * HOUR, HOUR)))
                    .then(net -> net.advance(HOUR * SECOND))
                    .then(net -> net.advance(3L * HOUR * SECOND))
                    .then(net -> net.advance(3L * 86400 * SECOND));
        }
    }

    @Test
    void temporaryAddresses_getTheSameSuccessors() throws StackException {
        try (Twins twins = new Twins(ALL, net -> {
            configured(net);
            net.advance(2L * 86400 * SECOND);
        })) {
            twins.then(net -> net.advance(86400 * SECOND)).then(net -> net.advance(8L * 86400 * SECOND));
        }
    }

    /** A prefix refers to addresses that the NIC has no more, and they stay its own. */
    @Test
    void addressRemovedByHand_isNotTheNicsAgain() throws StackException {
        try (Twins twins = new Twins(ALL, net -> {
            configured(net);
            IpAddress temporary = net.nic.addresses().stream()
                    .filter(address -> address.kind() == AddressKind.TEMPORARY)
                    .findFirst()
                    .orElseThrow()
                    .address();
            net.nic.removeAddress(temporary);
        })) {
            twins.then(net -> advertise(net, ROUTER, 1800, prefix(1, HOUR, HOUR)))
                    .then(net -> net.advance(2L * HOUR * SECOND));
        }
    }

    @Test
    void routerThatDoesNotAnswer_staysTheLastChoice() throws StackException {
        try (Twins twins = new Twins(Ipv6Settings.DEFAULT, net -> {
            configured(net);
            send(net, FAR, 10);
            net.advance(20 * SECOND);
        })) {
            assertTrue(twins.restored.stack.routes().list().stream()
                    .anyMatch(entry -> entry.metric() == RouterDiscovery.UNREACHABLE_METRIC));
            twins.then(net -> send(net, FAR, 10))
                    .then(net -> advertise(net, ROUTER, 1800, route(600)))
                    .then(net -> send(net, FAR, 10))
                    .then(net -> net.advance(10 * SECOND));
        }
    }

    @Test
    void redirect_isFollowed() throws StackException {
        try (Twins twins = new Twins(Ipv6Settings.DEFAULT.withDadTransmits(0), net -> {
            configured(net);
            Bytes body = Bytes.of(ByteBuffer.allocate(40)
                    .put(OTHER_ROUTER.octets())
                    .put(FAR.octets())
                    .put(Bytes.hex("0201 020000000042").toArray())
                    .array());
            net.send(new Icmpv6Message(Icmpv6Message.REDIRECT, 0, 0, body).packet(ROUTER, LINK_LOCAL));
        })) {
            twins.then(net -> send(net, FAR, 10)).then(net -> net.advance(30 * SECOND));
        }
    }

    @Test
    void routersOwnNic_asksNobody() throws StackException {
        try (Twins twins = new Twins(ALL, net -> {
            begin(net);
            net.nic.setForwarding(false, true);
        })) {
            twins.then(net -> net.advance(100 * SECOND)).then(net -> {
                net.nic.setForwarding(false, false);
                net.advance(10 * SECOND);
            });
        }
    }
}
