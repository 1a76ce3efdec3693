package dev.atoll.stack.ndp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.nic.Device;

/** The last 64 bits of addresses a host makes for itself. */
final class InterfaceIds {
    private static final long UNIVERSAL_BIT = 1L << 57;

    /** The last of the 128 identifiers RFC 2526 reserves. */
    private static final long RESERVED_ANYCAST = 0xfdff_ffff_ffff_ffffL;

    private final KeyedHash secret;
    private final Rng rng;

    InterfaceIds(Rng rng) {
        this.rng = rng;
        secret = new KeyedHash(rng);
    }

    /** From the link address (RFC 4291 appendix A). */
    static long eui64(long linkAddress) {
        long upper = linkAddress >>> 24;
        long lower = linkAddress & 0xff_ffff;
        return (upper << 40 | 0xfffeL << 24 | lower) ^ UNIVERSAL_BIT;
    }

    /** Stable for a prefix and NIC, and telling nothing of the link address to who does not know the secret (RFC 7217). */
    long opaque(Device device, long prefix, int dadCounter) {
        long id = secret.hash(prefix, device.id(), device.linkAddressBits(), dadCounter, 0);
        return isReserved(id) ? opaque(device, prefix, dadCounter + 0x10000) : id;
    }

    /** Random, for a temporary address (RFC 8981 section 3.3.1). */
    long random() {
        long id = rng.nextLong();
        return isReserved(id) ? random() : id;
    }

    /** RFC 5453: the subnet-router anycast address and the reserved subnet anycast addresses. */
    private static boolean isReserved(long id) {
        return id == 0 || id >>> 7 == RESERVED_ANYCAST >>> 7;
    }

    void archive(Archive archive) {
        secret.archive(archive);
    }
}
