package dev.atoll.stack.icmp;

import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an endpoint is told of an ICMP error, by its type and code (icmp_err_convert and icmpv6_err_convert of Linux). */
class UnreachableTest {
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");

    private final OneStack net;
    private final UdpEndpoint endpoint;

    UnreachableTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS, 24);
        net.nic.neighbors().setStatic(PEER, PEER_MAC);
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
        endpoint.setOption(EndpointOption.IP_RECVERR, true);
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    /** The IP packet of a datagram sent just now. */
    private Bytes sent(IpAddress to) throws StackException {
        endpoint.connect(new FullAddress(to.isV4() ? 0 : net.nic.id(), to, 9));
        endpoint.send(ByteBuffer.allocate(4), null);
        return EthernetFrame.decode(net.frames().get(0)).payload();
    }

    private @Nullable StackError told4(int type, int code, int rest) throws StackException {
        Bytes message = new IcmpMessage(type, code, rest, sent(PEER)).encode();
        net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.ICMP, message));
        StackException error = endpoint.takeError();
        return error == null ? null : error.error();
    }

    private @Nullable StackError told6(int type, int code, int rest) throws StackException {
        net.send(new Icmpv6Message(type, code, rest, sent(PEER_LINK_LOCAL)).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        StackException error = endpoint.takeError();
        return error == null ? null : error.error();
    }

    /** RFC 792, RFC 1122 section 3.2.2.1. */
    @Test
    @Requirement("RFC 1122 3.2.2-4")
    @Requirement("RFC 1122 3.2.2.1-2")
    @Requirement("RFC 1122 3.2.2.1-3")
    @Requirement("RFC 1122 4.1.3.3-1")
    @Requirement("features E10")
    void ipv4_eachCode_isTheErrorLinuxMakesOfIt() throws StackException {
        List<@Nullable StackError> told = new ArrayList<>();
        for (int code : new int[] {0, 1, 2, 3, 6, 7}) {
            told.add(told4(IcmpMessage.UNREACHABLE, code, 0));
        }
        told.add(told4(IcmpMessage.UNREACHABLE, 4, 1000));
        assertEquals(
                List.of(
                        StackError.NETWORK_UNREACHABLE,
                        StackError.HOST_UNREACHABLE,
                        StackError.PROTOCOL_UNREACHABLE,
                        StackError.REFUSED,
                        StackError.NETWORK_UNREACHABLE,
                        StackError.HOST_DOWN,
                        StackError.MESSAGE_TOO_LONG),
                told);
    }

    /** The column "fatal" of icmp_err_convert; what is not fatal may pass (RFC 1122 section 3.2.2.1). */
    @Test
    void ipv4_withoutRecverr_onlyFatalCodesAreTold() throws StackException {
        endpoint.setOption(EndpointOption.IP_RECVERR, false);
        List<Integer> told = new ArrayList<>();
        for (int code = 0; code <= 15; code++) {
            if (code != 4 && told4(IcmpMessage.UNREACHABLE, code, 0) != null) {
                told.add(code);
            }
        }
        assertEquals(List.of(2, 3, 6, 7, 8, 9, 10, 13, 14, 15), told);
        assertNull(told4(IcmpMessage.TIME_EXCEEDED, 0, 0));
        assertEquals(StackError.PROTOCOL_UNREACHABLE, told4(IcmpMessage.PARAMETER_PROBLEM, 0, 9 << 24));
    }

    /** RFC 4443 sections 3.1 and 3.2. */
    @Test
    @Requirement("features E10")
    void ipv6_eachCode_isTheErrorLinuxMakesOfIt() throws StackException {
        List<@Nullable StackError> told = new ArrayList<>();
        for (int code : new int[] {0, 1, 3, 4}) {
            told.add(told6(Icmpv6Message.UNREACHABLE, code, 0));
        }
        told.add(told6(Icmpv6Message.PACKET_TOO_BIG, 0, 1300));
        assertEquals(
                List.of(
                        StackError.NETWORK_UNREACHABLE,
                        StackError.PERMISSION_DENIED,
                        StackError.HOST_UNREACHABLE,
                        StackError.REFUSED,
                        StackError.MESSAGE_TOO_LONG),
                told);
    }

    /** RFC 4443 sections 3.1 to 3.3: what senders have to leave zero, receivers do not look at. */
    @Test
    @Requirement("RFC 4443 3.1-5")
    @Requirement("RFC 4443 3.2-3")
    void ipv6_unusedFields_areIgnored() throws StackException {
        assertEquals(StackError.REFUSED, told6(Icmpv6Message.UNREACHABLE, 4, -1));
        assertEquals(StackError.HOST_UNREACHABLE, told6(Icmpv6Message.TIME_EXCEEDED, 0, -1));
        assertEquals(StackError.MESSAGE_TOO_LONG, told6(Icmpv6Message.PACKET_TOO_BIG, 7, 1300));
    }

    /** RFC 1122 sections 3.2.2.4 and 3.2.2.5, RFC 4443 sections 3.3 and 3.4. */
    @Test
    @Requirement("RFC 4443 3.3-2")
    @Requirement("RFC 4443 3.4-2")
    @Requirement("RFC 1122 3.2.2.4-1")
    @Requirement("RFC 1122 3.2.2.5-2")
    @Requirement("RFC 1122 3.2.2.5-3")
    @Requirement("RFC 1122 4.1.3.3-1")
    void timeExceededAndParameterProblem_areToldToTheSender() throws StackException {
        assertEquals(StackError.HOST_UNREACHABLE, told4(IcmpMessage.TIME_EXCEEDED, 0, 0));
        assertEquals(StackError.PROTOCOL_UNREACHABLE, told4(IcmpMessage.PARAMETER_PROBLEM, 0, 9 << 24));
        assertEquals(StackError.HOST_UNREACHABLE, told6(Icmpv6Message.TIME_EXCEEDED, 0, 0));
        assertEquals(StackError.PROTOCOL_UNREACHABLE, told6(Icmpv6Message.PARAMETER_PROBLEM, 1, 6));
    }
}
