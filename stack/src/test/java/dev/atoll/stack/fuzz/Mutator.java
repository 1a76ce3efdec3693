package dev.atoll.stack.fuzz;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Spoils frames: a few bytes, the length, or both, mostly with the checksums put right again so that it gets further. */
final class Mutator {
    private static final int ETHERNET_BYTES = 14;
    private static final int[] TELLING = {
        0, 1, 2, 4, 5, 7, 8, 0x0f, 0x10, 0x20, 0x3f, 0x40, 0x45, 0x60, 0x7f, 0x80, 0xff
    };

    private final SplittableRandom random;

    Mutator(SplittableRandom random) {
        this.random = random;
    }

    /** A spoiled copy; now and then an exact one, since repetition is a kind of trouble too. */
    byte[] spoil(byte[] frame) {
        byte[] spoiled = frame.clone();
        int changes = random.nextInt(5);
        for (int i = 0; i < changes; i++) {
            change(spoiled);
        }
        switch (random.nextInt(12)) {
            case 0 -> spoiled = Arrays.copyOf(spoiled, random.nextInt(spoiled.length) + 1);
            case 1 -> spoiled = Arrays.copyOf(spoiled, spoiled.length + random.nextInt(64));
            default -> {}
        }
        if (random.nextInt(10) > 0) {
            Checksums.mend(spoiled);
        }
        return spoiled;
    }

    /** Headers are where the decisions are: most changes hit the first bytes behind the link header. */
    private void change(byte[] frame) {
        if (frame.length == 0) {
            return;
        }
        int from = random.nextInt(20) == 0 || frame.length <= ETHERNET_BYTES ? 0 : ETHERNET_BYTES;
        int span = random.nextInt(3) == 0 ? frame.length - from : Math.min(frame.length - from, 80);
        int at = from + random.nextInt(span);
        switch (random.nextInt(4)) {
            case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> frame[at] = (byte) random.nextInt(256);
            case 2 -> frame[at] = (byte) TELLING[random.nextInt(TELLING.length)];
            default -> frame[at] += (byte) (random.nextInt(3) - 1);
        }
    }
}
