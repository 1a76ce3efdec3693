package dev.atoll.launcher.policy.space;

import java.math.BigInteger;

/**
 * Where a table nat has led a packet, as far as rules behind it see: ranges, ends included.
 *
 * @param firstAddress the value of an address; -1: as it was
 * @param firstPort -1: as it was
 */
record Translated(BigInteger firstAddress, BigInteger lastAddress, int firstPort, int lastPort) {
    private static final BigInteger SAME = BigInteger.valueOf(-1);

    /** Nothing was translated. */
    static final Translated NOT = new Translated(SAME, SAME, -1, -1);

    boolean hasAddress() {
        return firstAddress.signum() >= 0;
    }

    boolean hasPort() {
        return firstPort >= 0;
    }
}
