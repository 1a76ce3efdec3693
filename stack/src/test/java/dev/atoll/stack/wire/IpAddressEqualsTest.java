package dev.atoll.stack.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** Its equals and hashCode are written out: they must still be what a record promises. */
class IpAddressEqualsTest {
    @Test
    void equals_bothHalves_count() {
        IpAddress address = new IpAddress(1, 2);
        assertEquals(new IpAddress(1, 2), address);
        assertNotEquals(new IpAddress(1, 3), address);
        assertNotEquals(new IpAddress(3, 2), address);
        assertNotEquals(null, address);
        assertNotEquals("0:0:0:1::2", address);
    }

    @Test
    void hashCode_ofEqualAddresses_isEqual() {
        assertEquals(
                IpAddress.parse("10.66.0.1").hashCode(),
                IpAddress.v4(0x0a420001).hashCode());
        assertNotEquals(new IpAddress(1, 2).hashCode(), new IpAddress(2, 1).hashCode());
    }
}
