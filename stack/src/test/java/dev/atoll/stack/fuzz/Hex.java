package dev.atoll.stack.fuzz;

import java.util.HexFormat;

/** Frames as text, the beginning of them: the seed is what replays them. */
final class Hex {
    private static final int MAX_BYTES = 128;

    private Hex() {}

    static String of(byte[] frame) {
        return HexFormat.of().formatHex(frame, 0, Math.min(frame.length, MAX_BYTES)) + ", " + frame.length + " bytes";
    }
}
