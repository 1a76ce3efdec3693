package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.testing.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 4987 section 3.6. */
class SynCookiesTest {
    private static final long MINUTE_NS = 60_000_000_000L;
    private static final TransportEndpointId ID =
            new TransportEndpointId(IpAddress.parse("192.0.2.1"), 80, IpAddress.parse("198.51.100.7"), 40_000);

    private final ManualClock clock = new ManualClock(90 * MINUTE_NS, 0);
    private final Cycle cycle = new Cycle(clock, Rng.seeded(3));
    private final SynCookies cookies = new SynCookies(cycle);

    private void advance(long ns) {
        clock.advanceTo(clock.nowNs() + ns);
        cycle.begin();
    }

    @Test
    @Requirement("features I4")
    void cookie_comesBack_givesTheNextSmallerMss() {
        assertEquals(1460, cookies.mss(ID, 77, cookies.sequence(ID, 77, 1460)));
        assertEquals(1460, cookies.mss(ID, 77, cookies.sequence(ID, 77, 8960)));
        assertEquals(1300, cookies.mss(ID, 77, cookies.sequence(ID, 77, 1360)));
        assertEquals(536, cookies.mss(ID, 77, cookies.sequence(ID, 77, 0)));
    }

    @Test
    void cookie_ofAnotherPeerOrSequence_isRefused() {
        int cookie = cookies.sequence(ID, 77, 1460);
        TransportEndpointId other =
                new TransportEndpointId(ID.localAddress(), 80, ID.remoteAddress(), ID.remotePort() + 1);
        assertEquals(0, cookies.mss(other, 77, cookie));
        assertEquals(0, cookies.mss(ID, 78, cookie));
        assertEquals(0, cookies.mss(ID, 77, cookie + 1));
    }

    @Test
    void cookie_old_isRefused() {
        int cookie = cookies.sequence(ID, 77, 1460);
        advance(2 * MINUTE_NS);
        assertEquals(1460, cookies.mss(ID, 77, cookie));
        advance(MINUTE_NS);
        assertEquals(0, cookies.mss(ID, 77, cookie));
    }

    @Test
    void stamp_holdsWhatTheSynOffered_andIsNotOfTheFuture() {
        for (int now = 1000; now < 1200; now++) {
            int stamp = SynCookies.stamp(now, 7, true, false);
            assertTrue(stamp <= now && now - stamp < 128, "stamp " + stamp + " at " + now);
            assertEquals(7, SynCookies.windowScale(stamp));
            assertTrue(SynCookies.hasSack(stamp));
            assertFalse(SynCookies.hasEcn(stamp));
        }
        assertEquals(-1, SynCookies.windowScale(SynCookies.stamp(5000, -1, false, true)));
        assertTrue(SynCookies.hasEcn(SynCookies.stamp(5000, -1, false, true)));
    }
}
