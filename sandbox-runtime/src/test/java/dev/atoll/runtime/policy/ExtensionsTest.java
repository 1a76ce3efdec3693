package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExtensionsTest {
    private static final Lookups LOOKUPS = new Lookups(HostResolver.NONE, Map.of());

    @Test
    void match_everyNameListed_isBuilt() {
        for (String name : Extensions.MATCHES) {
            assertNotNull(Extensions.match(name, LOOKUPS), name);
            assertFalse(Extensions.isUnbuiltMatch(name), name);
        }
        assertNull(Extensions.match("bpf", LOOKUPS));
    }

    @Test
    void target_everyNameListed_isBuilt() {
        for (String name : Extensions.TARGETS) {
            assertNotNull(Extensions.target(name), name);
            assertFalse(Extensions.isUnbuiltTarget(name), name);
        }
        assertNull(Extensions.target("TEE"));
    }
}
