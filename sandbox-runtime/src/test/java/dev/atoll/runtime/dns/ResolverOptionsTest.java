package dev.atoll.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.File;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolverOptionsTest {
    private static final List<FullAddress> SERVERS = List.of(new FullAddress(IpAddress.parse("192.0.2.1"), 53));
    private static final List<IpAddress> OWN = List.of(IpAddress.parse("192.0.2.9"));
    private static final File HOSTS = new File("hosts");

    private static final ResolverOptions OPTIONS =
            new ResolverOptions(SERVERS, List.of("a.example"), 2, 3, 4, true, true, true, HOSTS, "island", OWN);

    @Test
    void each_replacesWhatItSays_andLeavesTheRest() {
        assertEquals(
                new ResolverOptions(SERVERS, List.of("b"), 5, 3, 4, true, true, true, HOSTS, "island", OWN),
                OPTIONS.withSearch(List.of("b"), 5));
        assertEquals(
                new ResolverOptions(SERVERS, List.of("a.example"), 2, 7, 1, true, true, true, HOSTS, "island", OWN),
                OPTIONS.withPatience(7, 1));
        assertEquals(
                new ResolverOptions(SERVERS, List.of("a.example"), 2, 3, 4, false, true, true, HOSTS, "island", OWN),
                OPTIONS.withRotation(false));
        assertEquals(
                new ResolverOptions(SERVERS, List.of("a.example"), 2, 3, 4, true, false, true, HOSTS, "island", OWN),
                OPTIONS.withIpv6LoopbackAlone(true));
        assertEquals(
                new ResolverOptions(SERVERS, List.of("a.example"), 2, 3, 4, true, false, false, HOSTS, "island", OWN),
                OPTIONS.withIpv6(false));
        File others = new File("others");
        assertEquals(
                new ResolverOptions(SERVERS, List.of("a.example"), 2, 3, 4, true, true, true, others, "island", OWN),
                OPTIONS.withHosts(others));
        assertEquals(
                new ResolverOptions(
                        SERVERS, List.of("a.example"), 2, 3, 4, true, true, true, HOSTS, "other", List.of()),
                OPTIONS.withLocalHost("other", List.of()));
    }

    @Test
    void replaced_byWhatMayNotBe_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> OPTIONS.withPatience(0, 1));
    }
}
