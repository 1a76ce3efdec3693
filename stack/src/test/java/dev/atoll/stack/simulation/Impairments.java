package dev.atoll.stack.simulation;

/**
 * How badly one direction of a link treats frames. Probabilities are from 0 to 1.
 *
 * @param delayNs the least time under way
 * @param jitterNs up to so much more, at random; frames keep their order
 * @param loss how likely a frame is lost
 * @param reorder how likely a frame is held back and overtaken
 * @param reorderNs for how long at most
 * @param duplicate how likely a frame arrives twice
 * @param corrupt how likely some bits of an IP packet are turned over
 * @param bitsPerSecond how fast frames leave; 0 for no limit
 * @param queueFrames frames that may wait to leave; more are lost
 * @param pathMtuBytes IP packets larger than this are lost, and nobody is told; 0 for no limit
 */
public record Impairments(
        long delayNs,
        long jitterNs,
        double loss,
        double reorder,
        long reorderNs,
        double duplicate,
        double corrupt,
        long bitsPerSecond,
        int queueFrames,
        int pathMtuBytes) {
    /** Frames arrive at once and unharmed. */
    public static final Impairments NONE = new Impairments(0, 0, 0, 0, 0, 0, 0, 0, 1000, 0);

    public Impairments withDelay(long newDelayNs, long newJitterNs) {
        return new Impairments(
                newDelayNs,
                newJitterNs,
                loss,
                reorder,
                reorderNs,
                duplicate,
                corrupt,
                bitsPerSecond,
                queueFrames,
                pathMtuBytes);
    }

    public Impairments withLoss(double newLoss) {
        return new Impairments(
                delayNs,
                jitterNs,
                newLoss,
                reorder,
                reorderNs,
                duplicate,
                corrupt,
                bitsPerSecond,
                queueFrames,
                pathMtuBytes);
    }

    public Impairments withReorder(double newReorder, long newReorderNs) {
        return new Impairments(
                delayNs,
                jitterNs,
                loss,
                newReorder,
                newReorderNs,
                duplicate,
                corrupt,
                bitsPerSecond,
                queueFrames,
                pathMtuBytes);
    }

    public Impairments withDuplicate(double newDuplicate) {
        return new Impairments(
                delayNs,
                jitterNs,
                loss,
                reorder,
                reorderNs,
                newDuplicate,
                corrupt,
                bitsPerSecond,
                queueFrames,
                pathMtuBytes);
    }

    public Impairments withCorrupt(double newCorrupt) {
        return new Impairments(
                delayNs,
                jitterNs,
                loss,
                reorder,
                reorderNs,
                duplicate,
                newCorrupt,
                bitsPerSecond,
                queueFrames,
                pathMtuBytes);
    }

    public Impairments withRate(long newBitsPerSecond, int newQueueFrames) {
        return new Impairments(
                delayNs,
                jitterNs,
                loss,
                reorder,
                reorderNs,
                duplicate,
                corrupt,
                newBitsPerSecond,
                newQueueFrames,
                pathMtuBytes);
    }

    public Impairments withPathMtu(int newPathMtuBytes) {
        return new Impairments(
                delayNs,
                jitterNs,
                loss,
                reorder,
                reorderNs,
                duplicate,
                corrupt,
                bitsPerSecond,
                queueFrames,
                newPathMtuBytes);
    }
}
