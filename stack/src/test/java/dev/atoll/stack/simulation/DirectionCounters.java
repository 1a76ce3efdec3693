package dev.atoll.stack.simulation;

/** What one direction of a link did. */
public final class DirectionCounters {
    long frames;
    long lost;
    long overflowed;
    long reordered;
    long duplicated;
    long corrupted;
    /** Lost because the path takes no packets as large. */
    long tooLarge;
    /** Lost because the direction was cut. */
    long cut;
    /** Sent on their way, duplicates included. */
    long arriving;

    DirectionCounters() {}

    /** Every frame arrives or is lost, and those that arrive twice were duplicated. */
    void requireBalance(String where) {
        long ended = lost + tooLarge + overflowed + cut + arriving - duplicated;
        if (ended != frames) {
            throw new AssertionError(where + ": " + frames + " frames, but " + ended + " came to an end: " + this);
        }
    }

    @Override
    public String toString() {
        return frames + " frames, " + lost + " lost, " + overflowed + " overflowed, " + reordered + " reordered, "
                + duplicated + " duplicated, " + corrupted + " corrupted, " + tooLarge + " too large"
                + (cut == 0 ? "" : ", " + cut + " cut");
    }
}
