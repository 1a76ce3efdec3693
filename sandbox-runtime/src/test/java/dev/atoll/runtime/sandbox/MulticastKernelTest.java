package dev.atoll.runtime.sandbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.runtime.clock.SecureEntropy;
import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.TapLink;
import dev.atoll.runtime.loop.DrivenStack;
import dev.atoll.runtime.loop.StackLoop;
import dev.atoll.stack.MulticastForwardingListener;
import dev.atoll.stack.MulticastRouteTable;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stack between two kernels that passes on what one sends to a group and the other has joined. */
@Timeout(120)
class MulticastKernelTest {
    private static final int PORT = 5004;
    private static final int MTU_BYTES = 1500;

    /** A kernel on either side and the stack between, which adds each route as it is asked for. */
    private static final class Net implements AutoCloseable, MulticastForwardingListener {
        final HostNamespace inside = HostNamespace.open();
        final HostNamespace outside = HostNamespace.open();
        final InetAddress insideAddress;
        final InetAddress group;
        final Stack stack;
        private final StackLoop loop;
        private final SecureEntropy entropy = new SecureEntropy();
        private final Nic eth1;

        Net(boolean v4) throws Exception {
            String in = v4 ? "10.66.0." : "fd00:66::";
            String out = v4 ? "10.67.0." : "fd00:67::";
            int prefix = v4 ? 24 : 64;
            insideAddress = InetAddress.getByName(in + 1);
            group = InetAddress.getByName(v4 ? "239.1.2.3" : "ff15::7");
            SystemClock clock = new SystemClock();
            loop = new StackLoop(SelectorProvider.provider(), clock, cause -> {
                throw new AssertionError("the stack ended", cause);
            });
            stack = Stack.builder()
                    .clock(clock)
                    .rng(entropy)
                    .driver(loop)
                    .ipv6(Ipv6Settings.DEFAULT.withDadTransmits(0))
                    .multicastForwardingListener(this)
                    .build();
            TapLink toInside = tap(inside, in + 1, prefix, 2);
            TapLink toOutside = tap(outside, out + 1, prefix, 3);
            Nic eth0 = stack.createNic("eth0", toInside);
            eth1 = stack.createNic("eth1", toOutside);
            eth0.addAddress(IpAddress.parse(in + 2), prefix);
            eth1.addAddress(IpAddress.parse(out + 2), prefix);
            eth0.setMulticastForwarding(v4, true);
            // The kernel takes from a link what it would send there.
            outside.run("ip", v4 ? "-4" : "-6", "route", "add", "default", "via", out + 2);
            loop.start(DrivenStack.of(stack), List.of(toInside, toOutside));
        }

        private static TapLink tap(HostNamespace host, String address, int prefix, int number) throws Exception {
            HostDescriptor descriptor = HostDescriptor.adopt(host.call(() -> HostCalls.openTap("tap0")));
            host.run("ip", "link", "set", "tap0", "mtu", String.valueOf(MTU_BYTES), "up");
            host.run("ip", "address", "add", address + "/" + prefix, "dev", "tap0", "nodad");
            // The JDK reads IPv6 interfaces in /proc of its own namespace: it finds this one by an address of IPv4.
            host.run("ip", "address", "add", "192.0.2." + number + "/32", "dev", "tap0");
            return new TapLink(descriptor, new MacAddress(0x02_00_00_00_00_00L + number), MTU_BYTES, true);
        }

        @Override
        public void onMissingRoute(IpAddress source, IpAddress to, int inputNicId) {
            // The kernels send to groups of their own, too.
            if (!to.equals(IpAddress.of(group.getAddress()))) {
                return;
            }
            try {
                stack.multicastRoutes()
                        .add(new MulticastRouteTable.Entry(
                                source, to, inputNicId, List.of(new MulticastRouteTable.Outgoing(eth1.id(), 0))));
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        }

        MulticastSocket sender() throws Exception {
            return inside.call(() -> {
                MulticastSocket socket = new MulticastSocket(new InetSocketAddress(insideAddress, 0));
                socket.setNetworkInterface(NetworkInterface.getByName("tap0"));
                return socket;
            });
        }

        MulticastSocket member() throws Exception {
            return outside.call(() -> {
                MulticastSocket socket = new MulticastSocket(PORT);
                socket.joinGroup(new InetSocketAddress(group, PORT), NetworkInterface.getByName("tap0"));
                socket.setSoTimeout(20_000);
                return socket;
            });
        }

        void send(MulticastSocket from, int hops, byte[] bytes) throws IOException {
            from.setTimeToLive(hops);
            from.send(new DatagramPacket(bytes, bytes.length, group, PORT));
        }

        void expect(MulticastSocket member, byte[] bytes) throws IOException {
            DatagramPacket packet = new DatagramPacket(new byte[5000], 5000);
            member.receive(packet);
            assertArrayEquals(bytes, Arrays.copyOf(packet.getData(), packet.getLength()));
            assertEquals(insideAddress, packet.getAddress());
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagramsToAGroup_reachTheKernelThatJoinedIt_inFragmentsToo(boolean v4) throws Exception {
        Random random = new Random(1);
        try (Net net = new Net(v4);
                MulticastSocket member = net.member();
                MulticastSocket sender = net.sender()) {
            // Larger than a frame.
            for (int size : new int[] {1, 4000, 1400, 4000, 0}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                net.send(sender, 8, bytes);
                net.expect(member, bytes);
            }
            assertEquals(1, net.stack.multicastRoutes().list().size());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagramOfOneHop_staysOnItsLink(boolean v4) throws Exception {
        byte[] near = {1};
        byte[] far = {2};
        try (Net net = new Net(v4);
                MulticastSocket member = net.member();
                MulticastSocket sender = net.sender()) {
            net.send(sender, 1, near);
            net.send(sender, 2, far);
            net.expect(member, far);
        }
    }
}
