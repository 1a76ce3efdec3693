package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;

/**
 * CUBIC (RFC 9438) with fast convergence, the Reno-friendly region and HyStart, with Linux's constants: C = 410/1024,
 * beta = 717/1024. {@link LetterCubic} is the one without Linux's departures from the RFC.
 *
 * <p>All in integers, so that every run is the same: the curve's time is in 1/1024 s.
 */
class Cubic implements CongestionControl {
    static final String NAME = "cubic";

    private static final int BETA = 717;
    private static final int SCALE = 1024;
    /** C in units of 1/1024 segments per second cubed. */
    private static final long C = 410;
    /** Three powers of 1/1024 s, and one of the unit of {@link #C}. */
    private static final int CURVE_SHIFT = 40;

    private static final long CUBE_FACTOR = (1L << CURVE_SHIFT) / C;
    /** The Reno-friendly window grows by 8 segments for this many times the window acknowledged: 3(1-beta)/(1+beta). */
    private static final int FRIENDLY = 8 * (SCALE + BETA) / 3 / (SCALE - BETA);
    /** While the path's capacity is unknown the window grows at least by 5 % a round trip. */
    private static final int LARGEST_UNKNOWN_STEP = 20;

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final long UPDATE_NS = SECOND / 32;

    private final CongestionWindow window;
    private final SlowStartExit slowStartExit;

    /** Window at the last reduction: W_max. */
    int plateau;

    boolean inEpoch;
    long epochNs;
    private long lastUpdateNs;
    private int lastWindow;
    int origin;
    /** Time from the beginning of the epoch to the plateau, 1/1024 s: K. */
    int timeToPlateau;

    private int perStep = 1;
    int friendlyWindow;
    int friendlyAcked;
    private long pathNs;

    Cubic(CongestionWindow window) {
        this(window, new HyStart());
    }

    Cubic(CongestionWindow window, SlowStartExit slowStartExit) {
        this.window = window;
        this.slowStartExit = slowStartExit;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void acknowledged(int acked, long nowNs) {
        int left = acked;
        if (window.isSlowStart()) {
            left = window.slowStart(slowStartExit.widening(left));
        }
        if (left > 0) {
            update(left, nowNs);
            window.avoid(perStep, left);
        }
    }

    private void update(int acked, long nowNs) {
        int cwnd = window.segments();
        friendlyAcked += acked;
        if (lastWindow == cwnd && nowNs - lastUpdateNs <= UPDATE_NS) {
            return;
        }
        // The curve itself moves only each millisecond.
        if (!inEpoch || nowNs / MS != lastUpdateNs / MS) {
            lastWindow = cwnd;
            lastUpdateNs = nowNs;
            if (!inEpoch) {
                beginEpoch(cwnd, acked, nowNs);
            }
            followCurve(cwnd, nowNs);
        }
        keepUpWithReno(cwnd);
        perStep = Math.max(perStep, 2);
    }

    private void beginEpoch(int cwnd, int acked, long nowNs) {
        inEpoch = true;
        epochNs = nowNs;
        friendlyAcked = acked;
        friendlyWindow = cwnd;
        if (plateau <= cwnd) {
            timeToPlateau = 0;
            origin = cwnd;
        } else {
            timeToPlateau = cubeRoot(CUBE_FACTOR * (plateau - cwnd));
            origin = plateau;
        }
    }

    /** RFC 9438 sections 4.2, 4.4 and 4.5: where W_cubic will be a round trip from now. */
    private void followCurve(int cwnd, long nowNs) {
        long ms = (nowNs - epochNs + pathNs) / MS;
        long time = ms * 1024 / 1000;
        long distance = Math.min(Math.abs(time - timeToPlateau), 1L << 17);
        long rise = (C * distance * distance * distance) >> CURVE_SHIFT;
        long target = time < timeToPlateau ? origin - rise : origin + rise;
        perStep = target > cwnd ? (int) (cwnd / (target - cwnd)) : 100 * cwnd;
        if (plateau == 0) {
            perStep = Math.min(perStep, LARGEST_UNKNOWN_STEP);
        }
    }

    /** RFC 9438 section 4.3. */
    private void keepUpWithReno(int cwnd) {
        int step = Math.max(renoStep(cwnd), 1);
        int steps = Math.max(friendlyAcked - 1, 0) / step;
        friendlyAcked -= steps * step;
        friendlyWindow += steps;
        if (friendlyWindow > cwnd) {
            perStep = Math.min(perStep, cwnd / (friendlyWindow - cwnd));
        }
    }

    /** How many segments acknowledged widen the Reno-friendly window by one. */
    int renoStep(int cwnd) {
        return cwnd * FRIENDLY >> 3;
    }

    @Override
    public void notLimiting(long nowNs) {
        if (inEpoch) {
            // Time in which the window could not grow is no time on the curve (RFC 9438 section 4.2).
            epochNs = Math.min(epochNs + nowNs - lastUpdateNs, nowNs);
            lastUpdateNs = nowNs;
        }
    }

    @Override
    public void measured(long rttNs, int sndUna, int sndNxt, long nowNs) {
        if (inEpoch && nowNs - epochNs < SECOND) {
            return; // Right after a reduction the queue is not what it will be.
        }
        if (pathNs == 0 || rttNs < pathNs) {
            pathNs = Math.max(rttNs, 1);
        }
        if (window.isSlowStart() && slowStartExit.shouldEnd(window, rttNs, pathNs, sndUna, sndNxt, nowNs)) {
            window.setThreshold(window.segments());
        }
    }

    @Override
    public void paced() {
        slowStartExit.setPaced(true);
    }

    @Override
    public int thresholdAfterLoss() {
        int cwnd = window.segments();
        inEpoch = false;
        // Fast convergence (RFC 9438 section 4.7): a smaller plateau than the last one makes room for newcomers.
        plateau = cwnd < plateau ? cwnd * (SCALE + BETA) / (2 * SCALE) : cwnd;
        return Math.max(cwnd * BETA / SCALE, 2);
    }

    @Override
    public int windowAfterUndo(int priorWindow) {
        return Math.max(window.segments(), priorWindow);
    }

    @Override
    public void timedOut() {
        plateau = 0;
        inEpoch = false;
        lastWindow = 0;
        pathNs = 0;
        perStep = 1;
        slowStartExit.reset();
    }

    @Override
    public void restarted(long idleNs, long nowNs) {
        if (inEpoch && idleNs > 0) {
            // Idle time is no time on the curve (RFC 9438 section 5.8).
            epochNs = Math.min(epochNs + idleNs, nowNs);
            lastUpdateNs = nowNs;
        }
    }

    /** The cube root, rounded down. */
    private static int cubeRoot(long of) {
        long low = 0;
        long high = 1L << 20;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (middle * middle * middle <= of) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return (int) low;
    }

    @Override
    public void archive(Archive archive) {
        slowStartExit.archive(archive);
        plateau = archive.int32(plateau);
        inEpoch = archive.bool(inEpoch);
        epochNs = archive.int64(epochNs);
        lastUpdateNs = archive.int64(lastUpdateNs);
        lastWindow = archive.int32(lastWindow);
        origin = archive.int32(origin);
        timeToPlateau = archive.int32(timeToPlateau);
        perStep = archive.int32(perStep);
        friendlyWindow = archive.int32(friendlyWindow);
        friendlyAcked = archive.int32(friendlyAcked);
        pathNs = archive.int64(pathNs);
    }
}
