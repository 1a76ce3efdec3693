package dev.atoll.stack.tcp;

import dev.atoll.stack.wire.TcpOptions;

/** Reads the SACK blocks of a segment (RFC 2018 section 5), the first of which may report a duplicate (RFC 2883). */
final class SackReader {
    private SackReader() {}

    static void read(Sender sender, Segment segment, AckSummary ack) {
        SackScoreboard board = sender.board();
        LossRecovery recovery = sender.recovery();
        TcpOptions options = segment.options;
        int from = 0;
        if (isDuplicate(options, segment.ack)) {
            reportDuplicate(sender, options.sackLeft(0), options.sackRight(0), ack);
            from = 1;
        }
        // In order of sequence numbers, so that what is new is not mistaken for reordering within one segment.
        int done = from;
        int below = 0;
        boolean any = false;
        while (done < options.sackBlocks) {
            int next = lowestAbove(options, from, any, below);
            if (next < 0) {
                return;
            }
            any = true;
            below = options.sackLeft(next);
            int left = SeqNum.max(below, sender.sndUna);
            int right = options.sackRight(next);
            if (isPlausible(sender, below, right)) {
                board.sack(left, right, recovery.recoveryPoint(), ack, sender.rack());
            }
            done++;
        }
    }

    private static int lowestAbove(TcpOptions options, int from, boolean any, int below) {
        int found = -1;
        for (int i = from; i < options.sackBlocks; i++) {
            boolean above = !any || SeqNum.greaterThan(options.sackLeft(i), below);
            if (above && (found < 0 || SeqNum.lessThan(options.sackLeft(i), options.sackLeft(found)))) {
                found = i;
            }
        }
        return found;
    }

    private static boolean isPlausible(Sender sender, int left, int right) {
        return SeqNum.lessThan(left, right)
                && SeqNum.atMost(right, sender.sndNxt)
                && SeqNum.greaterThan(right, sender.sndUna);
    }

    /** RFC 2883 section 4: below the acknowledgment, or within the block that follows. */
    private static boolean isDuplicate(TcpOptions options, int ack) {
        int left = options.sackLeft(0);
        int right = options.sackRight(0);
        if (SeqNum.lessThan(left, ack)) {
            return true;
        }
        return options.sackBlocks > 1
                && SeqNum.atMost(right, options.sackRight(1))
                && SeqNum.atLeast(left, options.sackLeft(1));
    }

    private static void reportDuplicate(Sender sender, int left, int right, AckSummary ack) {
        int bytes = right - left;
        if (bytes <= 0 || SeqNum.greaterThan(right, sender.sndNxt)) {
            return;
        }
        ack.duplicateReported = true;
        TailLossProbe probe = sender.probe();
        boolean isProbe = probe.isRetransmissionOutstanding() && probe.endSeq() == right;
        ack.probeDuplicateReported = isProbe;
        int segments = Math.max((bytes + sender.mss() - 1) / sender.mss(), 1);
        sender.recovery().duplicatesReported(segments, right, isProbe);
        sender.countDuplicates(segments);
    }
}
