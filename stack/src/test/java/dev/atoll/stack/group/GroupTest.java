package dev.atoll.stack.group;

import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.destination6;
import static dev.atoll.stack.check.Checks.extensions;
import static dev.atoll.stack.check.Checks.field;
import static dev.atoll.stack.check.Checks.hopLimit;
import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.check.Checks.tos;
import static dev.atoll.stack.check.Checks.ttl;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Nic;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.FrameCheck;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.Ipv6Packet.Extension;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** IGMP and MLD as a host speaks them, judged by frames this test makes itself. */
class GroupTest {
    private static final IpAddress GROUP6 = IpAddress.parse("ff05::1234");
    private static final String GROUP6_HEX = "ff050000000000000000000000001234";
    private static final IpAddress GROUP4 = IpAddress.parse("239.1.2.3");
    private static final IpAddress OURS4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress ROUTER4 = IpAddress.parse("192.0.2.9");
    private static final IpAddress REPORT6_TO = IpAddress.parse("ff02::16");
    private static final IpAddress REPORT4_TO = IpAddress.parse("224.0.0.22");

    private static final Extension ROUTER_ALERT = Extension.options(Ipv6Packet.HOP_BY_HOP, "05020000");
    private static final Bytes ALERT4 = Bytes.hex("94040000");
    private static final IpAddress A = IpAddress.parse("192.0.2.65");
    private static final IpAddress B = IpAddress.parse("192.0.2.66");
    private static final IpAddress C = IpAddress.parse("192.0.2.67");
    private static final String A_HEX = "c0000241";
    private static final String B_HEX = "c0000242";
    private static final String GROUP4_HEX = "ef010203";

    private OneStack net;
    private UdpEndpoint endpoint;

    GroupTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS4, 24);
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private void join(IpAddress group) throws StackException {
        endpoint.joinGroup(group, net.nic.id(), null);
    }

    private static FrameCheck<EthernetFrame> report6(int recordType) {
        Bytes record = Bytes.hex(String.format("%02x", recordType) + "000000" + GROUP6_HEX);
        return ipv6(
                source6(LINK_LOCAL),
                destination6(REPORT6_TO),
                hopLimit(1),
                extensions(Ipv6Packet.HOP_BY_HOP),
                field("router alert", packet -> packet.extensions().get(0).body(), Bytes.hex("00 05020000 0100")),
                icmp6(Icmpv6Message.MLD2_REPORT, 0, rest6(1), field("record", Icmpv6Message::body, record)));
    }

    private static FrameCheck<EthernetFrame> igmp(IpAddress to, String message) {
        return ipv4(
                source(OURS4),
                destination(to),
                ttl(1),
                tos(0xc0),
                field("router alert", Ipv4Packet::options, Bytes.hex("94040000")),
                field("IGMP", packet -> withoutChecksum(packet.payload()), Bytes.hex(message)));
    }

    private static Bytes withoutChecksum(Bytes message) {
        byte[] bytes = message.toArray();
        bytes[2] = 0;
        bytes[3] = 0;
        return Bytes.of(bytes);
    }

    private void query6(String bodyBehindGroup, IpAddress group, int maxResponseMs) {
        Bytes body = Bytes.hex(java.util.HexFormat.of().formatHex(group.octets()) + bodyBehindGroup);
        Ipv6Packet query = new Icmpv6Message(Icmpv6Message.MLD_QUERY, 0, maxResponseMs << 16, body)
                .packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES)
                .with(ROUTER_ALERT)
                .withHopLimit(1);
        net.send(query);
    }

    private void query4(String message) {
        query4(message, IpAddress.parse("224.0.0.1"), ALERT4);
    }

    private void query4(String message, IpAddress to, Bytes options) {
        byte[] bytes = Bytes.hex(message).toArray();
        long sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        bytes[2] = (byte) (~sum >>> 8);
        bytes[3] = (byte) ~sum;
        Ipv4Packet packet =
                Ipv4Packet.of(ROUTER4, to, 2, Bytes.of(bytes)).withTtl(1).withOptions(options);
        MacAddress link =
                to.isMulticast() ? new MacAddress(0x0100_5e00_0000L | (to.v4Bits() & 0x7f_ffff)) : TestLink.MAC;
        net.send(link, EthernetFrame.IPV4, packet.encode());
    }

    /** RFC 3810 section 6.1: a change is told at once and once more within a second. */
    @Test
    @Requirement("RFC 3810 5-1")
    @Requirement("RFC 3810 5.2.14-1")
    @Requirement("RFC 3810 6.1-1")
    @Requirement("RFC 3810 9-1")
    @Requirement("RFC 8200 4.2-5")
    @Requirement("features E12")
    void mld_join_reportedTwice() throws StackException {
        join(GROUP6);
        net.expect(linkDestination(MacAddress.parse("33:33:00:00:00:16")), report6(4));
        net.advance(SECOND);
        net.expect(report6(4));
        net.advance(100 * SECOND);
        net.expectNothing();
    }

    @Test
    @Requirement("RFC 3810 6.1-1")
    @Requirement("RFC 3810 6.1-2")
    void mld_leave_reportedTwiceAfterTheLastMember() throws StackException {
        join(GROUP6);
        UdpEndpoint other = net.stack.newUdpEndpoint();
        other.joinGroup(GROUP6, net.nic.id(), null);
        net.advance(SECOND);
        net.frames();
        other.close();
        net.expectNothing();
        endpoint.leaveGroup(GROUP6, net.nic.id(), null);
        net.expect(report6(3));
        net.advance(SECOND);
        net.expect(report6(3));
        net.advance(100 * SECOND);
        net.expectNothing();
    }

    /** RFC 3810 section 6.2: one report about all groups, within the time the router gives. */
    @Test
    @Requirement("RFC 3810 6.2-1")
    void mld_generalQuery_answeredWithAllGroups() throws StackException {
        join(GROUP6);
        net.advance(SECOND);
        net.frames();
        query6("00 7d 0000", IpAddress.V6_ANY, 2000);
        net.expectNothing();
        net.advance(2 * SECOND);
        net.expect(ipv6(icmp6(Icmpv6Message.MLD2_REPORT, 0, rest6(2))));
    }

    @Test
    @Requirement("RFC 3810 6.2-2")
    void mld_groupQuery_answeredForThatGroup() throws StackException {
        join(GROUP6);
        net.advance(SECOND);
        net.frames();
        query6("00 7d 0000", GROUP6, 1000);
        net.advance(SECOND);
        net.expect(report6(2));
        query6("00 7d 0000", IpAddress.parse("ff05::9"), 1000);
        net.advance(2 * SECOND);
        net.expectNothing();
    }

    /** RFC 3810 section 8.3.2 and RFC 2710: an old router is answered in its version, and told of the end. */
    @Test
    @Requirement("RFC 3810 8.2.1-1")
    @Requirement("features E12")
    void mld_oldQuerier_answeredInItsVersion() throws StackException {
        join(GROUP6);
        net.advance(SECOND);
        net.frames();
        query6("", IpAddress.V6_ANY, 1000);
        net.advance(SECOND);
        assertEquals(2, net.frames().size());
        query6("", GROUP6, 1000);
        net.advance(SECOND);
        net.expect(ipv6(
                destination6(GROUP6),
                hopLimit(1),
                icmp6(Icmpv6Message.MLD_REPORT, 0, field("group", Icmpv6Message::body, Bytes.hex(GROUP6_HEX)))));
        endpoint.leaveGroup(GROUP6, net.nic.id(), null);
        net.expect(ipv6(destination6(IpAddress.V6_ALL_ROUTERS), icmp6(Icmpv6Message.MLD_DONE, 0)));
        net.advance(300 * SECOND);
        join(GROUP6);
        net.expect(report6(4));
    }

    /** RFC 2710 section 4: heard from another, it need not be said again. */
    @Test
    @Requirement("RFC 3810 8.2.2-1")
    void mld_oldReportOfAnother_suppressesOurs() throws StackException {
        join(GROUP6);
        net.advance(SECOND);
        query6("", GROUP6, 1000);
        net.frames();
        net.send(new Icmpv6Message(Icmpv6Message.MLD_REPORT, 0, 0, Bytes.hex(GROUP6_HEX))
                .packet(PEER_LINK_LOCAL, GROUP6)
                .with(ROUTER_ALERT)
                .withHopLimit(1));
        net.advance(2 * SECOND);
        net.expectNothing();
    }

    /** RFC 3810 section 5.1.14: a query from elsewhere is ignored. */
    @Test
    @Requirement("RFC 3810 5.1.14-1")
    void mld_queryFromAfar_ignored() throws StackException {
        join(GROUP6);
        net.advance(SECOND);
        net.frames();
        Bytes body = Bytes.hex("00".repeat(20));
        net.send(
                new Icmpv6Message(Icmpv6Message.MLD_QUERY, 0, 0, body).packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES));
        net.advance(2 * SECOND);
        net.expectNothing();
        assertEquals(1, net.stack.counters().drops(DropReason.MULTICAST_INVALID));
    }

    /** RFC 4862 section 5.4.2 and RFC 3590: the group of a tentative address is reported from no address. */
    @Test
    @Requirement("RFC 4861 7.2.1-1")
    @Requirement("RFC 4862 5.4.2-1")
    @Requirement("RFC 3810 5.2.13-1")
    @Requirement("features B8")
    void mld_solicitedNodeGroup_reportedBeforeTheProbe() throws StackException {
        endpoint.close();
        net.close();
        net = new OneStack(Ipv6Settings.DEFAULT.withRouterDiscovery(false));
        endpoint = net.stack.newUdpEndpoint();
        net.expect(ipv6(
                source6(IpAddress.V6_ANY),
                destination6(REPORT6_TO),
                icmp6(
                        Icmpv6Message.MLD2_REPORT,
                        0,
                        field("record", Icmpv6Message::body, Bytes.hex("04000000 ff0200000000000000000001ff000001")))));
    }

    private void restartWithDelayedReports() throws StackException {
        endpoint.close();
        net.close();
        net = new OneStack(Ipv6Settings.DEFAULT.withRouterDiscovery(false).withDelayedGroupReports(true));
        endpoint = net.stack.newUdpEndpoint();
    }

    /** What comes to the group is heard meanwhile. */
    @Test
    @Requirement("RFC 4862 5.4.2-7")
    void mld_solicitedNodeGroup_reportedWithTheProbe_ifThatIsSet() throws StackException {
        restartWithDelayedReports();
        IpAddress group = OneStack.LINK_LOCAL.solicitedNode();
        net.expectNothing();
        assertTrue(net.nic.isInGroup(group));
        List<byte[]> frames = net.frames();
        while (frames.isEmpty()) {
            net.advance(SECOND / 1000);
            frames = net.frames();
        }
        assertEquals(2, frames.size());
        Checks.frame(
                frames.get(0),
                ipv6(
                        source6(IpAddress.V6_ANY),
                        destination6(REPORT6_TO),
                        icmp6(
                                Icmpv6Message.MLD2_REPORT,
                                0,
                                field(
                                        "record",
                                        Icmpv6Message::body,
                                        Bytes.hex("04000000 ff0200000000000000000001ff000001")))));
        Checks.frame(frames.get(1), ipv6(destination6(group), icmp6(Icmpv6Message.SOLICITATION, 0)));

        restartWithDelayedReports();
        net.send(Icmpv6Message.solicitation(OneStack.LINK_LOCAL, Icmpv6Message.NONCE, 0x1234)
                .packet(IpAddress.V6_ANY, group));
        assertEquals(1, net.stack.counters().duplicateAddresses);
        net.advance(2 * SECOND);
        net.expectNothing();
    }

    /** RFC 3376 section 5.1. */
    @Test
    @Requirement("RFC 1122 3.3.7-2")
    @Requirement("RFC 3376 4-1")
    @Requirement("RFC 3376 4.2-1")
    @Requirement("RFC 3376 4.2.14-1")
    @Requirement("RFC 3376 5.1-1")
    @Requirement("RFC 3376 8-1")
    @Requirement("features E11")
    void igmp_joinAndLeave_reportedTwice() throws StackException {
        join(GROUP4);
        net.expect(
                linkDestination(MacAddress.parse("01:00:5e:00:00:16")),
                igmp(REPORT4_TO, "22000000 00000001 04000000 ef010203"));
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, "22000000 00000001 04000000 ef010203"));
        endpoint.leaveGroup(GROUP4, net.nic.id(), null);
        net.expect(igmp(REPORT4_TO, "22000000 00000001 03000000 ef010203"));
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, "22000000 00000001 03000000 ef010203"));
        net.advance(100 * SECOND);
        net.expectNothing();
    }

    @Test
    @Requirement("RFC 3376 5.2-2")
    void igmp_generalQuery_answered() throws StackException {
        join(GROUP4);
        net.advance(SECOND);
        net.frames();
        query4("11140000 00000000 027d0000");
        net.advance(2 * SECOND);
        net.expect(igmp(REPORT4_TO, "22000000 00000001 02000000 ef010203"));
    }

    /** RFC 3376 section 7.2.1, RFC 2236: version 2, with its leave; version 1, without one. */
    @Test
    @Requirement("RFC 3376 7.2.1-1")
    @Requirement("features E11")
    void igmp_olderQueriers_answeredInTheirVersion() throws StackException {
        join(GROUP4);
        net.advance(SECOND);
        net.frames();
        query4("110a0000 00000000");
        net.advance(SECOND);
        net.expect(igmp(GROUP4, "16000000 ef010203"));
        endpoint.leaveGroup(GROUP4, net.nic.id(), null);
        net.expect(igmp(IpAddress.parse("224.0.0.2"), "17000000 ef010203"));
        query4("11000000 00000000");
        join(GROUP4);
        net.expect(igmp(GROUP4, "12000000 ef010203"));
        net.advance(10 * SECOND);
        net.expect(igmp(GROUP4, "12000000 ef010203"));
        endpoint.leaveGroup(GROUP4, net.nic.id(), null);
        net.expectNothing();
    }

    @Test
    @Requirement("RFC 3376 4-3")
    void igmp_badChecksum_ignored() {
        Ipv4Packet packet = Ipv4Packet.of(ROUTER4, IpAddress.parse("224.0.0.1"), 2, Bytes.hex("1114000000000000"));
        net.send(MacAddress.parse("01:00:5e:00:00:01"), EthernetFrame.IPV4, packet.encode());
        assertEquals(1, net.stack.counters().drops(DropReason.MULTICAST_INVALID));
    }

    // --- Senders (RFC 3376 section 5.1)

    private void joinFrom(UdpEndpoint member, IpAddress source) throws StackException {
        member.joinGroup(GROUP4, net.nic.id(), source);
    }

    /** The report goes out now and once more, and then no more. */
    private void expectTwice(String message) {
        net.expect(igmp(REPORT4_TO, message));
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, message));
        net.advance(10 * SECOND);
        net.expectNothing();
    }

    private static String report(String... records) {
        return String.format("22000000 0000%04x", records.length) + String.join("", records);
    }

    private static String record(int type, String... sources) {
        return String.format("%02x00%04x", type, sources.length) + GROUP4_HEX + String.join("", sources);
    }

    @Test
    @Requirement("RFC 3376 2-1")
    @Requirement("RFC 3376 5.1-3")
    void sources_ofOneMember_areAllowedAndBlockedOneByOne() throws StackException {
        joinFrom(endpoint, A);
        expectTwice(report(record(5, A_HEX)));
        joinFrom(endpoint, B);
        expectTwice(report(record(5, B_HEX)));
        endpoint.leaveGroup(GROUP4, net.nic.id(), A);
        expectTwice(report(record(6, A_HEX)));
        endpoint.leaveGroup(GROUP4, net.nic.id(), B);
        expectTwice(report(record(6, B_HEX)));
    }

    /** Section 3.2: all but those that every member refuses and none wants; without such a member, what any wants. */
    @Test
    @Requirement("RFC 3376 3.2-1")
    @Requirement("RFC 3376 5.1-3")
    void sources_ofSeveralMembers_areMerged() throws StackException {
        UdpEndpoint other = net.stack.newUdpEndpoint();
        joinFrom(other, A);
        expectTwice(report(record(5, A_HEX)));
        join(GROUP4);
        expectTwice(report(record(4)));
        endpoint.blockSource(GROUP4, net.nic.id(), A, true);
        net.expectNothing();
        endpoint.blockSource(GROUP4, net.nic.id(), B, true);
        expectTwice(report(record(6, B_HEX)));
        other.close();
        expectTwice(report(record(6, A_HEX)));
        endpoint.blockSource(GROUP4, net.nic.id(), B, false);
        expectTwice(report(record(5, B_HEX)));
        other = net.stack.newUdpEndpoint();
        joinFrom(other, B);
        net.expectNothing();
        endpoint.leaveGroup(GROUP4, net.nic.id(), null);
        expectTwice(report(record(3, B_HEX)));
        other.close();
        expectTwice(report(record(6, B_HEX)));
    }

    /** A change before the last one was repeated takes its place where it contradicts it. */
    @Test
    @Requirement("RFC 3376 5.1-2")
    void sources_changedMeanwhile_areToldAsTheyAre() throws StackException {
        joinFrom(endpoint, A);
        net.expect(igmp(REPORT4_TO, report(record(5, A_HEX))));
        joinFrom(endpoint, B);
        net.expect(igmp(REPORT4_TO, report(record(5, A_HEX, B_HEX))));
        endpoint.leaveGroup(GROUP4, net.nic.id(), B);
        net.expect(igmp(REPORT4_TO, report(record(6, B_HEX))));
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, report(record(6, B_HEX))));
    }

    /** Section 5.2: a query about senders is answered with those that are wanted. */
    @Test
    @Requirement("RFC 3376 5.2-4")
    void sources_asked_answeredWithTheWanted() throws StackException {
        joinFrom(endpoint, A);
        net.advance(2 * SECOND);
        net.frames();
        query4("110a0000 ef010203 027d0002" + A_HEX + B_HEX);
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, report(record(1, A_HEX))));
        query4("110a0000 ef010203 027d0001" + B_HEX);
        net.advance(SECOND);
        net.expectNothing();
        query4("110a0000 ef010203 027d0000");
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, report(record(1, A_HEX))));
        query4("110a0000 00000000 027d0000");
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, report(record(1, A_HEX))));
    }

    @Test
    @Requirement("RFC 3376 5.2-3")
    @Requirement("RFC 3376 5.2-4")
    void sources_askedOfWhoRefusesSome_answeredWithTheOthers() throws StackException {
        join(GROUP4);
        endpoint.blockSource(GROUP4, net.nic.id(), A, true);
        net.advance(3 * SECOND);
        net.frames();
        query4("110a0000 ef010203 027d0002" + A_HEX + B_HEX);
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, report(record(1, B_HEX))));
        query4("110a0000 ef010203 027d0000");
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, report(record(2, A_HEX))));
    }

    /** RFC 3376 section 4.1.8 and 4.1.7: the querier's robustness and interval. */
    @Test
    @Requirement("RFC 3376 4.1.6-1")
    void robustness_ofTheQuerier_isUsed() throws StackException {
        query4("11010000 00000000 030a0000");
        net.advance(SECOND);
        join(GROUP4);
        int reports = net.frames().size();
        net.advance(10 * SECOND);
        assertEquals(3, reports + net.frames().size());
        query4("11010000 00000000");
        net.advance(40 * SECOND);
        net.frames();
        endpoint.leaveGroup(GROUP4, net.nic.id(), null);
        net.expect(igmp(REPORT4_TO, report(record(3))));
    }

    /** An older router knows no senders, and a member is one while it wants any. */
    @Test
    @Requirement("RFC 3376 7.2.1-2")
    void sources_withAnOlderQuerier_areNotTold() throws StackException {
        query4("110a0000 00000000");
        joinFrom(endpoint, A);
        net.expect(igmp(GROUP4, "16000000 ef010203"));
        net.advance(11 * SECOND);
        net.expect(igmp(GROUP4, "16000000 ef010203"));
        joinFrom(endpoint, B);
        net.expectNothing();
        endpoint.leaveGroup(GROUP4, net.nic.id(), null);
        net.expect(igmp(IpAddress.parse("224.0.0.2"), "17000000 ef010203"));
    }

    /** RFC 3376 section 7.1: of no version's length, or with fewer senders than it says, or about no group. */
    @Test
    @Requirement("RFC 3376 7.1-1")
    void query_malformed_ignored() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("110a0000 00000000 0000");
        query4("110a0000 ef010203 027d0002" + A_HEX);
        query4("110a0000 0a000001 027d0000");
        net.advance(2 * SECOND);
        net.expectNothing();
        assertEquals(3, net.stack.counters().drops(DropReason.MULTICAST_INVALID));
    }

    /** RFC 3810 section 5.2: IPv6 has the same in its own form. */
    @Test
    @Requirement("RFC 3810 6.2-3")
    void mld_sources_areTold() throws StackException {
        IpAddress source = IpAddress.parse("fe80::5");
        endpoint.joinGroup(GROUP6, net.nic.id(), source);
        Bytes record = Bytes.hex("05000001" + GROUP6_HEX + "fe800000000000000000000000000005");
        net.expect(ipv6(icmp6(Icmpv6Message.MLD2_REPORT, 0, rest6(1), field("record", Icmpv6Message::body, record))));
        net.advance(2 * SECOND);
        net.frames();
        query6("02 7d 0001 fe800000000000000000000000000005", GROUP6, 1000);
        net.advance(SECOND);
        Bytes answer = Bytes.hex("01000001" + GROUP6_HEX + "fe800000000000000000000000000005");
        net.expect(ipv6(icmp6(Icmpv6Message.MLD2_REPORT, 0, rest6(1), field("record", Icmpv6Message::body, answer))));
    }

    /** As Linux: a query that does not ask routers to look is not one of a router's. */
    @Test
    @Requirement("RFC 3810 5.1.14-1")
    void mld_queryWithoutRouterAlert_ignored() throws StackException {
        join(GROUP6);
        net.advance(SECOND);
        net.frames();
        Bytes body = Bytes.hex("00".repeat(20));
        net.send(new Icmpv6Message(Icmpv6Message.MLD_QUERY, 0, 0, body)
                .packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES)
                .withHopLimit(1));
        net.advance(2 * SECOND);
        net.expectNothing();
    }

    /** More senders than one report holds go in several. */
    @Test
    @Requirement("RFC 3376 4.2.16-1")
    void sources_moreThanFit_goInSeveralReports() throws StackException {
        List<UdpEndpoint> members = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            UdpEndpoint member = net.stack.newUdpEndpoint();
            members.add(member);
            for (int j = 0; j < 10; j++) {
                joinFrom(member, IpAddress.v4(0x0a000000 + i * 10 + j));
            }
        }
        net.advance(10 * SECOND);
        net.frames();
        query4("110a0000 00000000 027d0000");
        net.advance(SECOND);
        int sources = 0;
        for (byte[] frame : net.frames()) {
            assertTrue(frame.length <= 14 + 576);
            Bytes payload =
                    Ipv4Packet.decode(EthernetFrame.decode(frame).payload()).payload();
            sources += payload.u16(10);
        }
        assertEquals(200, sources);
        members.forEach(UdpEndpoint::close);
    }

    /** Linux's igmp_max_msf and mld_max_msf. */
    @Test
    @Requirement("RFC 3376 3.2-3")
    @Requirement("RFC 3810 4.2-2")
    void sources_moreThanAMemberMayName_areRefused() throws StackException {
        for (int i = 0; i < 10; i++) {
            joinFrom(endpoint, IpAddress.v4(0x0a000000 + i));
        }
        StackException refused = assertThrows(StackException.class, () -> joinFrom(endpoint, C));
        assertEquals(StackError.NO_BUFFER_SPACE, refused.error());
        for (int i = 0; i < 64; i++) {
            endpoint.joinGroup(GROUP6, net.nic.id(), new IpAddress(0xfe80L << 48, i + 1));
        }
        refused = assertThrows(
                StackException.class, () -> endpoint.joinGroup(GROUP6, net.nic.id(), new IpAddress(0xfe80L << 48, 65)));
        assertEquals(StackError.NO_BUFFER_SPACE, refused.error());
    }

    /** The link behind a NIC that was off may be another one. */
    @Test
    void nic_switchedOnAgain_tellsOfItsGroups() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.nic.setEnabled(false);
        net.advance(2 * SECOND);
        net.frames();
        net.nic.setEnabled(true);
        assertTrue(net.frames().stream()
                .anyMatch(frame -> Bytes.of(frame).toString().contains(GROUP4_HEX)
                        || EthernetFrame.decode(frame).etherType() == EthernetFrame.IPV4));
    }

    /** A membership is one of a NIC's: what comes in elsewhere is judged by that NIC's. */
    @Test
    @Requirement("RFC 1122 3.3.7-1")
    @Requirement("RFC 3376 3.2-2")
    @Requirement("features H6")
    void filter_isOfTheNicTheDatagramCameBy() throws StackException {
        TestLink link = new TestLink(1500);
        Nic far = net.stack.createNic("eth1", link);
        endpoint.bind(new FullAddress(IpAddress.V4_ANY, 7));
        endpoint.joinGroup(GROUP4, far.id(), A);
        endpoint.joinGroup(GROUP4, net.nic.id(), B);
        for (IpAddress source : List.of(A, B)) {
            net.send(
                    MacAddress.parse("01:00:5e:01:02:03"),
                    EthernetFrame.IPV4,
                    Ipv4Packet.of(
                                    source,
                                    GROUP4,
                                    Ipv4Packet.UDP,
                                    new UdpDatagram(9, 7, Bytes.EMPTY).encode(source, GROUP4))
                            .encode());
        }
        FullAddress sender = endpoint.receive(ByteBuffer.allocate(10));
        assertEquals(B, java.util.Objects.requireNonNull(sender).address());
        assertEquals(-1, endpoint.nextLength());
    }

    /** After how long the latest of twenty answers came. */
    private long latestAnswerNs(Runnable query) {
        long latestNs = 0;
        for (int i = 0; i < 20; i++) {
            net.frames();
            query.run();
            long askedNs = net.clock.nowNs();
            byte[] answer = null;
            while (answer == null) {
                net.advance(SECOND / 10);
                answer = net.link.poll();
            }
            latestNs = Math.max(latestNs, net.clock.nowNs() - askedNs);
        }
        return latestNs;
    }

    /** RFC 3376 section 4.1.1: from 128 on the code is a float; answers come within that time and not all soon. */
    @Test
    @Requirement("RFC 3376 4.1.1-1")
    void igmp_longResponseTime_isAFloat() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        long latestNs = latestAnswerNs(() -> query4("118f0000 ef010203 027d0000"));
        // 0x8f is (15 | 16) << 3 tenths, 24.8 s; read as a plain number it would be 14.3 s.
        assertTrue(latestNs > 15 * SECOND && latestNs <= 25 * SECOND, latestNs + " ns");
    }

    /** RFC 3810 section 5.1.3: the same from 32768 on, in milliseconds. */
    @Test
    @Requirement("RFC 3810 5.1.3-1")
    void mld_longResponseTime_isAFloat() throws StackException {
        join(GROUP6);
        net.advance(2 * SECOND);
        long latestNs = latestAnswerNs(() -> query6("00 7d 0000", GROUP6, 0x8fff));
        // 0x8fff is 0x1fff << 3 ms, 65.5 s; read as a plain number it would be 36.9 s.
        assertTrue(latestNs > 40 * SECOND && latestNs <= 66 * SECOND, latestNs + " ns");
    }

    /** RFC 3376 section 4.1.12, RFC 3810 section 5.1.15: to one of our addresses, as a tool does that looks for faults. */
    @Test
    @Requirement("RFC 3376 4.1.12-1")
    void igmp_queryToOurAddress_isAnswered() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("11140000 00000000 00020000", OURS4, ALERT4);
        net.advance(2 * SECOND);
        net.expect(igmp(REPORT4_TO, "22000000 00000001 02000000 ef010203"));
    }

    /** RFC 3376 section 4: types that are not known are ignored. */
    @Test
    @Requirement("RFC 3376 4-2")
    void igmp_unknownType_isIgnored() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("ff140000 00000000 027d0000");
        net.advance(20 * SECOND);
        net.expectNothing();
    }

    /** RFC 3376 sections 5 and 6: every host is in the group of all hosts, and says nothing of it. */
    @Test
    @Requirement("RFC 3376 5-1")
    void igmp_groupOfAllHosts_isNotReported() throws StackException {
        join(IpAddress.parse("224.0.0.1"));
        net.advance(2 * SECOND);
        net.expectNothing();
        query4("11140000 00000000 027d0000");
        net.advance(3 * SECOND);
        net.expectNothing();
    }

    /** RFC 3810 section 6: nor in that of all nodes, nor of groups that stay in the host. */
    @Test
    @Requirement("RFC 3810 6-1")
    void mld_groupsOfAllNodesAndOfTheHost_areNotReported() throws StackException {
        join(IpAddress.parse("ff02::1"));
        join(IpAddress.parse("ff01::5"));
        net.advance(2 * SECOND);
        net.expectNothing();
    }

    /** RFC 3376 section 5.2, rule 1: an answer that is to go sooner anyway serves for the next question, too. */
    @Test
    @Requirement("RFC 3376 5.2-1")
    void igmp_queryWhileAnAnswerWaits_isNotAnsweredTwice() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("11010000 00000000 027d0000");
        query4("11640000 00000000 027d0000");
        net.advance(20 * SECOND);
        net.expect(igmp(REPORT4_TO, "22000000 00000001 02000000 ef010203"));
    }

    /** RFC 3810 section 4.2: what several want is told as one, as over IPv4. */
    @Test
    @Requirement("RFC 3810 4-1")
    void mld_sourcesOfSeveralMembers_areMerged() throws StackException {
        String one = "fe800000000000000000000000000005";
        String two = "fe800000000000000000000000000006";
        UdpEndpoint other = net.stack.newUdpEndpoint();
        other.joinGroup(GROUP6, net.nic.id(), IpAddress.parse("fe80::5"));
        expectTwice6("05000001" + GROUP6_HEX + one);
        endpoint.joinGroup(GROUP6, net.nic.id(), IpAddress.parse("fe80::5"));
        net.expectNothing();
        endpoint.joinGroup(GROUP6, net.nic.id(), IpAddress.parse("fe80::6"));
        expectTwice6("05000001" + GROUP6_HEX + two);
        other.close();
        net.expectNothing();
        endpoint.leaveGroup(GROUP6, net.nic.id(), IpAddress.parse("fe80::5"));
        expectTwice6("06000001" + GROUP6_HEX + one);
    }

    private void expectTwice6(String record) {
        for (int i = 0; i < 2; i++) {
            net.expect(
                    ipv6(icmp6(Icmpv6Message.MLD2_REPORT, 0, field("record", Icmpv6Message::body, Bytes.hex(record)))));
            net.advance(SECOND);
        }
        net.expectNothing();
    }

    /** RFC 3810 section 5.2.15: with the least MTU a report holds some seventy sources. */
    @Test
    @Requirement("RFC 3810 5.2.15-1")
    void mld_sourcesMoreThanFit_goInSeveralReports() throws StackException {
        List<UdpEndpoint> members = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            UdpEndpoint member = net.stack.newUdpEndpoint();
            members.add(member);
            for (int j = 0; j < 10; j++) {
                member.joinGroup(GROUP6, net.nic.id(), new IpAddress(0xfe80L << 48, i * 10 + j + 1));
            }
        }
        net.advance(10 * SECOND);
        net.frames();
        query6("02 7d 0000", GROUP6, 1000);
        net.advance(SECOND);
        int sources = 0;
        List<byte[]> reports = net.frames();
        for (byte[] frame : reports) {
            assertTrue(frame.length <= 14 + 1280);
            sources += Icmpv6Message.decode(
                            Ipv6Packet.decode(EthernetFrame.decode(frame).payload()))
                    .body()
                    .u16(2);
        }
        assertEquals(200, sources);
        assertTrue(reports.size() > 1);
        members.forEach(UdpEndpoint::close);
    }

    // --- Queries that are not quite as usual

    /** RFC 3376 section 9.1: somebody beyond the link cannot make hosts talk. */
    @Test
    @Requirement("RFC 3376 9.1-1")
    void igmp_queryWithoutRouterAlert_isIgnored_ifItIsNotOfVersion1() throws StackException {
        IpAddress all = IpAddress.parse("224.0.0.1");
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("11140000 00000000 027d0000", all, Bytes.EMPTY);
        query4("110a0000 00000000", all, Bytes.hex("07070800 00000000"));
        net.advance(11 * SECOND);
        net.expectNothing();
        assertEquals(2, net.stack.counters().drops(DropReason.MULTICAST_INVALID));
        query4("11000000 00000000", all, Bytes.EMPTY);
        net.advance(11 * SECOND);
        net.expect(igmp(GROUP4, "12000000 ef010203"));
    }

    /** RFC 3376 section 9.1. */
    @Test
    @Requirement("RFC 3376 9.1-2")
    void igmp_generalQueryToAGroup_isIgnored() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("110a0000 00000000 027d0000", GROUP4, ALERT4);
        net.advance(2 * SECOND);
        net.expectNothing();
        query4("110a0000 ef010203 027d0000", GROUP4, ALERT4);
        net.advance(2 * SECOND);
        net.expect(igmp(REPORT4_TO, report(record(2))));
    }

    /** RFC 3376 sections 4.1.4, 4.1.5 and 4.1.10: reserved bits, the S flag, octets behind the last source. */
    @Test
    @Requirement("RFC 3376 4.1.4-1")
    @Requirement("RFC 3376 4.1.10-1")
    void igmp_whatIsForOthersInAQuery_isIgnored() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("110a0000 ef010203 fa7d0001" + A_HEX + "01020304 0506");
        net.advance(2 * SECOND);
        net.expect(igmp(REPORT4_TO, report(record(1, A_HEX))));
    }

    /** RFC 3810 sections 5.1.1, 5.1.4, 5.1.7 and 5.1.12: the same of MLD. */
    @Test
    @Requirement("RFC 3810 5.1-1")
    @Requirement("RFC 3810 5.1.12-1")
    void mld_whatIsForOthersInAQuery_isIgnored() throws StackException {
        join(GROUP6);
        net.advance(2 * SECOND);
        net.frames();
        Bytes body = Bytes.hex(GROUP6_HEX + "fa7d0000 01020304 0506");
        net.send(new Icmpv6Message(Icmpv6Message.MLD_QUERY, 7, 1000 << 16 | 0xffff, body)
                .packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES)
                .with(ROUTER_ALERT)
                .withHopLimit(1));
        net.advance(2 * SECOND);
        net.expect(report6(2));
    }

    /** RFC 3810 sections 5.1.2, 5.1.14 and 8.1: a wrong checksum, no version's length, no address of the link. */
    @Test
    @Requirement("RFC 3810 5.1.2-1")
    @Requirement("RFC 3810 5.1.14-1")
    @Requirement("RFC 3810 8.1-1")
    void mld_queryThatIsNone_isIgnored() throws StackException {
        join(GROUP6);
        net.advance(2 * SECOND);
        net.frames();
        Icmpv6Message query = new Icmpv6Message(Icmpv6Message.MLD_QUERY, 0, 1000 << 16, Bytes.hex("00".repeat(20)));
        Ipv6Packet good = query.packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES)
                .with(ROUTER_ALERT)
                .withHopLimit(1);
        Bytes wrongSum = query.encode(PEER_LINK_LOCAL, GROUP6);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES, Ipv6Packet.ICMP, wrongSum)
                .with(ROUTER_ALERT)
                .withHopLimit(1));
        query6("0000", IpAddress.V6_ANY, 1000);
        for (IpAddress source : List.of(IpAddress.V6_ANY, IpAddress.parse("2001:db8::9"))) {
            net.send(query.packet(source, IpAddress.V6_ALL_NODES)
                    .with(ROUTER_ALERT)
                    .withHopLimit(1));
        }
        net.advance(2 * SECOND);
        net.expectNothing();
        net.send(good);
        net.advance(2 * SECOND);
        assertEquals(1, net.frames().size());
    }

    /** RFC 3810 section 5.1.15: to one of our addresses, too. */
    @Test
    @Requirement("RFC 3810 5.1.15-1")
    void mld_queryToOurAddress_isAnswered() throws StackException {
        join(GROUP6);
        net.advance(2 * SECOND);
        net.frames();
        net.send(new Icmpv6Message(Icmpv6Message.MLD_QUERY, 0, 1000 << 16, Bytes.hex(GROUP6_HEX + "027d0000"))
                .packet(PEER_LINK_LOCAL, LINK_LOCAL)
                .with(ROUTER_ALERT)
                .withHopLimit(1));
        net.advance(2 * SECOND);
        net.expect(report6(2));
    }

    // --- Answers and changes that meet

    /** RFC 3376 section 5.2, rules 4 and 5: senders asked about are answered together, or with the whole group. */
    @Test
    @Requirement("RFC 3376 5.2-5")
    void sources_askedBeforeTheAnswer_areAnsweredTogether() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("110a0000 ef010203 027d0001" + A_HEX);
        query4("110a0000 ef010203 027d0001" + B_HEX);
        net.advance(2 * SECOND);
        net.expect(igmp(REPORT4_TO, report(record(1, A_HEX, B_HEX))));
        query4("110a0000 ef010203 027d0001" + A_HEX);
        query4("110a0000 ef010203 027d0000");
        query4("110a0000 ef010203 027d0001" + B_HEX);
        net.advance(2 * SECOND);
        net.expect(igmp(REPORT4_TO, report(record(2))));
    }

    /** RFC 3376 section 5.1: the mode is told as often as the robustness says, whatever changes meanwhile. */
    @Test
    @Requirement("RFC 3376 5.1-4")
    void sources_changedAfterTheMode_areToldWithIt_andThenAlone() throws StackException {
        join(GROUP4);
        net.expect(igmp(REPORT4_TO, report(record(4))));
        endpoint.blockSource(GROUP4, net.nic.id(), A, true);
        net.expect(igmp(REPORT4_TO, report(record(4, A_HEX))));
        net.advance(SECOND);
        net.expect(igmp(REPORT4_TO, report(record(6, A_HEX))));
        net.advance(10 * SECOND);
        net.expectNothing();
    }

    /** RFC 3376 section 4.2.13: a host that has no address yet may want groups, that of its DHCP client for one. */
    @Test
    @Requirement("RFC 3376 4.2.13-1")
    void igmp_reportBeforeThereIsAnAddress_comesFromNone() throws StackException {
        net.nic.removeAddress(OURS4);
        net.frames();
        join(GROUP4);
        net.expect(ipv4(source(IpAddress.V4_ANY), destination(REPORT4_TO)));
    }

    // --- Older queriers

    /** RFC 3376 sections 7.2.1 and 8.12: for two intervals and the time for an answer. */
    @Test
    @Requirement("RFC 3376 8.12-1")
    void igmp_olderQuerierThatFellSilent_isRememberedForAWhile() throws StackException {
        query4("110a0000 00000000");
        net.advance(259 * SECOND);
        join(GROUP4);
        net.expect(igmp(GROUP4, "16000000 ef010203"));
        endpoint.leaveGroup(GROUP4, net.nic.id(), null);
        net.frames();
        net.advance(SECOND);
        join(GROUP4);
        net.expect(igmp(REPORT4_TO, report(record(4))));
    }

    /** RFC 3376 section 7.2.1: what was to be said in the other version is not. */
    @Test
    @Requirement("RFC 3376 7.2.1-3")
    @Requirement("RFC 3810 8.2.1-2")
    void version_changed_endsWhatIsPending() throws StackException {
        join(GROUP4);
        join(GROUP6);
        query4("11640000 00000000 027d0000");
        query6("00 7d 0000", IpAddress.V6_ANY, 10_000);
        net.frames();
        query4("110a0000 00000000");
        query6("", IpAddress.parse("ff05::9"), 1000);
        net.advance(20 * SECOND);
        net.expect(igmp(GROUP4, "16000000 ef010203"));
    }

    /** RFC 3376 section 7.2.1: only its general queries tell of a querier of version 2. */
    @Test
    @Requirement("RFC 3376 7.2.1-4")
    void igmp_groupQueryOfVersion2_leavesTheVersionAlone() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        net.frames();
        query4("110a0000 ef010203");
        net.advance(2 * SECOND);
        net.expect(igmp(REPORT4_TO, report(record(2))));
    }

    /** RFC 3376 section 7.2.1: version 1 gives ten seconds, and version 2 counts tenths up to the last. */
    @Test
    @Requirement("RFC 3376 7.2.1-5")
    void igmp_olderQueriers_giveTimeInTheirWay() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        long latestNs = latestAnswerNs(() -> query4("118f0000 00000000"));
        assertTrue(latestNs > 10 * SECOND && latestNs <= 15 * SECOND, latestNs + " ns");
        latestNs = latestAnswerNs(() -> query4("11000000 00000000"));
        assertTrue(latestNs > 5 * SECOND && latestNs <= 11 * SECOND, latestNs + " ns");
    }

    /** RFC 3810 section 8.2.1. */
    @Test
    @Requirement("RFC 3810 8.2.1-3")
    void mld_olderQuerier_countsMillisecondsUpToTheLast() throws StackException {
        join(GROUP6);
        net.advance(2 * SECOND);
        long latestNs = latestAnswerNs(() -> query6("", GROUP6, 0x8fff));
        assertTrue(latestNs > 20 * SECOND && latestNs <= 37 * SECOND, latestNs + " ns");
    }

    /** RFC 3376 section 4.2.14: an older report to any of our addresses is one. */
    @Test
    @Requirement("RFC 3376 4.2.14-2")
    void igmp_olderReportOfAnother_servesForOurs_whereverItWasSent() throws StackException {
        join(GROUP4);
        net.advance(2 * SECOND);
        for (IpAddress to : List.of(GROUP4, OURS4)) {
            query4("110a0000 00000000");
            net.frames();
            query4("16000000 ef010203", to, ALERT4);
            net.advance(2 * SECOND);
            net.expectNothing();
        }
    }
}
