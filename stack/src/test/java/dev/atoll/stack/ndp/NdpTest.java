package dev.atoll.stack.ndp;

import static dev.atoll.stack.check.Checks.destination6;
import static dev.atoll.stack.check.Checks.hopLimit;
import static dev.atoll.stack.check.Checks.icmp;
import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.noOption6;
import static dev.atoll.stack.check.Checks.option6;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.check.Checks.target6;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.NeighborTable;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Neighbour discovery and duplicate address detection, judged by frames this test makes itself. */
class NdpTest {
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:77");
    private static final Bytes OUR_LINK = Bytes.hex("020000000001");
    private static final Bytes PEER_LINK = Bytes.hex("020000000099");
    private static final IpAddress GROUP = LINK_LOCAL.solicitedNode();

    private OneStack net;

    NdpTest() throws StackException {
        net = OneStack.ready();
        net.frames();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private AddressState stateOf(IpAddress address) {
        return net.nic.addresses().stream()
                .filter(each -> each.address().equals(address))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private String neighborState() {
        return net.nic.neighbors().list().stream()
                .filter(entry -> entry.address().equals(PEER_LINK_LOCAL))
                .map(NeighborTable.Entry::state)
                .findFirst()
                .orElse("none");
    }

    private MacAddress neighborLink() {
        return net.nic.neighbors().list().get(0).linkAddress();
    }

    /** The one frame among those sent since the last time that is a solicitation. */
    private byte[] onlySolicitation() {
        List<byte[]> found = net.frames().stream()
                .filter(frame -> (frame[54] & 0xff) == Icmpv6Message.SOLICITATION)
                .toList();
        assertEquals(1, found.size());
        return found.get(0);
    }

    private void sendUdp() throws StackException {
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.send(ByteBuffer.allocate(1), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        }
    }

    private void advertise(int flags, @Nullable MacAddress link) {
        net.send(Icmpv6Message.advertisement(PEER_LINK_LOCAL, flags, link).packet(PEER_LINK_LOCAL, LINK_LOCAL));
    }

    // --- Duplicate address detection (RFC 4862 section 5.4)

    private void restart(Ipv6Settings settings) throws StackException {
        net.close();
        net = new OneStack(settings);
    }

    private static Ipv6Settings checking() {
        return Ipv6Settings.DEFAULT.withRouterDiscovery(false);
    }

    @Test
    @Requirement("RFC 4861 4.3-1")
    @Requirement("RFC 4862 5.3-1")
    @Requirement("RFC 4862 5.4-1")
    @Requirement("RFC 4862 5.4.2-2")
    @Requirement("RFC 4862 5.4.2-3")
    @Requirement("features B1")
    void start_linkLocal_isTentativeUntilOneSecondAfterTheProbe() throws StackException {
        restart(checking());
        assertEquals(AddressState.TENTATIVE, stateOf(LINK_LOCAL));
        assertEquals(AddressKind.LINK_LOCAL, net.nic.addresses().get(0).kind());
        net.advance(SECOND);
        Checks.frame(
                onlySolicitation(),
                linkDestination(MacAddress.parse("33:33:ff:00:00:01")),
                ipv6(
                        source6(IpAddress.V6_ANY),
                        destination6(GROUP),
                        hopLimit(255),
                        icmp6(
                                Icmpv6Message.SOLICITATION,
                                0,
                                target6(LINK_LOCAL),
                                noOption6(Icmpv6Message.SOURCE_LINK))));
        assertEquals(AddressState.TENTATIVE, stateOf(LINK_LOCAL));
        net.advance(SECOND);
        assertEquals(AddressState.PREFERRED, stateOf(LINK_LOCAL));
    }

    @Test
    @Requirement("RFC 4862 5.4-3")
    @Requirement("features B1")
    void tentative_packetsToIt_areNotTaken() throws StackException {
        restart(checking());
        net.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, PEER_MAC.bits())
                .packet(PEER_LINK_LOCAL, LINK_LOCAL));
        assertEquals(2, net.stack.counters().drops(DropReason.IP_NOT_LOCAL));
    }

