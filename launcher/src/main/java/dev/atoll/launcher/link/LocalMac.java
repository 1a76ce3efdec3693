package dev.atoll.launcher.link;

import dev.atoll.runtime.clock.SecureEntropy;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;

/** Hardware addresses for interfaces that have none. */
public final class LocalMac {
    private LocalMac() {}

    /** A locally administered unicast address (IEEE 802c). */
    public static MacAddress random() throws IOException {
        try (SecureEntropy entropy = new SecureEntropy()) {
            long bits = entropy.nextLong() & 0xffff_ffff_ffffL;
            return new MacAddress(bits & ~(1L << 40) | 1L << 41);
        }
    }
}
