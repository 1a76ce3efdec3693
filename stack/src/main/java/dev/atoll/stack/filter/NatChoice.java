package dev.atoll.stack.filter;

import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;

/**
 * Chooses what one end of a flow is translated to, as Linux does (nf_nat_core.c): the flow's own address and port if they
 * may stay, else an address of the range by a hash of who talks to whom, else a port that no other flow has.
 */
final class NatChoice {
    /** Ports tried in a row from one drawn at random; when all are taken half as many from another one, and so on. */
    private static final int MAX_ATTEMPTS = 128;

    private static final int MIN_ATTEMPTS = 16;

    private NatChoice() {}

    /**
     * Changes one end of a flow.
     *
     * @param key the flow as it is translated so far
     * @param flows whose scratch key it is: tells whether another flow's answers would look like those to this one
     */
    static void make(FlowKey key, NatSide side, NatRange range, Rng rng, ConnTrack flows, long nowNs) {
        boolean drawn = range.drawsPort();
        boolean fits = range.contains(key.high(side), key.low(side)) && range.containsPort(key.port(side));
        if (side == NatSide.SOURCE && !drawn && fits && !flows.isTaken(nowNs)) {
            return;
        }
        chooseAddress(key, side, range);
        if (!drawn && range.basePort() == 0) {
            boolean only = range.hasPorts() && range.firstPort() == range.lastPort();
            boolean mayStay = range.containsPort(key.port(side));
            if (mayStay && (only || !flows.isTaken(nowNs))) {
                return;
            }
        }
        if (key.isIcmp() || (key.hasPorts() && (range.hasPorts() || side == NatSide.SOURCE))) {
            choosePort(key, side, range, rng, flows, nowNs);
        }
    }

    private static void chooseAddress(FlowKey key, NatSide side, NatRange range) {
        IpAddress first = range.firstAddress();
        IpAddress last = range.lastAddress();
        if (first == null || last == null) {
            return;
        }
        long hash = FlowKey.mix(FlowKey.mix(key.sourceHigh) ^ key.sourceLow);
        if (!range.persistent()) {
            hash = FlowKey.mix(FlowKey.mix(hash ^ key.destinationHigh) ^ key.destinationLow);
        }
        long high = between(first.high(), last.high(), hash);
        long least = high == first.high() ? first.low() : 0;
        long most = high == last.high() ? last.low() : -1;
        key.address(side, high, between(least, most, FlowKey.mix(hash + 1)));
    }

    /** A number in a range of unsigned ones, ends included. */
    private static long between(long first, long last, long hash) {
        long size = last - first + 1;
        return size == 0 ? hash : first + Long.remainderUnsigned(hash, size);
    }

    private static void choosePort(FlowKey key, NatSide side, NatRange range, Rng rng, ConnTrack flows, long nowNs) {
        int own = key.port(side);
        int first = range.hasPorts() ? range.firstPort() : firstOfClass(key, own);
        int last = range.hasPorts() ? range.lastPort() : lastOfClass(key, own);
        int size = last - first + 1;
        int offset;
        if (range.basePort() != 0) {
            // In 16 bits, as Linux counts.
            offset = (own - range.basePort() & 0xffff) % size;
        } else {
            // A destination has the first that is free, unless it is to be drawn.
            offset = side == NatSide.SOURCE || range.drawsPort() ? rng.nextInt(size) : 0;
        }
        for (int attempts = Math.min(size, MAX_ATTEMPTS); ; attempts /= 2) {
            for (int i = 0; i < attempts; i++) {
                key.port(side, first + (offset + i) % size);
                if (!flows.isTaken(nowNs)) {
                    return;
                }
            }
            if (attempts >= size || attempts < MIN_ATTEMPTS) {
                return;
            }
            offset = rng.nextInt(size);
        }
    }

    /** Ports that programs take for a privilege stay among their like. */
    private static int firstOfClass(FlowKey key, int port) {
        if (key.isIcmp()) {
            return 0;
        }
        return port < 512 ? 1 : port < 1024 ? 600 : 1024;
    }

    private static int lastOfClass(FlowKey key, int port) {
        return key.isIcmp() || port >= 1024 ? 0xffff : port < 512 ? 511 : 1023;
    }
}
