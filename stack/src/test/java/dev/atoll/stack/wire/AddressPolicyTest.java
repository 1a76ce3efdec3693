package dev.atoll.stack.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables and definitions of RFC 6724. */
class AddressPolicyTest {
    /** Section 2.1. */
    @ParameterizedTest
    @CsvSource({
        "::1, 50, 0",
        "2600::1, 40, 1",
        "192.0.2.1, 35, 4",
        "127.0.0.1, 35, 4",
        "2002:c000:201::1, 30, 2",
        "2001:0:53aa::1, 5, 5",
        "2001:1::1, 40, 1",
        "fd00::1, 3, 13",
        "fc00::1, 3, 13",
        "::192.0.2.1, 1, 3",
        "fec0::1, 1, 11",
        "3ffe::1, 1, 12",
        "fe80::1, 40, 1"
    })
    void table(String address, int precedence, int label) {
        assertEquals(precedence, AddressPolicy.precedence(IpAddress.parse(address)));
        assertEquals(label, AddressPolicy.label(IpAddress.parse(address)));
    }

    /** Sections 3.1 and 3.2. */
    @ParameterizedTest
    @CsvSource({
        "::1, 2",
        "fe80::1, 2",
        "fec0::1, 5",
        "fd00::1, 14",
        "2001:db8::1, 14",
        "ff02::1, 2",
        "ff08::1, 8",
        "127.0.0.9, 2",
        "169.254.1.1, 2",
        "10.0.0.1, 14",
        "192.0.2.1, 14"
    })
    void scope(String address, int scope) {
        assertEquals(scope, AddressPolicy.scope(IpAddress.parse(address)));
    }

    /** Section 2.2. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8::1, 64, 2001:db8::2, 64",
        "2001:db8:1::1, 64, 2001:db8:2::2, 46",
        "2001:db8::1, 128, 2001:db8::1, 128",
        "2001:db8::1, 128, 2001:db8::3, 126",
        "10.1.2.3, 24, 10.1.2.9, 24",
        "10.1.2.3, 24, 10.1.3.9, 23",
        "10.1.2.3, 32, 10.1.2.3, 32",
        "10.1.2.3, 24, 192.0.2.1, 0"
    })
    void commonPrefix(String source, int prefixLength, String destination, int bits) {
        assertEquals(
                bits, AddressPolicy.commonPrefix(IpAddress.parse(source), prefixLength, IpAddress.parse(destination)));
    }
}
