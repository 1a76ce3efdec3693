package dev.atoll.stack.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.testing.Requirement;
import org.junit.jupiter.api.Test;

/** Blocks of addresses of both families. */
class SubnetTest {
    private static IpAddress address(String text) {
        return IpAddress.parse(text);
    }

    @Test
    void subnet_ofAnAddress_hasItsPrefixAlone() {
        assertEquals("10.1.2.0/23", Subnet.containing(address("10.1.3.7"), 23).toString());
        assertEquals("2001:db8::/33", Subnet.parse("2001:db8:7fff::1/33").toString());
        assertEquals(32, address("10.0.0.1").bitLength());
        assertEquals(128, address("2001:db8::1").bitLength());
        assertThrows(IllegalArgumentException.class, () -> new Subnet(address("10.0.0.1"), 24));
        assertThrows(IllegalArgumentException.class, () -> Subnet.parse("10.0.0.0/33"));
    }

    @Test
    void addresses_areInTheSubnetOfTheirPrefixAndFamily() {
        Subnet v4 = Subnet.parse("10.1.2.0/23");
        assertTrue(v4.contains(address("10.1.3.255")));
        assertFalse(v4.contains(address("10.1.4.0")));
        Subnet v6 = Subnet.parse("2001:db8::/65");
        assertTrue(v6.contains(address("2001:db8::7fff:0:0:1")));
        assertFalse(v6.contains(address("2001:db8::8000:0:0:1")));
        assertFalse(Subnet.V6_ALL.contains(address("10.0.0.1")));
        assertTrue(Subnet.V4_ALL.contains(address("10.0.0.1")));
    }

    /** RFC 919; RFC 3021 section 2.1: a /31 has none. */
    @Test
    @Requirement("features B7")
    void broadcast_isTheLastAddress_ofIpv4_unlessItIsTooSmall() {
        Subnet net = Subnet.parse("10.1.2.0/23");
        assertEquals(address("10.1.3.255"), net.lastAddress());
        assertTrue(net.isBroadcast(address("10.1.3.255")));
        assertFalse(net.isBroadcast(address("10.1.2.255")));
        assertFalse(Subnet.parse("10.1.2.0/31").isBroadcast(address("10.1.2.1")));
        assertFalse(Subnet.parse("2001:db8::/120").isBroadcast(address("2001:db8::ff")));
    }
}
