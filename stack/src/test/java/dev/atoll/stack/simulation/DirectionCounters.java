package dev.atoll.stack.simulation;

/** What one direction of a link did. */
public final class DirectionCounters {
    long frames;
    long lost;
    long overflowed;
    long reordered;
    long duplicated;
    long corrupted;

    DirectionCounters() {}

    @Override
    public String toString() {
        return frames + " frames, " + lost + " lost, " + overflowed + " overflowed, " + reordered + " reordered, "
                + duplicated + " duplicated, " + corrupted + " corrupted";
    }
}
