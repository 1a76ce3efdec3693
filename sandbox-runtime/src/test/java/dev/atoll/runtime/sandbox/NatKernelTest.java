package dev.atoll.runtime.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.runtime.clock.SecureEntropy;
import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.runtime.host.Programs;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.TapLink;
import dev.atoll.runtime.loop.DrivenStack;
import dev.atoll.runtime.loop.StackLoop;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stack between two kernels that know no way to each other: what it translates is what they check. */
@Timeout(120)
class NatKernelTest {
    private static final int PORT = 8080;
    private static final int SHOWN_PORT = 80;
    private static final int VOLUME_BYTES = 16 * 1024 * 1024;
    private static final int WIDE_BYTES = 1500;
    /** What IPv6 needs at least, and less than the hosts inside send. */
    private static final int NARROW_BYTES = 1280;

    /** A kernel on either side and the stack between. */
    private static final class Net implements AutoCloseable {
        final HostNamespace inside;
        final HostNamespace outside;
        final String insideAddress;
        final String outsideAddress;
        final String shownAddress;
        private final Stack stack;
        private final StackLoop loop;
        private final SecureEntropy entropy;

        Net(boolean v4, int outsideMtuBytes) throws Exception {
            String in = v4 ? "10.66.0." : "fd00:66::";
            String out = v4 ? "198.51.100." : "2001:db8:100::";
            int prefix = v4 ? 24 : 64;
            insideAddress = in + 1;
            outsideAddress = out + 1;
            shownAddress = out + 2;
            inside = HostNamespace.open();
            outside = HostNamespace.open();
            entropy = new SecureEntropy();
            SystemClock clock = new SystemClock();
            loop = new StackLoop(SelectorProvider.provider(), clock, cause -> {
                throw new AssertionError("the stack ended", cause);
            });
            stack = Stack.builder()
                    .clock(clock)
                    .rng(entropy)
                    .driver(loop)
                    .ipv6(Ipv6Settings.DEFAULT.withDadTransmits(0))
                    .build();
            TapLink toInside = tap(inside, insideAddress, prefix, WIDE_BYTES, 2);
            TapLink toOutside = tap(outside, outsideAddress, prefix, outsideMtuBytes, 3);
            Nic eth0 = stack.createNic("eth0", toInside);
            Nic eth1 = stack.createNic("eth1", toOutside);
            eth0.addAddress(IpAddress.parse(in + 2), prefix);
            eth1.addAddress(IpAddress.parse(shownAddress), prefix);
            eth0.setForwarding(v4, true);
            eth1.setForwarding(v4, true);
            inside.run("ip", v4 ? "-4" : "-6", "route", "add", "default", "via", in + 2);
            stack.ipTables().replace(RuleSet.of(List.of(nat(v4 ? Family.IPV4 : Family.IPV6))));
            loop.start(DrivenStack.of(stack), List.of(toInside, toOutside));
        }

        /** What goes out has the router's address; connections that come from outside go in, whatever their port. */
        private Table nat(Family family) {
            Origin origin = new Origin("NatKernelTest", 1, "nat");
            NatRange server =
                    NatRange.ANY.address(IpAddress.parse(insideAddress)).ports(PORT, PORT);
            Rule in = new Rule(
                    List.of(
                            new ProtocolMatcher(IpProtocol.TCP, false),
                            new InterfaceMatcher(InterfaceMatcher.Side.IN, "eth1", false)),
                    new NatTarget.Dnat(server),
                    origin);
            Rule out = new Rule(
                    List.of(new InterfaceMatcher(InterfaceMatcher.Side.OUT, "eth1", false)),
                    new NatTarget.Masquerade(NatRange.ANY),
                    origin);
            return Table.acceptAll(TableName.NAT, family)
                    .with(new Chain(Hook.PREROUTING.name(), ChainPolicy.ACCEPT, List.of(in), origin))
                    .with(new Chain(Hook.POSTROUTING.name(), ChainPolicy.ACCEPT, List.of(out), origin));
        }

        @Override
        public void close() throws IOException {
            stack.close();
            loop.close();
            entropy.close();
            inside.close();
            outside.close();
        }
    }

