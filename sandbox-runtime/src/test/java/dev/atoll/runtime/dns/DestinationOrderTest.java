package dev.atoll.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.runtime.dns.DestinationOrder.Source;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rule by rule, with the examples of RFC 6724 section 10.2 where it has one. */
class DestinationOrderTest {
    private final Map<IpAddress, @Nullable Source> sources = new HashMap<>();
    private final List<IpAddress> destinations = new ArrayList<>();

    /** @param source with the length of its prefix; {@code none} for a destination without a way to it */
    private DestinationOrderTest to(String destination, String source) {
        return to(destination, source, false);
    }

    private DestinationOrderTest to(String destination, String source, boolean deprecated) {
        IpAddress address = IpAddress.parse(destination);
        destinations.add(address);
        int slash = source.indexOf('/');
        sources.put(
                address,
                slash < 0
                        ? null
                        : new Source(
                                IpAddress.parse(source.substring(0, slash)),
                                Integer.parseInt(source.substring(slash + 1)),
                                deprecated));
        return this;
    }

    /** The destinations were named in this order, and are put in it from whichever they come in. */
    private void isTheOrder() {
        List<IpAddress> reversed = new ArrayList<>(destinations);
        Collections.reverse(reversed);
        assertEquals(destinations, DestinationOrder.sort(reversed, sources::get));
        assertEquals(destinations, DestinationOrder.sort(destinations, sources::get));
    }

    @Test
    void rule1_whatCannotBeReached_isLast() {
        to("192.0.2.1", "10.0.0.1/8").to("2001:db8::1", "none").isTheOrder();
    }

    @Test
    void rule2_theSourcesScope() {
        to("2001:db8:1::1", "2001:db8:1::2/64")
                .to("198.51.100.121", "169.254.13.78/16")
                .isTheOrder();
    }

    @Test
    void rule2_theSourcesScope_ofIpv4() {
        to("198.51.100.121", "198.51.100.117/24")
                .to("2001:db8:1::1", "fe80::1/64")
                .isTheOrder();
    }

    @Test
    void rule3_noDeprecatedSource() {
        to("fe80::1", "fe80::2/64")
                .to("2001:db8:1::1", "2001:db8:1::2/64", true)
                .isTheOrder();
    }

    @Test
    void rule5_theSourcesLabel() {
        to("2002:c633:6401::1", "2002:c633:6401::2/64")
                .to("2001:db8:1::1", "2002:c633:6401::2/64")
                .isTheOrder();
    }

    @Test
    void rule6_theHigherPrecedence() {
        to("2001:db8:1::1", "2001:db8:1::2/64")
                .to("10.1.2.3", "10.1.2.4/24")
                .to("2002:c633:6401::1", "2002:c633:6401::2/64")
                .to("fd00:1::1", "fd00:1::2/64")
                .isTheOrder();
    }

    @Test
    void rule6_loopback_isThatOfIpv6() {
        to("::1", "::1/128").to("127.0.0.1", "127.0.0.1/8").isTheOrder();
    }

    @Test
    void rule8_theSmallerScope() {
        to("fe80::1", "fe80::2/64").to("2001:db8:1::1", "2001:db8:1::2/64").isTheOrder();
    }

    @Test
    void rule9_theLongestMatchingPrefix() {
        to("2001:db8:1::1", "2001:db8:1::2/64")
                .to("2001:db8:3ffe::1", "2001:db8:3f44::2/64")
                .isTheOrder();
    }

    @Test
    void rule9_ipv4_whatIsInTheSubnet() {
        to("10.1.2.200", "10.1.2.4/24").to("10.1.3.1", "10.1.2.4/24").isTheOrder();
    }

    @Test
    void rule10_otherwiseTheOrderGiven() {
        to("203.0.113.1", "10.1.2.4/24").to("10.9.9.9", "10.1.2.4/24");
        assertEquals(destinations, DestinationOrder.sort(destinations, sources::get));
        Collections.reverse(destinations);
        assertEquals(destinations, DestinationOrder.sort(destinations, sources::get));
    }
}
