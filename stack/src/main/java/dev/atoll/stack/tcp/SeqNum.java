package dev.atoll.stack.tcp;

/** Arithmetic on sequence numbers, which wrap (RFC 9293 section 3.4). */
final class SeqNum {
    private SeqNum() {}

    static boolean lessThan(int a, int b) {
        return a - b < 0;
    }

    static boolean atMost(int a, int b) {
        return a - b <= 0;
    }

    static boolean greaterThan(int a, int b) {
        return a - b > 0;
    }

    static boolean atLeast(int a, int b) {
        return a - b >= 0;
    }

    static int max(int a, int b) {
        return a - b >= 0 ? a : b;
    }

    /** Whether {@code value} lies in the {@code size} numbers from {@code start} on. */
    static boolean inWindow(int value, int start, int size) {
        return Integer.compareUnsigned(value - start, size) < 0;
    }
}
