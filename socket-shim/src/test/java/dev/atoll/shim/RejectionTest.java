package dev.atoll.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.wire.IpProtocol;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each {@code --reject-with} is the exception that the JDK makes of the errno Linux has for that answer (icmp.c and icmpv6.c), its
 * text first and the rule after it.
 */
@Timeout(120)
@SuppressWarnings("AddressSelection") // literals only
class RejectionTest {
    private static final Origin RULE = new Origin("egress.rules", 12, "-A OUTPUT -j REJECT");
    private static final String BEHIND = " (" + RULE + ")";
    private static final int PORT = 443;

    private final DrivenStack driven = DrivenStack.startWithIpv6();
    private final Shim shim = Shim.of(StackSockets.of(driven.stack(), true), new FakeNames());

    @AfterEach
    void end() {
        driven.close();
    }

    /** What a connect throws for each way. */
    static Stream<Arguments> ways() {
        Class<?> refused = ConnectException.class;
        Class<?> noRoute = NoRouteToHostException.class;
        Class<?> other = SocketException.class;
        // EACCES, for which the JDK has no exception of its own.
        Class<?> denied = BindException.class;
        return Stream.of(
                Arguments.of(RejectWith.ICMP_NET_UNREACHABLE, other, "Network is unreachable"),
                Arguments.of(RejectWith.ICMP_HOST_UNREACHABLE, noRoute, "No route to host"),
                Arguments.of(RejectWith.ICMP_PROTO_UNREACHABLE, other, "Protocol not available"),
                Arguments.of(RejectWith.ICMP_PORT_UNREACHABLE, refused, "Connection refused"),
                Arguments.of(RejectWith.ICMP_NET_PROHIBITED, other, "Network is unreachable"),
                Arguments.of(RejectWith.ICMP_HOST_PROHIBITED, noRoute, "No route to host"),
                Arguments.of(RejectWith.ICMP_ADMIN_PROHIBITED, noRoute, "No route to host"),
                Arguments.of(RejectWith.ICMP6_NO_ROUTE, other, "Network is unreachable"),
                Arguments.of(RejectWith.ICMP6_ADM_PROHIBITED, denied, "Permission denied"),
                Arguments.of(RejectWith.ICMP6_ADDR_UNREACHABLE, noRoute, "No route to host"),
                Arguments.of(RejectWith.ICMP6_PORT_UNREACHABLE, refused, "Connection refused"),
                Arguments.of(RejectWith.ICMP6_POLICY_FAIL, denied, "Permission denied"),
                Arguments.of(RejectWith.ICMP6_REJECT_ROUTE, denied, "Permission denied"),
                Arguments.of(RejectWith.TCP_RESET, refused, "Connection refused"));
    }

    @Test
    void ways_areAllThereAre() {
        assertEquals(
                List.of(RejectWith.values()), ways().map(way -> way.get()[0]).toList());
    }

    private InetSocketAddress reject(RejectWith with, int protocol) throws IOException {
        Family family = with.family() == null ? Family.IPV4 : with.family();
        Rule rule = new Rule(List.of(new ProtocolMatcher(protocol, false)), new StandardTarget.Reject(with), RULE);
        Chain output = new Chain(Hook.OUTPUT.name(), ChainPolicy.ACCEPT, List.of(rule), RULE);
        Family open = family == Family.IPV4 ? Family.IPV6 : Family.IPV4;
        driven.stack()
                .ipTables()
                .replace(RuleSet.of(List.of(
                        Table.acceptAll(TableName.FILTER, family).with(output),
                        Table.acceptAll(TableName.FILTER, open))));
        String address = family == Family.IPV4 ? "127.0.0.1" : "::1";
        return new InetSocketAddress(InetAddress.getByName(address), PORT);
    }

    private static void assertIs(Class<?> type, String message, @Nullable Throwable failure) {
        assertNotNull(failure);
        assertEquals(type, failure.getClass(), failure::toString);
        assertEquals(message, failure.getMessage());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void connect_throwsTheJdksExceptionWithTheRule(RejectWith with, Class<?> type, String text) throws Exception {
        InetSocketAddress to = reject(with, IpProtocol.TCP);
        try (Socket socket = shim.newSocket()) {
            assertIs(type, text + BEHIND, assertThrows(IOException.class, () -> socket.connect(to, 10_000)));
        }
        try (SocketChannel channel = shim.selectorProvider().openSocketChannel()) {
            assertIs(type, text + BEHIND, assertThrows(IOException.class, () -> channel.connect(to)));
        }
        try (AsynchronousSocketChannel channel =
                shim.asynchronousChannelProvider().openAsynchronousSocketChannel(null)) {
            Throwable failure = assertThrows(
                            ExecutionException.class, () -> channel.connect(to).get())
                    .getCause();
            assertIs(type, text + BEHIND, failure);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void send_throwsTheSame_andPortUnreachableForARefusal(RejectWith with, Class<?> type, String text)
            throws Exception {
        if (with == RejectWith.TCP_RESET) {
            return; // iptables has it with -p tcp alone
        }
        Class<?> expected = type == ConnectException.class ? PortUnreachableException.class : type;
        InetSocketAddress to = reject(with, IpProtocol.UDP);
        try (DatagramChannel channel = shim.selectorProvider().openDatagramChannel()) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertIs(expected, text + BEHIND, assertThrows(IOException.class, () -> channel.send(one, to)));
        }
        try (DatagramSocket socket = shim.newDatagramSocket(null)) {
            DatagramPacket one = new DatagramPacket(new byte[1], 1, to);
            assertIs(expected, text + BEHIND, assertThrows(IOException.class, () -> socket.send(one)));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void plainErrors_sayWhatTheJdkSays(RejectWith with, Class<?> type, String text) throws Exception {
        driven.stack().ipTables().plainErrors(true);
        InetSocketAddress to = reject(with, IpProtocol.TCP);
        try (Socket socket = shim.newSocket()) {
            assertIs(type, text, assertThrows(IOException.class, () -> socket.connect(to, 10_000)));
        }
    }

    @Test
    void plainErrors_ofADatagram_haveNoText() throws Exception {
        driven.stack().ipTables().plainErrors(true);
        InetSocketAddress to = reject(RejectWith.ICMP_PORT_UNREACHABLE, IpProtocol.UDP);
        try (DatagramChannel channel = shim.selectorProvider().openDatagramChannel()) {
            ByteBuffer one = ByteBuffer.allocate(1);
            PortUnreachableException plain = assertThrows(PortUnreachableException.class, () -> channel.send(one, to));
            assertNull(plain.getMessage());
        }
    }
}
