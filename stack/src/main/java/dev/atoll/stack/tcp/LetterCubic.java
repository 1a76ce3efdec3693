package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;

/**
 * CUBIC to the letter of RFC 9438 where {@linkplain Cubic Linux's} departs from it: beyond the window before the reduction
 * the estimate of Reno grows as fast as Reno (section 4.3), a reduction that was a mistake leaves the curve as it was
 * (section 4.9), and slow start is left by HyStart++ (section 4.10).
 */
final class LetterCubic extends Cubic {
    static final String NAME = "cubic-rfc9438";

    private final CongestionWindow window;

    /** Window before the last reduction: cwnd_prior. */
    private int reducedFrom;

    // The curve before the last reduction.
    private int priorReducedFrom;
    private int priorPlateau;
    private boolean wasInEpoch;
    private long priorEpochNs;
    private int priorOrigin;
    private int priorTimeToPlateau;
    private int priorFriendlyWindow;
    private int priorFriendlyAcked;

    LetterCubic(CongestionWindow window) {
        super(window, new HyStartPlusPlus());
        this.window = window;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    int renoStep(int cwnd) {
        return friendlyWindow >= reducedFrom ? cwnd : super.renoStep(cwnd);
    }

    @Override
    public int thresholdAfterLoss() {
        priorReducedFrom = reducedFrom;
        priorPlateau = plateau;
        wasInEpoch = inEpoch;
        priorEpochNs = epochNs;
        priorOrigin = origin;
        priorTimeToPlateau = timeToPlateau;
        priorFriendlyWindow = friendlyWindow;
        priorFriendlyAcked = friendlyAcked;
        reducedFrom = window.segments();
        return super.thresholdAfterLoss();
    }

    @Override
    public int windowAfterUndo(int priorWindow) {
        // Of two reductions the curve is known before the second only, and that one was no mistake.
        if (reducedFrom == priorWindow) {
            reducedFrom = priorReducedFrom;
            plateau = priorPlateau;
            inEpoch = wasInEpoch;
            epochNs = priorEpochNs;
            origin = priorOrigin;
            timeToPlateau = priorTimeToPlateau;
            friendlyWindow = priorFriendlyWindow;
            friendlyAcked = priorFriendlyAcked;
        }
        return super.windowAfterUndo(priorWindow);
    }

    @Override
    public void archive(Archive archive) {
        super.archive(archive);
        reducedFrom = archive.int32(reducedFrom);
        priorReducedFrom = archive.int32(priorReducedFrom);
        priorPlateau = archive.int32(priorPlateau);
        wasInEpoch = archive.bool(wasInEpoch);
        priorEpochNs = archive.int64(priorEpochNs);
        priorOrigin = archive.int32(priorOrigin);
        priorTimeToPlateau = archive.int32(priorTimeToPlateau);
        priorFriendlyWindow = archive.int32(priorFriendlyWindow);
        priorFriendlyAcked = archive.int32(priorFriendlyAcked);
    }
}
