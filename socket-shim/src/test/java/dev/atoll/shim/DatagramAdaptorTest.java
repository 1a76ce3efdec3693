package dev.atoll.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class DatagramAdaptorTest {
    /** The JDK writes the IPv6 wildcard short here, and in full elsewhere. */
    @Test
    void placeholderName_ofEachFamily_isTheWildcardAsTheJdkWritesIt() throws Exception {
        assertEquals("0.0.0.0", DatagramAdaptor.placeholderName(InetAddress.getByAddress(new byte[4])));
        assertEquals("::", DatagramAdaptor.placeholderName(InetAddress.getByAddress(new byte[16])));
    }
}
