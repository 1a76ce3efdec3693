package dev.atoll.launcher.policy.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NetworksTest {
    private static String fold(String... addresses) {
        return String.join(
                " ",
                Networks.of(Stream.of(addresses).map(IpAddress::parse).toList()).stream()
                        .map(Subnet::toString)
                        .toList());
    }

    private static String[] addresses(String prefix, int first, int step, int count) {
        String[] addresses = new String[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = prefix + (first + i * step);
        }
        return addresses;
    }

    @Test
    void fewAddresses_stayAsTheyAre() {
        assertEquals("192.0.2.1/32 192.0.2.9/32", fold("192.0.2.9", "192.0.2.1", "192.0.2.9"));
        assertEquals(7, fold(addresses("192.0.2.", 1, 2, 7)).split(" ", -1).length);
    }

    @Test
    void halvesOfANetwork_becomeIt() {
        assertEquals("192.0.2.2/31", fold("192.0.2.2", "192.0.2.3"));
        assertEquals("192.0.2.1/32 192.0.2.2/32", fold("192.0.2.1", "192.0.2.2"));
        assertEquals("192.0.2.4/30 192.0.2.8/32", fold(addresses("192.0.2.", 4, 1, 5)));
        assertEquals("2001:db8::4/127", fold("2001:db8::4", "2001:db8::5"));
    }

    @Test
    void manyAddresses_becomeTheSmallestNetworkThatHoldsThem() {
        assertEquals("192.0.2.64/27", fold(addresses("192.0.2.", 65, 4, 8)));
        assertEquals("192.0.2.0/24", fold(addresses("192.0.2.", 1, 36, 8)));
        assertEquals("2001:db8::/121", fold(addresses("2001:db8::", 1, 10, 8)));
    }

    @Test
    void manyAddresses_neverWiderThan24Or64() {
        List<IpAddress> addresses = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            addresses.add(IpAddress.v4(0x0a000010 + 3 * i));
            addresses.add(IpAddress.v4(0x0a000210 + 3 * i));
            addresses.add(new IpAddress(0x20010db800000000L + i, 1));
        }
        assertEquals(21, Networks.of(addresses).size());
    }

    @Test
    void anyAddresses_areHeldByNetworksThatDoNotOverlap() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<IpAddress> addresses = new ArrayList<>();
            for (int i = random.nextInt(60); i >= 0; i--) {
                addresses.add(
                        random.nextBoolean()
                                ? IpAddress.v4(0xc0000200 + random.nextInt(600))
                                : new IpAddress(0x20010db800000000L + random.nextInt(2), random.nextInt(40)));
            }
            List<Subnet> networks = Networks.of(addresses);
            for (IpAddress address : addresses) {
                long holding = networks.stream()
                        .filter(network -> network.contains(address))
                        .count();
                assertEquals(1, holding, "seed " + seed + ": " + address + " in " + networks);
            }
            for (Subnet network : networks) {
                assertTrue(
                        addresses.stream().anyMatch(network::contains),
                        "seed " + seed + ": nothing was seen in " + network);
            }
        }
    }
}
