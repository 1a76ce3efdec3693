package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/** How far segments of a connection were seen to be reordered by the network: what duplicates may mean before a loss. */
final class Reordering {
    /** tcp_max_reordering. */
    private static final int MAX_SEGMENTS = 300;

    private int segments;
    private int seen;

    Reordering(int atFirst) {
        segments = atFirst;
    }

    /** Segments that may overtake another one without its being lost. */
    int segments() {
        return segments;
    }

    /** Occasions on which reordering was seen. */
    int seen() {
        return seen;
    }

    /** A segment arrived so many bytes behind one that was sent after it. */
    void noteDistance(int bytes, int mss) {
        if (bytes > (long) segments * mss) {
            segments = Math.min((bytes + mss - 1) / mss, MAX_SEGMENTS);
        }
        seen++;
    }

    /** So many duplicate ACKs came that at least that many segments must have been reordered. */
    void noteSegments(int count) {
        segments = Math.min(Math.max(segments, count), MAX_SEGMENTS);
        seen++;
    }

    /** It was overestimated: a timeout was needed where duplicates should have done. */
    void limit(int most) {
        segments = Math.min(segments, most);
    }

    void archive(Archive archive) {
        segments = archive.int32(segments);
        seen = archive.int32(seen);
    }
}
