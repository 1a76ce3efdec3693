package dev.atoll.launcher.jvms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
    private static LinkAddresses link(String first, int prefixLength, String router) {
        return new LinkAddresses(
                List.of(new Address(IpAddress.parse(first), prefixLength)), IpAddress.parse(router), List.of());
    }

    private static String take(AddressPool pool) {
        return pool.take().map(Address::toString).orElse("none");
    }

    @Test
    void subnet_fromTheFirstUpward_withoutRouterAndBroadcast() {
        AddressPool pool = AddressPool.ofSubnet(link("192.0.2.3", 29, "192.0.2.5"));
        assertEquals(
                List.of("192.0.2.3/29", "192.0.2.4/29", "192.0.2.6/29", "none"),
                List.of(take(pool), take(pool), take(pool), take(pool)));
    }

    @Test
    void routerLast_isNotGivenOut() {
        AddressPool pool = AddressPool.ofSubnet(link("192.0.2.5", 29, "192.0.2.6"));
        assertEquals("192.0.2.5/29", take(pool));
        assertTrue(pool.take().isEmpty());
    }

    @Test
    void givenBack_isTheNext() {
        AddressPool pool = AddressPool.ofSubnet(link("10.66.128.2", 25, "10.66.128.1"));
        Address first = pool.take().orElseThrow();
        Address second = pool.take().orElseThrow();
        assertNotEquals(first, second);
        pool.giveBack(first);
        assertEquals(first.toString(), take(pool));
        assertEquals("10.66.128.4/25", take(pool));
    }

    @Test
    void one_isOne() {
        AddressPool pool = AddressPool.ofOne(link("192.0.2.3", 24, "192.0.2.1"));
        Address first = pool.take().orElseThrow();
        assertTrue(pool.take().isEmpty());
        pool.giveBack(first);
        assertEquals(first.toString(), take(pool));
    }
}
