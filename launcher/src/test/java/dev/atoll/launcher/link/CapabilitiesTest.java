package dev.atoll.launcher.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitiesTest {
    private static final int CAP_NET_ADMIN = 12;

    @ParameterizedTest
    @CsvSource({
        "0000000000000000, false",
        "0000000000001000, true",
        "0000000000000fff, false",
        "000001ffffffffff, true",
        "ffffffffffffefff, false"
    })
    void has_readsTheBit(String set, boolean expected) {
        assertEquals(expected, Capabilities.has(set, CAP_NET_ADMIN));
    }
}
