package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What the listeners of neighbours and of IPv6 are told, and when. */
class Ipv6ListenerTest {
    private static final IpAddress ROUTER = IpAddress.parse("fe80::1");

    private final List<String> events = new ArrayList<>();

    /** Notes what it is told as one line each. */
    private final class Recorder implements Ipv6Listener, NeighborListener {
        @Override
        public void onNeighbor(int nicId, Event event, NeighborTable.Entry entry) {
            events.add(event + " " + entry.address() + " " + entry.state());
        }

        @Override
        public void onAddress(int nicId, Nic.Address address, boolean present) {
            events.add(nicId + " " + address.address() + " " + address.state() + (present ? "" : " gone"));
        }

        @Override
        public void onRouter(int nicId, IpAddress router, boolean present) {
            events.add("router " + router + " " + present);
        }

        @Override
        public void onDnsServers(int nicId, List<IpAddress> servers, long lifetimeSeconds) {
            events.add("dns " + servers + " " + lifetimeSeconds);
        }

        @Override
        public void onDnsSearchList(int nicId, List<String> domains, long lifetimeSeconds) {
            events.add("search " + domains + " " + lifetimeSeconds);
        }

        @Override
        public void onDhcpv6(int nicId, boolean addresses, boolean otherSettings) {
            events.add("dhcp " + addresses + " " + otherSettings);
        }
    }

    private OneStack open(Ipv6Settings settings) throws StackException {
        Recorder recorder = new Recorder();
        return new OneStack(
                settings, 1500, builder -> builder.ipv6Listener(recorder).neighborListener(recorder));
    }

    private static Ipv6Packet advertisement(int rest, String options) {
        return new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, rest, Bytes.hex("0000000000000000" + options))
                .packet(ROUTER, IpAddress.V6_ALL_NODES);
    }

    @Test
    @Requirement("RFC 4862 5.4.5-2")
    @Requirement("features B5")
    void address_checked_isToldTwice() throws StackException {
        try (OneStack net = open(Ipv6Settings.DEFAULT.withRouterDiscovery(false))) {
            net.advance(2 * OneStack.SECOND);
            assertEquals(
                    List.of("1 ::1 PREFERRED", "2 fe80::ff:fe00:1 TENTATIVE", "2 fe80::ff:fe00:1 PREFERRED"), events);
            events.clear();
            net.nic.removeAddress(OneStack.LINK_LOCAL);
            assertEquals(List.of("2 fe80::ff:fe00:1 PREFERRED gone"), events);
        }
    }

    /** RFC 8106 section 5: servers and domains, each with its lifetime; DHCPv6 flags of RFC 4861 section 4.2. */
    @Test
    @Requirement("features D14")
    void advertisement_dnsAndFlags_areTold() throws StackException {
        try (OneStack net = open(Ipv6Settings.DEFAULT.withDadTransmits(0))) {
            events.clear();
            String rdnss = "1903 0000 0000003c 20010db8000000000000000000000053";
            String dnssl = "1f04 0000 00000e10 07 6578616d706c65 03636f6d 00 036c616e 00 000000000000";
            net.send(advertisement(0xc0 << 16 | 1800, rdnss + dnssl));
            assertEquals(
                    List.of(
                            "router fe80::1 true",
                            "dns [2001:db8::53] 60",
                            "search [example.com, lan] 3600",
                            "dhcp true true"),
                    events);
        }
    }

    @Test
    void advertisement_malformedDnsOptions_sayNothing() throws StackException {
        try (OneStack net = open(Ipv6Settings.DEFAULT.withDadTransmits(0))) {
            events.clear();
            net.send(advertisement(0, "1902 0000 0000003c 20010db800000000"));
            net.send(advertisement(0, "1f02 0000 00000e10 09 6578616d706c65"));
            net.send(advertisement(0, "1f02 0000 00000e10 04 612e6220 000000"));
            assertEquals(List.of(), events);
        }
    }

    @Test
    @Requirement("features D6")
    void neighbor_asked_isToldThroughItsStates() throws StackException {
        try (OneStack net = open(Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false))) {
            events.clear();
            try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
                endpoint.send(ByteBuffer.allocate(1), new FullAddress(2, OneStack.PEER_LINK_LOCAL, 9));
            }
            net.advance(5 * OneStack.SECOND);
            assertEquals(
                    List.of("ADDED fe80::99 INCOMPLETE", "CHANGED fe80::99 FAILED", "REMOVED fe80::99 FAILED"), events);
            assertTrue(net.stack.counters().eventsLost == 0);
        }
    }

    /** Another thread that needs the stack would wait for ever if whoever calls the listener had it. */
    @Test
    @Requirement("features M11")
    void listener_called_doesNotHoldTheStack() throws StackException {
        List<Integer> counts = new ArrayList<>();
        OneStack[] net = new OneStack[1];
        NeighborListener listener = (nicId, event, entry) -> {
            FutureTask<Integer> elsewhere = new FutureTask<>(() -> net[0].stack.endpointCount());
            new Thread(elsewhere, "other").start();
            try {
                counts.add(elsewhere.get(10, TimeUnit.SECONDS));
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("the stack is held while the listener is called", e);
            }
        };
        net[0] = new OneStack(Ipv6Settings.DEFAULT, 1500, builder -> builder.neighborListener(listener));
        net[0].nic.neighbors().addHint(OneStack.PEER_LINK_LOCAL, OneStack.PEER_MAC);
        assertTrue(counts.contains(0));
        net[0].frames();
        net[0].close();
    }
}
