package dev.atoll.stack.icmp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.MessageError;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Endpoints that ask for echoes: icmp(7). */
class IcmpEndpointTest {
    private static final byte[] DATA = {1, 2, 3, 4, 5};

    private static byte[] request(int type, int sequence) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + DATA.length);
        bytes.put(0, (byte) type).putShort(6, (short) sequence).put(8, DATA);
        return bytes.array();
    }

    private static void echo(TwoStacks net, boolean ipv4) throws StackException {
        IpAddress right = ipv4 ? TwoStacks.RIGHT : TwoStacks.RIGHT6;
        try (IcmpEndpoint endpoint = net.left.newIcmpEndpoint(ipv4)) {
            endpoint.send(ByteBuffer.wrap(request(ipv4 ? 8 : 128, 7)), new FullAddress(right, 0));
            net.settle();

            assertEquals(Readiness.IN | Readiness.OUT, endpoint.readiness());
            ByteBuffer reply = ByteBuffer.allocate(100);
            ReceivedMessage message = assertNotNull(endpoint.receiveMessage(reply));
            FullAddress local = assertNotNull(endpoint.localAddress());
            assertEquals(new FullAddress(right, 0), message.sender());
            assertEquals(64, message.ttl());
            assertEquals(13, message.lengthBytes());
            assertEquals(ipv4 ? 0 : 129, reply.get(0) & 0xff);
            assertEquals(local.port(), reply.getShort(4) & 0xffff);
            assertEquals(7, reply.getShort(6));
            assertArrayEquals(DATA, Arrays.copyOfRange(reply.array(), 8, 13));
            assertNull(endpoint.receive(reply.clear()));
        }
    }

    private static <T> T assertNotNull(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("null");
        }
        return value;
    }

    @Test
    @Requirement("RFC 4443 4.2-2")
    @Requirement("RFC 1122 3.2.2.6-2")
    @Requirement("RFC 1122 3.3.1.1-2")
    @Requirement("features H7")
    void echoRequest_toAHost_bringsItsReply() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {})) {
            echo(net, true);
            echo(net, false);
        }
    }

    @Test
    @Requirement("RFC 4443 4.2-5")
    @Requirement("RFC 1122 3.2.2.6-6")
    @Requirement("features H7")
    void replies_goToTheEndpointWhoseIdentifierTheyCarry() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {})) {
            IcmpEndpoint one = net.left.newIcmpEndpoint(true);
            IcmpEndpoint two = net.left.newIcmpEndpoint(true);
            one.bind(new FullAddress(IpAddress.V4_ANY, 1000));
            two.bind(new FullAddress(IpAddress.V4_ANY, 1001));
            two.connect(new FullAddress(TwoStacks.RIGHT, 0));

            two.send(ByteBuffer.wrap(request(8, 1)), null);
            net.settle();

            assertEquals(-1, one.nextLength());
            assertEquals(13, two.nextLength());
            StackException taken = assertThrows(
                    StackException.class,
                    () -> net.left.newIcmpEndpoint(true).bind(new FullAddress(IpAddress.V4_ANY, 1000)));
            assertEquals(StackError.ADDRESS_IN_USE, taken.error());
            one.close();
            two.close();
        }
    }

    @Test
    void whatIsNoEchoRequest_isNotSent() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {});
                IcmpEndpoint endpoint = net.left.newIcmpEndpoint(true)) {
            for (byte[] wrong : new byte[][] {request(0, 1), request(5, 1), new byte[7]}) {
                StackException refused = assertThrows(
                        StackException.class,
                        () -> endpoint.send(ByteBuffer.wrap(wrong), new FullAddress(TwoStacks.RIGHT, 0)));
                assertEquals(StackError.INVALID, refused.error());
            }
        }
    }

    @Test
    void reply_thatNobodyAskedFor_isCounted() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {})) {
            IcmpEndpoint endpoint = net.left.newIcmpEndpoint(true);
            endpoint.send(ByteBuffer.wrap(request(8, 7)), new FullAddress(TwoStacks.RIGHT, 0));
            endpoint.close();
            net.settle();

            assertEquals(1, net.left.counters().drops(DropReason.ICMP_UNRELATED));
            assertEquals(0, net.left.endpointCount());
        }
    }

    /** icmp_err_convert of Linux calls that not final, so only those who ask for all errors are told. */
    @Test
    @Requirement("features E10")
    @Requirement("features M1")
    void hostThatDoesNotAnswer_isToldWithIpRecverr() throws StackException {
        FullAddress nobody = new FullAddress(IpAddress.parse("10.0.0.77"), 0);
        try (TwoStacks net = TwoStacks.with(builder -> {});
                IcmpEndpoint silent = net.left.newIcmpEndpoint(true);
                IcmpEndpoint told = net.left.newIcmpEndpoint(true)) {
            told.setOption(EndpointOption.IP_RECVERR, true);
            silent.connect(nobody);
            silent.send(ByteBuffer.wrap(request(8, 7)), null);
            told.send(ByteBuffer.wrap(request(8, 7)), nobody);
            net.runUntil(() -> false, 10_000_000_000L);

            assertEquals(Readiness.OUT, silent.readiness());
            assertNotEquals(0, told.readiness() & Readiness.ERR);
            assertEquals(
                    StackError.HOST_UNREACHABLE, assertNotNull(told.takeError()).error());
            MessageError error = assertNotNull(told.takeMessageError());
            assertEquals(StackError.HOST_UNREACHABLE, error.error());
            assertEquals(nobody, error.destination());
            assertEquals(13, error.payload().length);
            assertNull(told.takeMessageError());
        }
    }

    @Test
    void ipv6_inAStackWithoutIt_isRefused() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            StackException refused = assertThrows(StackException.class, () -> net.left.newIcmpEndpoint(false));
            assertEquals(StackError.NOT_SUPPORTED, refused.error());
        }
    }
}
