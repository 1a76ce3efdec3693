package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;

/**
 * How much a receiver takes: as much as the application reads in about two round trips, growing with the path (dynamic
 * right-sizing, as Linux does it), within the stack's limits; or exactly what the application asked for.
 */
final class ReceiveSpace {
    private static final int SEGMENTS_OF_SLACK = 16;

    private int capacityBytes;
    private int limitBytes;
    private boolean fixed;

    /** Bytes read in the round trip before this one. */
    private int spaceBytes;

    private int copiedBytes;
    private long measuredAtNs;

    private long rttNs;
    private boolean windowBegun;
    private int windowEnd;
    private long windowBeganNs;
    private int lastEcho;

    /** Capacity before the connection is established. */
    void start(int capacity, int limit) {
        if (!fixed && capacityBytes == 0) {
            capacityBytes = capacity;
        }
        limitBytes = limit;
    }

    /** The application decided. */
    void fix(int capacity) {
        fixed = true;
        capacityBytes = capacity;
    }

    int capacityBytes() {
        return capacityBytes;
    }

    int spaceBytes() {
        return spaceBytes;
    }

    long rttNs() {
        return rttNs;
    }

    void established(int mss, long nowNs) {
        if (!fixed) {
            capacityBytes = Math.max(capacityBytes, Math.min(SEGMENTS_OF_SLACK * mss, limitBytes));
        }
        spaceBytes = Math.min(capacityBytes, CongestionWindow.INITIAL_SEGMENTS * mss);
        measuredAtNs = nowNs;
    }

    /** A round trip as the receiver can see it: the time in which a window's worth of data comes. */
    void measureByWindow(int rcvNxt, int windowBytes, long nowNs) {
        if (windowBegun && SeqNum.lessThan(rcvNxt, windowEnd)) {
            return;
        }
        if (windowBegun) {
            long sample = Math.max(nowNs - windowBeganNs, 1);
            rttNs = rttNs == 0 ? sample : Math.min(rttNs, sample);
        }
        windowBegun = true;
        windowEnd = rcvNxt + windowBytes;
        windowBeganNs = nowNs;
    }

    /** The same from a full segment that echoes when what it answers was sent. */
    void measureByEcho(int echo, long elapsedNs) {
        if (echo == lastEcho && rttNs != 0) {
            return;
        }
        lastEcho = echo;
        rttNs = rttNs == 0 ? elapsedNs : rttNs + (elapsedNs - rttNs) / 8;
    }

    /** The application read. */
    void read(int bytes, int mss, boolean moderate, long nowNs) {
        copiedBytes += bytes;
        long time = nowNs - measuredAtNs;
        if (rttNs == 0 || time < rttNs) {
            return;
        }
        if (copiedBytes > spaceBytes) {
            if (moderate && !fixed) {
                long window = 2L * copiedBytes + (long) SEGMENTS_OF_SLACK * mss;
                // A sender in slow start doubles: what grew is expected to grow as much again.
                window += 2 * (window * (copiedBytes - spaceBytes) / Math.max(spaceBytes, 1));
                capacityBytes = (int) Math.max(capacityBytes, Math.min(window, limitBytes));
            }
            spaceBytes = copiedBytes;
        }
        copiedBytes = 0;
        measuredAtNs = nowNs;
    }

    void archive(Archive archive) {
        capacityBytes = archive.int32(capacityBytes);
        limitBytes = archive.int32(limitBytes);
        fixed = archive.bool(fixed);
        spaceBytes = archive.int32(spaceBytes);
        copiedBytes = archive.int32(copiedBytes);
        measuredAtNs = archive.int64(measuredAtNs);
        rttNs = archive.int64(rttNs);
        windowBegun = archive.bool(windowBegun);
        windowEnd = archive.int32(windowEnd);
        windowBeganNs = archive.int64(windowBeganNs);
        lastEcho = archive.int32(lastEcho);
    }
}