    private static TapLink tap(HostNamespace host, String address, int prefix, int mtuBytes, int number)
            throws Exception {
        HostDescriptor descriptor = HostDescriptor.adopt(host.call(() -> HostCalls.openTap("tap0")));
        host.run("ip", "link", "set", "tap0", "mtu", String.valueOf(mtuBytes), "up");
        host.run("ip", "address", "add", address + "/" + prefix, "dev", "tap0", "nodad");
        return new TapLink(descriptor, new MacAddress(0x02_00_00_00_00_00L + number), mtuBytes, true);
    }

    private static CompletableFuture<byte[]> reading(Socket socket) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return socket.getInputStream().readNBytes(VOLUME_BYTES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Sends each way what the other end must get. */
    private static void exchange(Socket one, Socket other) throws Exception {
        byte[] sent = new byte[VOLUME_BYTES];
        new Random(1).nextBytes(sent);
        for (Socket from : List.of(one, other)) {
            CompletableFuture<byte[]> got = reading(from == one ? other : one);
            from.getOutputStream().write(sent);
            assertTrue(Arrays.equals(sent, got.get(60, TimeUnit.SECONDS)), "what came is what was sent");
        }
    }

    private static Socket connect(HostNamespace from, String to, int port) throws Exception {
        return from.call(() -> {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(to, port), 20_000);
            return socket;
        });
    }

    private static void connectOut(Net net) throws Exception {
        try (ServerSocket server = net.outside.call(() -> new ServerSocket(PORT));
                Socket client = connect(net.inside, net.outsideAddress, PORT);
                Socket accepted = server.accept()) {
            assertEquals(InetAddress.getByName(net.shownAddress), accepted.getInetAddress());
            exchange(client, accepted);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionFromInside_comesFromTheRouter_withEveryByte(boolean v4) throws Exception {
        try (Net net = new Net(v4, WIDE_BYTES)) {
            connectOut(net);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void narrowPath_isBelievedByTheKernelInside(boolean v4) throws Exception {
        try (Net net = new Net(v4, NARROW_BYTES)) {
            connectOut(net);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionFromOutside_isLedIn_withEveryByte(boolean v4) throws Exception {
        try (Net net = new Net(v4, WIDE_BYTES);
                ServerSocket server = net.inside.call(() -> new ServerSocket(PORT));
                Socket client = connect(net.outside, net.shownAddress, SHOWN_PORT);
                Socket accepted = server.accept()) {
            assertEquals(InetAddress.getByName(net.outsideAddress), accepted.getInetAddress());
            exchange(client, accepted);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagrams_goBothWays_andAnErrorIsAboutWhatTheKernelSent(boolean v4) throws Exception {
        // Larger than a frame.
        byte[] large = new byte[4000];
        DatagramPacket answer = new DatagramPacket(new byte[5000], 5000);
        try (Net net = new Net(v4, WIDE_BYTES);
                DatagramSocket client = net.inside.call(() -> new DatagramSocket())) {
            client.connect(new InetSocketAddress(net.outsideAddress, PORT));
            client.setSoTimeout(20_000);
            answerOne(net, client, large);
            client.receive(answer);
            assertEquals(large.length, answer.getLength());
            // Nobody has the port any more.
            client.send(new DatagramPacket(large, large.length));
            assertThrows(PortUnreachableException.class, () -> client.receive(answer));
        }
    }

    private static void answerOne(Net net, DatagramSocket client, byte[] large) throws Exception {
        try (DatagramSocket server = net.outside.call(() -> new DatagramSocket(PORT))) {
            client.send(new DatagramPacket(large, large.length));
            server.setSoTimeout(20_000);
            DatagramPacket request = new DatagramPacket(new byte[5000], 5000);
            server.receive(request);
            assertEquals(InetAddress.getByName(net.shownAddress), request.getAddress());
            assertEquals(large.length, request.getLength());
            server.send(request);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pings_areAnswered(boolean v4) throws Exception {
        assumeTrue(Programs.isInstalled("ping"), "needs ping (apt-get install iputils-ping)");
        try (Net net = new Net(v4, WIDE_BYTES)) {
            String output = net.inside.run("ping", "-n", "-c", "3", "-i", "0.2", "-s", "3000", net.outsideAddress);
            assertTrue(output.contains("3 received"), output);
        }
    }
}
