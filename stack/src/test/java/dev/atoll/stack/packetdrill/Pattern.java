package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.Bytes;

/** What payloads are filled with where a script does not care: bytes that tell their place in the stream. */
final class Pattern {
    private Pattern() {}

    static byte at(int streamOffset) {
        return (byte) (streamOffset ^ streamOffset >>> 8 ^ streamOffset >>> 16);
    }

    static byte[] array(int streamOffset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(streamOffset + i);
        }
        return bytes;
    }

    static Bytes bytes(int streamOffset, int length) {
        return Bytes.of(array(streamOffset, length));
    }
}
