package dev.atoll.stack.tcp;

/**
 * What duplicate ACKs of a peer without SACK stand for (RFC 6582, RFC 6675 does not apply): each means that some segment
 * arrived, but not which.
 */
final class AnonymousSack {
    private AnonymousSack() {}

    /**
     * Duplicate ACKs came.
     *
     * @return how many segments they claim to have arrived
     */
    static int add(SackScoreboard board, AckSummary ack, int duplicates) {
        int before = board.sacked();
        int claimed = before + duplicates;
        board.setAnonymousSacked(Math.min(claimed, limit(board)));
        ack.delivered += Math.max(board.sacked() - before, 0);
        return claimed;
    }

    /** At least one segment is missing, or there would be no duplicates. */
    private static int limit(SackScoreboard board) {
        return Math.max(board.segments() - Math.max(board.lost(), 1), 0);
    }

    /** Segments were acknowledged cumulatively. */
    static void acknowledged(SackScoreboard board, AckSummary ack) {
        int sacked = board.sacked();
        if (ack.acked > 0) {
            // One of those acknowledged filled the hole; the duplicates stood for the others.
            ack.delivered += Math.max(ack.acked - sacked, 1);
            sacked = Math.max(sacked - (ack.acked - 1), 0);
        }
        board.setAnonymousSacked(Math.min(sacked, limit(board)));
    }

    static void reset(SackScoreboard board) {
        board.setAnonymousSacked(0);
    }
}
