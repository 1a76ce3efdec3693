package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
    @Test
    void identity_wholeRange_mapsEveryIdToItself() {
        assertEquals("0 0 4294967295\n", Identities.identity(List.of("         0          0 4294967295")));
    }

    /** A launcher in a container: the ids of the container count, not those of its host. */
    @Test
    void identity_launcherInANamespace_mapsWhatExistsThere() {
        assertEquals(
                "0 0 1\n1 1 65535\n",
                Identities.identity(List.of("         0       1000          1", "         1     100000      65535")));
    }
}
