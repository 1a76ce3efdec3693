package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ExtensionsTest {
    @Test
    void match_everyNameListed_isBuilt() {
        for (String name : Extensions.MATCHES) {
            assertNotNull(Extensions.match(name), name);
            assertFalse(Extensions.isUnbuiltMatch(name), name);
        }
        assertNull(Extensions.match("hashlimit"));
    }

    @Test
    void target_everyNameListed_isBuilt() {
        for (String name : Extensions.TARGETS) {
            assertNotNull(Extensions.target(name), name);
            assertFalse(Extensions.isUnbuiltTarget(name), name);
        }
        assertNull(Extensions.target("LOG"));
    }
}
