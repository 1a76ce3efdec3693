package dev.atoll.stack.fuzz;

import java.util.HexFormat;

/** Frames as text. */
final class Hex {
    private Hex() {}

    static String of(byte[] frame) {
        return HexFormat.of().formatHex(frame);
    }
}
