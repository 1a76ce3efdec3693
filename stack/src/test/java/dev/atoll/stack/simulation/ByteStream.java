package dev.atoll.stack.simulation;

/**
 * An endless stream of bytes that a seed decides, so that each end can compare what it reads byte for byte with what
 * the other wrote without either keeping it. Any 8 bytes in a row tell their place.
 */
final class ByteStream {
    private final long seed;

    ByteStream(long seed) {
        this.seed = seed;
    }

    byte at(long offset) {
        long z = seed + (offset >>> 3) * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        return (byte) (z >>> (offset & 7) * 8);
    }
}
