package dev.atoll.stack.env;

import dev.atoll.stack.archive.Archive;

/**
 * SipHash-2-4 (Aumasson, Bernstein 2012) of a few words under a secret key: for sequence numbers (RFC 6528), ports (RFC
 * 6056), timestamps and hash tables, where nobody outside may predict or collide values.
 */
public final class KeyedHash {
    private long key0;
    private long key1;

    /** Draws the key from the random source. */
    public KeyedHash(Rng rng) {
        key0 = rng.nextLong();
        key1 = rng.nextLong();
    }

    /** Hashes a connection's or flow's five words. */
    public long hash(long a, long b, long c, long d, long e) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        for (int i = 0; i <= 6; i++) {
            // The sixth word carries the length, as SipHash's padding does: 40 bytes. The seventh turn finishes.
            long m = i == 0 ? a : i == 1 ? b : i == 2 ? c : i == 3 ? d : i == 4 ? e : i == 5 ? 40L << 56 : 0;
            int rounds = 2;
            if (i == 6) {
                v2 ^= 0xff;
                rounds = 4;
            }
            v3 ^= m;
            for (int round = 0; round < rounds; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /** The key comes from the archive, so that what was hashed before is hashed to the same. */
    public void archive(Archive archive) {
        key0 = archive.int64(key0);
        key1 = archive.int64(key1);
    }
}