    /** RFC 4862 section 5.4: what is set by hand is no exception. */
    @Test
    @Requirement("RFC 4862 5.4-1")
    void addressSetByHand_isTentativeUntilItsProbeWasNotAnswered() throws StackException {
        restart(checking());
        net.advance(3 * SECOND);
        net.frames();
        IpAddress ours = IpAddress.parse("2001:db8:5::1");
        net.nic.addAddress(ours, 64);
        assertEquals(AddressState.TENTATIVE, stateOf(ours));
        net.advance(SECOND);
        Checks.frame(
                onlySolicitation(),
                ipv6(
                        source6(IpAddress.V6_ANY),
                        destination6(ours.solicitedNode()),
                        icmp6(Icmpv6Message.SOLICITATION, 0, target6(ours))));
        net.advance(SECOND);
        assertEquals(AddressState.PREFERRED, stateOf(ours));
    }

    /** RFC 4862 section 5.4.1: with another hop limit it may come from anywhere. */
    @Test
    @Requirement("RFC 4862 5.4.1-1")
    void tentative_invalidMessagesAboutIt_areIgnored() throws StackException {
        restart(checking());
        net.send(Icmpv6Message.advertisement(LINK_LOCAL, 1, OTHER_MAC)
                .packet(LINK_LOCAL, IpAddress.V6_ALL_NODES)
                .withHopLimit(254));
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.NONCE, 0x1234)
                .packet(IpAddress.V6_ANY, GROUP)
                .withHopLimit(254));
        assertEquals(2, net.stack.counters().drops(DropReason.NDP_INVALID));
        assertEquals(AddressState.TENTATIVE, stateOf(LINK_LOCAL));
    }

    /** RFC 4862 sections 5.1 and 5.4.2: RetransTimer. */
    @Test
    @Requirement("RFC 4862 5.4.2-6")
    void probes_areAsFarApartAsTheSettingSays() throws StackException {
        restart(checking().withDadTransmits(3));
        net.frames();
        long[] sentNs = new long[3];
        for (int i = 0; i < 3; ) {
            net.advance(SECOND / 1000);
            byte[] frame = net.link.poll();
            if (frame != null && frame[54] == (byte) Icmpv6Message.SOLICITATION) {
                sentNs[i++] = net.clock.nowNs();
            }
        }
        long unitNs = net.nic.neighbors().settings(false).retransmitNs();
        assertEquals(unitNs, sentNs[1] - sentNs[0]);
        assertEquals(unitNs, sentNs[2] - sentNs[1]);
    }

    /** RFC 4862 section 5.3: whenever the interface becomes enabled, and for as long as it is. */
    @Test
    @Requirement("RFC 4862 5.3-1")
    @Requirement("RFC 4862 5.3-2")
    void linkLocal_comesWithTheInterface_andNeverEnds() throws StackException {
        restart(checking());
        net.nic.setEnabled(false);
        assertEquals(List.of(), net.nic.addresses());
        net.nic.setEnabled(true);
        assertEquals(AddressState.TENTATIVE, stateOf(LINK_LOCAL));
        net.advance(1000L * 86_400 * SECOND);
        assertEquals(AddressState.PREFERRED, stateOf(LINK_LOCAL));
    }

    /** RFC 4862 section 5.4.4. */
    @Test
    @Requirement("RFC 4862 5.4.2-5")
    @Requirement("RFC 4862 5.4.4-1")
    @Requirement("RFC 4862 5.4.5-1")
    @Requirement("features D9")
    void tentative_advertisedByOther_isDuplicate() throws StackException {
        restart(checking());
        net.send(Icmpv6Message.advertisement(LINK_LOCAL, 1, OTHER_MAC).packet(LINK_LOCAL, IpAddress.V6_ALL_NODES));
        assertEquals(AddressState.DUPLICATE, stateOf(LINK_LOCAL));
        net.advance(10 * SECOND);
        assertEquals(AddressState.DUPLICATE, stateOf(LINK_LOCAL));
        assertEquals(1, net.stack.counters().duplicateAddresses);
    }

    /** RFC 4862 section 5.4.5: two have the link address; accept_dad 2 of Linux. */
    @Test
    @Requirement("RFC 4862 5.4.5-3")
    void tentativeOfTheLinkAddress_isDuplicate_endsIpv6WhereAskedFor() throws StackException {
        IpAddress byHand = IpAddress.parse("2001:db8::1");
        IpAddress ipv4 = IpAddress.parse("192.0.2.1");
        restart(checking().withDisabledByDuplicate(true));
        net.nic.addAddress(ipv4, 24);
        net.nic.addAddress(byHand, 64);
        net.advance(3 * SECOND);
        net.nic.setEnabled(false);
        net.nic.setEnabled(true);
        net.frames();
        claim(LINK_LOCAL);
        assertTrue(net.nic.isIpv6Disabled());
        assertEquals(1, net.stack.counters().duplicateAddresses);

        net.advance(10 * SECOND);
        long before = net.stack.counters().drops(DropReason.IPV6_DISABLED);
        net.nic.addAddress(IpAddress.parse("2001:db8::2"), 64);
        net.send(echo().packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES));
        net.send(echo().packet(PEER_LINK_LOCAL, byHand));
        net.advance(10 * SECOND);
        net.expectNothing();
        assertEquals(before + 2, net.stack.counters().drops(DropReason.IPV6_DISABLED));

        Bytes echo4 = new IcmpMessage(IcmpMessage.ECHO_REQUEST, 0, 1, Bytes.EMPTY).encode();
        IpAddress peer4 = IpAddress.parse("192.0.2.9");
        net.nic.neighbors().setStatic(peer4, PEER_MAC);
        net.send(Ipv4Packet.of(peer4, ipv4, Ipv4Packet.ICMP, echo4));
        net.expect(ipv4(icmp(IcmpMessage.ECHO_REPLY, 0)));

        net.nic.setEnabled(false);
        net.nic.setEnabled(true);
        net.advance(3 * SECOND);
        assertFalse(net.nic.isIpv6Disabled());
        assertEquals(AddressState.PREFERRED, stateOf(LINK_LOCAL));
        assertEquals(AddressState.PREFERRED, stateOf(byHand));
    }

    /** Only the address that is made of the link address says that two have that. */
    @Test
    void tentativeMadeByHand_isDuplicate_endsNothingElse() throws StackException {
        IpAddress byHand = IpAddress.parse("fe80::77");
        restart(checking().withDisabledByDuplicate(true));
        net.nic.addAddress(byHand, 64);
        claim(byHand);
        net.advance(3 * SECOND);
        assertFalse(net.nic.isIpv6Disabled());
        assertEquals(AddressState.DUPLICATE, stateOf(byHand));
        assertEquals(AddressState.PREFERRED, stateOf(LINK_LOCAL));
    }

    private void claim(IpAddress address) {
        net.send(Icmpv6Message.advertisement(address, 1, OTHER_MAC).packet(address, IpAddress.V6_ALL_NODES));
    }

    private static Icmpv6Message echo() {
        return new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY);
    }

    /** RFC 4862 section 5.4.3: two hosts that check the same address both do without. */
    @Test
    @Requirement("RFC 4862 5.4.2-5")
    @Requirement("RFC 4862 5.4.3-2")
    void tentative_probedByOther_isDuplicate() throws StackException {
        restart(checking());
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.NONCE, 0x1234)
                .packet(IpAddress.V6_ANY, GROUP));
        assertEquals(AddressState.DUPLICATE, stateOf(LINK_LOCAL));
    }

    /** RFC 4862 section 5.4.3: somebody who wants to talk to the address does not have it. */
    @Test
    @Requirement("RFC 4861 7.2.3-1")
    @Requirement("RFC 4862 5.4.3-1")
    void tentative_askedFor_staysTentativeAndSilent() throws StackException {
        restart(checking());
        net.frames();
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, PEER_MAC.bits())
                .packet(PEER_LINK_LOCAL, GROUP));
        net.expectNothing();
        assertEquals(AddressState.TENTATIVE, stateOf(LINK_LOCAL));
    }

    /** RFC 7527 section 4.1: our own question, looped back, is no duplicate; it is asked a few more times. */
    @Test
    @Requirement("RFC 4862 5.4.3-3")
    @Requirement("features D9")
    void tentative_ownProbeLoopedBack_isToldByItsNonce() throws StackException {
        restart(checking());
        net.advance(SECOND);
        byte[] probe = onlySolicitation();
        net.stack.run(() -> net.link.poll());
        net.send(
                MacAddress.parse("33:33:ff:00:00:01"),
                EthernetFrame.IPV6,
                Bytes.of(probe).from(14));
        assertEquals(AddressState.TENTATIVE, stateOf(LINK_LOCAL));
        assertEquals(1, net.stack.counters().loopedProbes);
        net.advance(5 * SECOND);
        assertEquals(AddressState.PREFERRED, stateOf(LINK_LOCAL));
        assertEquals(3, net.frames().size());
    }

    /** RFC 7217 section 6: an address that does not come from the link address is made anew. */
    @Test
    void duplicate_opaqueLinkLocal_isReplaced() throws StackException {
        restart(checking().withOpaqueIds(true));
        IpAddress first = net.nic.addresses().get(0).address();
        assertFalse(first.equals(LINK_LOCAL));
        net.send(Icmpv6Message.advertisement(first, 1, OTHER_MAC).packet(first, IpAddress.V6_ALL_NODES));
        IpAddress second = net.nic.addresses().get(0).address();
        assertFalse(first.equals(second));
        net.advance(3 * SECOND);
        assertEquals(AddressState.PREFERRED, stateOf(second));
    }

    @Test
    void stack_withoutIpv6_saysAndTakesNothing() throws StackException {
        try (dev.atoll.stack.Stack plain = dev.atoll.stack.Stack.builder()
                .clock(net.clock)
                .rng(dev.atoll.stack.env.Rng.seeded(3))
                .build()) {
            TestLink link = new TestLink(1500);
            dev.atoll.stack.Nic nic = plain.createNic("eth0", link);
            assertEquals(List.of(), nic.addresses());
            StackException refused = org.junit.jupiter.api.Assertions.assertThrows(
                    StackException.class, () -> nic.addAddress(IpAddress.parse("fd00::1"), 64));
            assertEquals(dev.atoll.stack.env.StackError.NOT_SUPPORTED, refused.error());
            net.clock.advanceNs(10 * SECOND);
            plain.run(() -> {});
            assertEquals(null, link.poll());
        }
    }

    // --- Answering (RFC 4861 section 7.2.3 and 7.2.4)

    @Test
    @Requirement("RFC 4861 4.4-1")
    @Requirement("RFC 4861 7.2.3-2")
    @Requirement("RFC 4861 7.2.4-1")
    @Requirement("RFC 4861 7.2.4-2")
    void solicitation_ofOurAddress_answeredAndLearned() {
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, PEER_MAC.bits())
                .packet(PEER_LINK_LOCAL, GROUP));
        net.expect(
                linkDestination(PEER_MAC),
                ipv6(
                        source6(LINK_LOCAL),
                        destination6(PEER_LINK_LOCAL),
                        hopLimit(255),
                        icmp6(
                                Icmpv6Message.ADVERTISEMENT,
                                0,
                                rest6(0x6000_0000),
                                target6(LINK_LOCAL),
                                option6(Icmpv6Message.TARGET_LINK, OUR_LINK))));
        // Answering used the entry, so its reachability is awaited (section 7.3.3).
        assertEquals("DELAY", neighborState());
    }

    /** RFC 4861 section 7.2.4: to somebody who has no address yet the answer goes to all nodes, unsolicited. */
    @Test
    @Requirement("RFC 4861 7.2.3-4")
    @Requirement("RFC 4861 7.2.4-2")
    void probe_ofOurAddress_answeredToAllNodes() {
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, 0, 0).packet(IpAddress.V6_ANY, GROUP));
        net.expect(
                linkDestination(MacAddress.parse("33:33:00:00:00:01")),
                ipv6(
                        destination6(IpAddress.V6_ALL_NODES),
                        icmp6(Icmpv6Message.ADVERTISEMENT, 0, rest6(0x2000_0000), target6(LINK_LOCAL))));
        assertEquals(List.of(), net.nic.neighbors().list());
    }

    /** RFC 4861 sections 7.1.1 and 7.1.2: each of these is to be ignored. */
    @Test
    @Requirement("RFC 4861 4.6-1")
    @Requirement("RFC 4861 7.1-1")
    @Requirement("RFC 4861 7.1.1-1")
    @Requirement("RFC 4861 7.1.2-1")
    void message_invalid_ignoredAndCounted() {
        Icmpv6Message good = Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, PEER_MAC.bits());
        List<Ipv6Packet> bad = List.of(
                good.packet(PEER_LINK_LOCAL, GROUP).withHopLimit(254),
                new Icmpv6Message(good.type(), 1, 0, good.body()).packet(PEER_LINK_LOCAL, GROUP),
                new Icmpv6Message(good.type(), 0, 0, good.body().slice(0, 8)).packet(PEER_LINK_LOCAL, GROUP),
                Icmpv6Message.solicitation(IpAddress.V6_ALL_NODES, 0, 0).packet(PEER_LINK_LOCAL, GROUP),
                new Icmpv6Message(good.type(), 0, 0, Bytes.hex("fe80000000000000000000fffe000001 0100000000000000"))
                        .packet(PEER_LINK_LOCAL, GROUP),
                good.packet(IpAddress.V6_ANY, GROUP),
                Icmpv6Message.solicitation(LINK_LOCAL, 0, 0).packet(IpAddress.V6_ANY, LINK_LOCAL),
                Icmpv6Message.advertisement(PEER_LINK_LOCAL, 2, PEER_MAC)
                        .packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES),
                Icmpv6Message.advertisement(PEER_LINK_LOCAL, 3, PEER_MAC)
                        .packet(PEER_LINK_LOCAL, LINK_LOCAL)
                        .withHopLimit(1));
        for (int i = 0; i < bad.size(); i++) {
            net.send(bad.get(i));
            assertEquals(i + 1, net.stack.counters().drops(DropReason.NDP_INVALID), "message " + i);
        }
        net.expectNothing();
        assertEquals("none", neighborState());
    }

    // --- The state machine (RFC 4861 section 7.3.2 and appendix C)

    @Test
    @Requirement("RFC 4861 4.3-1")
    @Requirement("RFC 4861 7.2.2-1")
    @Requirement("RFC 4861 7.2.5-2")
    void incomplete_solicitedAnswer_becomesReachableAndSends() throws StackException {
        sendUdp();
        net.expect(
                linkDestination(MacAddress.parse("33:33:ff:00:00:99")),
                ipv6(
                        source6(LINK_LOCAL),
                        destination6(PEER_LINK_LOCAL.solicitedNode()),
                        hopLimit(255),
                        icmp6(
                                Icmpv6Message.SOLICITATION,
                                0,
                                target6(PEER_LINK_LOCAL),
                                option6(Icmpv6Message.SOURCE_LINK, OUR_LINK))));
        assertEquals("INCOMPLETE", neighborState());
        advertise(3, PEER_MAC);
        assertEquals("REACHABLE", neighborState());
        net.expect(linkDestination(PEER_MAC), ipv6(destination6(PEER_LINK_LOCAL)));
    }

    @Test
    @Requirement("RFC 4861 7.2.5-2")
    @Requirement("RFC 4861 7.3.1-2")
    void incomplete_unsolicitedAnswer_becomesStaleAndSends() throws StackException {
        sendUdp();
        net.frames();
        advertise(1, PEER_MAC);
        assertEquals("STALE", neighborState());
        assertEquals(1, net.frames().size());
    }

    @Test
    @Requirement("RFC 4861 7.2.5-3")
    void incomplete_answerWithoutLinkAddress_changesNothing() throws StackException {
        sendUdp();
        net.send(new Icmpv6Message(
                        Icmpv6Message.ADVERTISEMENT,
                        0,
                        3 << 29,
                        Icmpv6Message.advertisement(PEER_LINK_LOCAL, 3, null).body())
                .packet(PEER_LINK_LOCAL, LINK_LOCAL));
        assertEquals("INCOMPLETE", neighborState());
    }

    @Test
    @Requirement("RFC 4861 7.2.2-3")
    void incomplete_threeQuestionsUnanswered_fails() throws StackException {
        sendUdp();
        net.advance(SECOND * 5 / 2);
        assertEquals(3, net.frames().size());
        assertEquals("INCOMPLETE", neighborState());
        net.advance(SECOND);
        assertEquals("FAILED", neighborState());
        assertEquals(1, net.stack.counters().drops(DropReason.NEIGHBOR_UNREACHABLE));
    }

    @Test
    @Requirement("RFC 4861 7.2.5-4")
    @Requirement("features D5")
    void reachable_contradictedWithoutOverride_becomesStaleAndKeepsItsAddress() throws StackException {
        becomeReachable();
        advertise(0, OTHER_MAC);
        assertEquals("STALE", neighborState());
        assertEquals(PEER_MAC, neighborLink());
    }

    @Test
    @Requirement("RFC 4861 7.2.5-5")
    @Requirement("RFC 4861 7.3.1-2")
    @Requirement("features D5")
    void reachable_overridden_takesTheNewAddress() throws StackException {
        becomeReachable();
        advertise(1, OTHER_MAC);
        assertEquals("STALE", neighborState());
        assertEquals(OTHER_MAC, neighborLink());
        advertise(3, PEER_MAC);
        assertEquals("REACHABLE", neighborState());
        assertEquals(PEER_MAC, neighborLink());
    }

    private void becomeReachable() throws StackException {
        sendUdp();
        advertise(3, PEER_MAC);
        net.frames();
        assertEquals("REACHABLE", neighborState());
    }

    /** Reachable for half to one and a half of 30 s, then stale, delayed 5 s when used, probed by unicast, failed. */
    @Test
    @Requirement("RFC 4861 7.3.2-1")
    @Requirement("features D1")
    @Requirement("features D3")
    void reachable_leftAlone_goesThroughEveryStateToFailed() throws StackException {
        becomeReachable();
        net.advance(14 * SECOND);
        assertEquals("REACHABLE", neighborState());
        net.advance(32 * SECOND);
        assertEquals("STALE", neighborState());
        sendUdp();
        assertEquals("DELAY", neighborState());
        net.frames();
        net.advance(5 * SECOND);
        assertEquals("PROBE", neighborState());
        net.expect(
                linkDestination(PEER_MAC),
                ipv6(destination6(PEER_LINK_LOCAL), icmp6(Icmpv6Message.SOLICITATION, 0, target6(PEER_LINK_LOCAL))));
        net.advance(3 * SECOND);
        assertEquals("FAILED", neighborState());
        assertEquals(2, net.frames().size());
    }

    @Test
    @Requirement("RFC 4861 7.3.3-1")
    void probe_answered_becomesReachable() throws StackException {
        becomeReachable();
        net.advance(50 * SECOND);
        sendUdp();
        net.advance(5 * SECOND);
        assertEquals("PROBE", neighborState());
        advertise(2, null);
        assertEquals("REACHABLE", neighborState());
        assertEquals(PEER_MAC, neighborLink());
    }

    @Test
    @Requirement("features D1")
    void static_whatComesIn_changesNothing() throws StackException {
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        advertise(3, OTHER_MAC);
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, OTHER_MAC.bits())
                .packet(PEER_LINK_LOCAL, GROUP));
        assertEquals("STATIC", neighborState());
        assertEquals(PEER_MAC, neighborLink());
        assertTrue(PEER_LINK.length() == 6);
    }

    /** Section 7.2.2: at most so many wait, the oldest goes first. */
    @Test
    @Requirement("RFC 4861 7.2.2-1")
    @Requirement("features C4")
    void incomplete_moreThanTheQueueHolds_oldestDropped() throws StackException {
        for (int i = 0; i < 130; i++) {
            sendUdp();
        }
        assertEquals(2, net.stack.counters().drops(DropReason.NEIGHBOR_QUEUE_FULL));
        net.frames();
        advertise(3, PEER_MAC);
        assertEquals(128, net.frames().size());
    }

    /** A flood of neighbours does not push out one that is used. */
    @Test
    @Requirement("features D4")
    void flood_ofNeighbors_isBoundedAndLeavesTheUsed() throws StackException {
        becomeReachable();
        for (int i = 0; i < 2000; i++) {
            IpAddress source = new IpAddress(0xfe80L << 48, 0x10_0000L + i);
            net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, OTHER_MAC.bits())
                    .packet(source, GROUP));
            if (i % 100 == 0) {
                net.advance(1_000_000);
                sendUdp();
            }
        }
        assertEquals(512, net.nic.neighbors().list().size());
        assertEquals("REACHABLE", neighborState());
        assertEquals(2000 + 1 - 512, net.stack.counters().neighborsEvicted);
        net.frames();
    }

    /** RFC 4861 section 7.2.5: nobody asked for it, so there is nothing to update. */
    @Test
    @Requirement("RFC 4861 7.2.5-1")
    void none_advertised_isNotRemembered() {
        advertise(3, PEER_MAC);
        assertEquals("none", neighborState());
    }

    /** RFC 4861 section 7.2.3: who asks from another link address than before has moved. */
    @Test
    @Requirement("RFC 4861 7.2.3-3")
    void reachable_asksFromAnotherLinkAddress_isNotReachableThereYet() throws StackException {
        becomeReachable();
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, OTHER_MAC.bits())
                .packet(PEER_LINK_LOCAL, GROUP));
        assertEquals(OTHER_MAC, neighborLink());
        assertEquals("DELAY", neighborState());
        net.frames();
        net.advance(5 * SECOND);
        net.expect(linkDestination(OTHER_MAC), ipv6(icmp6(Icmpv6Message.SOLICITATION, 0, target6(PEER_LINK_LOCAL))));
    }

    /** RFC 4861 section 7.2.4: an answer to who asked without saying its link address has it asked for. */
    @Test
    @Requirement("RFC 4861 7.2.4-5")
    void solicitation_withoutLinkAddress_isAnsweredOnceThatIsKnown() {
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, 0, 0).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.expect(ipv6(
                destination6(PEER_LINK_LOCAL.solicitedNode()),
                icmp6(Icmpv6Message.SOLICITATION, 0, target6(PEER_LINK_LOCAL))));
        advertise(3, PEER_MAC);
        net.expect(
                linkDestination(PEER_MAC),
                ipv6(
                        destination6(PEER_LINK_LOCAL),
                        icmp6(Icmpv6Message.ADVERTISEMENT, 0, rest6(0x6000_0000), target6(LINK_LOCAL))));
    }

    /** RFC 4861 section 7.2.2: the neighbour is likely to need the address it is talked to from. */
    @Test
    @Requirement("RFC 4861 7.2.2-2")
    void question_comesFromTheAddressOfThePacketThatWaits() throws StackException {
        IpAddress ours = IpAddress.parse("2001:db8:5::1");
        IpAddress second = IpAddress.parse("2001:db8:5::2");
        IpAddress peer = IpAddress.parse("2001:db8:5::9");
        net.nic.addAddress(ours, 64);
        net.nic.addAddress(second, 64);
        net.advance(SECOND);
        net.frames();
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.bind(new FullAddress(second, 7));
            endpoint.send(ByteBuffer.allocate(1), new FullAddress(peer, 9));
        }
        net.expect(ipv6(source6(second), icmp6(Icmpv6Message.SOLICITATION, 0, target6(peer))));
    }

    /** RFC 4861 section 9: options that are not known, and the known ones in whatever order. */
    @Test
    @Requirement("RFC 4861 9-1")
    @Requirement("RFC 4861 9-2")
    void options_unknown_arePassedOver() {
        String unknown = "fd02 000000000000 0000000000000000";
        Bytes body = Bytes.hex("fe80000000000000000000fffe000001" + unknown + "0101 020000000099");
        net.send(new Icmpv6Message(Icmpv6Message.SOLICITATION, 0, 0, body).packet(PEER_LINK_LOCAL, GROUP));
        net.expect(linkDestination(PEER_MAC), ipv6(icmp6(Icmpv6Message.ADVERTISEMENT, 0)));
    }

    /** RFC 4861 section 4.3: what is reserved is not looked at. */
    @Test
    @Requirement("RFC 4861 4-1")
    void reserved_field_isIgnored() {
        Bytes body = Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, PEER_MAC.bits())
                .body();
        net.send(new Icmpv6Message(Icmpv6Message.SOLICITATION, 0, -1, body).packet(PEER_LINK_LOCAL, GROUP));
        net.expect(linkDestination(PEER_MAC), ipv6(icmp6(Icmpv6Message.ADVERTISEMENT, 0, rest6(0x6000_0000))));
    }
}
