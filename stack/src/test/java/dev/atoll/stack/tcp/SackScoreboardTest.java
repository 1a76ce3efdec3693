package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
import dev.atoll.testing.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SackScoreboardTest {
    private static final int MSS = 1000;
    private static final long MS = 1_000_000;

    private final SackScoreboard board = new SackScoreboard();
    private final RttEstimator rtt = new RttEstimator();
    private final Rack rack = new Rack(board, rtt);
    private final AckSummary ack = new AckSummary();
    private int next = Integer.MAX_VALUE - 3 * MSS; // So that sequence numbers wrap on the way.
    private final int first = next;

    private void send(int segments, long nowNs) {
        for (int i = 0; i < segments; i++) {
            board.append(next, next + MSS, nowNs, 0, false);
            next += MSS;
        }
    }

    private void begin(long nowNs) {
        ack.begin(nowNs);
        ack.priorUna = first;
        ack.priorHighestSacked = board.highestSacked(first);
    }

    private void sack(int fromSegment, int toSegment) {
        board.sack(first + fromSegment * MSS, first + toSegment * MSS, first, ack, rack);
    }

    private void acknowledge(int segments) {
        board.acknowledge(first + segments * MSS, first, true, ack, rack);
    }

    @Test
    void sack_partOfSegment_countsWholeOnesOnly() {
        send(4, 0);
        begin(MS);
        board.sack(first + 1, first + 2 * MSS + 1, first, ack, rack);
        assertEquals(1, board.sacked());
        assertEquals(1, ack.delivered);
        assertEquals(3, board.inFlight());
    }

    private int lostByRack(long nowNs) {
        begin(nowNs);
        rack.detectLoss(nowNs, /* recovering= */ true, /* reorderingSeen= */ false, /* duplicatesSuffice= */ true, ack);
        return ack.lost;
    }

    /** New data and a retransmission in answer to acknowledgments that came together: nobody knows which left first. */
    @Test
    @Requirement("RFC 8985 6.2-7")
    void rack_newDataOfTheSameMomentArrived_retransmissionIsNotLost() {
        send(4, 0);
        begin(MS);
        sack(1, 4);
        assertEquals(1, lostByRack(MS));
        board.retransmitted(board.nextLost(), MS, 3);
        send(1, MS);
        begin(2 * MS);
        sack(4, 5);
        assertEquals(0, lostByRack(2 * MS));
        send(1, 2 * MS);
        begin(3 * MS);
        sack(5, 6);
        assertEquals(1, lostByRack(3 * MS), "something sent later arrived");
    }

    /** What is acknowledged of the others stays known, and the order of what is sent again is that of the stream. */
    @Test
    void splitFirst_othersSacked_isLostInPieces() {
        board.append(next, next + 3 * MSS + 1, 0, 0, true);
        next += 3 * MSS + 1;
        board.append(next, next + MSS, 0, 0, false);
        begin(MS);
        board.sack(next, next + MSS, first, ack, rack);
        board.splitFirst(MSS);
        assertEquals(5, board.segments());
        assertEquals(4, board.lost());
        assertEquals(1, board.sacked());
        assertEquals(0, board.inFlight());
        for (int i = 0; i < 4; i++) {
            int slot = board.nextLost();
            assertEquals(first + i * MSS, board.seqOf(slot));
            assertEquals(i == 3 ? 1 : MSS, board.endOf(slot) - board.seqOf(slot));
            assertEquals(i == 3, board.is(slot, SackScoreboard.PUSHED));
            board.retransmitted(slot, 2 * MS, 0);
            assertEquals(i + 1, board.inFlight());
        }
        assertEquals(SackScoreboard.NONE, board.nextLost());
        begin(3 * MS);
        board.acknowledge(next + MSS, first, true, ack, rack);
        assertTrue(board.isEmpty());
        assertEquals(0, board.inFlight());
        assertEquals(SackScoreboard.NONE, board.oldestSent());
    }

    @Test
    @Requirement("features I7")
    void recut_moreThanTheRingTakes_lastSegmentIsLarge() {
        int bytes = SackScoreboard.MAX_SEGMENTS * 100 + 5000;
        board.append(next, next + bytes, 0, 0, true);
        board.recut(100, MS);
        assertEquals(SackScoreboard.MAX_SEGMENTS, board.segments());
        assertEquals(first + bytes, board.endOf(board.lastSlot()));
    }

    @Test
    void sack_repeated_countsOnce() {
        send(10, 0);
        begin(MS);
        sack(2, 5);
        sack(2, 5);
        assertEquals(3, board.sacked());
        begin(2 * MS);
        sack(2, 7);
        assertEquals(2, ack.delivered);
        assertEquals(5, board.sacked());
    }

    @Test
    void sack_belowHighest_isReordering() {
        send(10, 0);
        begin(MS);
        sack(8, 9);
        assertFalse(ack.isReordered());
        begin(2 * MS);
        sack(3, 4);
        assertTrue(ack.isReordered());
        assertEquals(first + 3 * MSS, ack.reorderedSeq());
    }

    @Test
    @Requirement("RFC 8985 6.2-2")
    void acknowledge_holeFilledByOriginal_isReordering() {
        send(5, 0);
        begin(MS);
        sack(4, 5);
        begin(2 * MS);
        acknowledge(5);
        assertEquals(first, ack.reorderedSeq());
        assertEquals(4, ack.delivered);
        assertTrue(board.isEmpty());
        assertEquals(0, board.inFlight());
    }

    @Test
    @Requirement("RFC 6298 3-1")
    void acknowledge_afterRetransmission_isAmbiguous() {
        send(2, 0);
        board.markLost(board.slotAt(0));
        board.retransmitted(board.slotAt(0), 5 * MS, 0);
        begin(6 * MS);
        acknowledge(1);
        assertTrue(ack.retransmittedAcked);
        assertEquals(AckSummary.NONE, ack.firstAckedSentNs);
        assertEquals(0, board.retransmitted());
        assertEquals(0, board.lost());
    }

    @Test
    void markLost_retransmissionInFlight_isToBeSentAgain() {
        send(3, 0);
        int slot = board.slotAt(1);
        assertTrue(board.markLost(slot));
        assertFalse(board.markLost(slot));
        assertEquals(2, board.inFlight());
        board.retransmitted(slot, MS, 0);
        assertEquals(SackScoreboard.NONE, board.nextLost());
        assertEquals(3, board.inFlight());
        assertTrue(board.markLost(slot));
        assertEquals(slot, board.nextLost());
        assertEquals(2, board.inFlight());
    }

    @Test
    @Requirement("RFC 8985 5.1-1")
    void retransmitted_goesToTheEndOfTheOrderOfTransmission() {
        send(3, 0);
        int slot = board.slotAt(0);
        board.markLost(slot);
        assertEquals(board.slotAt(1), board.oldestSent());
        board.retransmitted(slot, MS, 0);
        assertEquals(slot, board.sentAfter(board.slotAt(2)));
    }

    @Test
    void unmarkLost_restoresTheOrderOfTransmission() {
        send(1, 0);
        send(1, MS);
        send(1, 2 * MS);
        board.markLost(board.slotAt(1));
        board.unmarkLost();
        assertEquals(0, board.lost());
        assertEquals(board.slotAt(1), board.sentAfter(board.slotAt(0)));
        assertEquals(board.slotAt(2), board.sentAfter(board.slotAt(1)));
    }

    @Test
    @Requirement("RFC 6675 3-1")
    @Requirement("RFC 6675 5.1-1")
    @Requirement("RFC 2018 5.1-1")
    void forgetSacked_peerReneged_allAreMissingAgain() {
        send(4, 0);
        begin(MS);
        sack(1, 3);
        board.forgetSacked();
        assertEquals(0, board.sacked());
        assertEquals(4, board.inFlight());
        begin(2 * MS);
        sack(1, 3);
        assertEquals(2, board.sacked());
    }

    @Test
    void recut_smallerSegments_coverTheSameBytes() {
        send(2, 0);
        board.recut(300, MS);
        assertEquals(7, board.segments());
        assertEquals(7, board.lost());
        assertEquals(first, board.seqOf(board.slotAt(0)));
        assertEquals(next, board.endOf(board.lastSlot()));
    }

    /** Random histories, compared with a scoreboard that looks at each segment each time. */
    @Test
    @Requirement("RFC 6675 3-1")
    @Requirement("RFC 6675 4-1")
    void anyHistory_isCountedAsByHand() {
        for (int seed = 1; seed <= 200; seed++) {
            compare(new Random(seed), "seed " + seed);
        }
    }

    private static final class Plain {
        int seq;
        boolean sacked;
        boolean lost;
        boolean retransmitted;
    }

    private static void compare(Random random, String message) {
        SackScoreboard board = new SackScoreboard();
        Rack rack = new Rack(board, new RttEstimator());
        AckSummary ack = new AckSummary();
        List<Plain> plain = new ArrayList<>();
        int start = random.nextInt();
        int una = start;
        int next = start;
        for (int step = 0; step < 300; step++) {
            long now = step * MS;
            ack.begin(now);
            ack.priorHighestSacked = board.highestSacked(una);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    int segments = random.nextInt(20);
                    for (int i = 0; i < segments; i++) {
                        Plain one = new Plain();
                        one.seq = next;
                        plain.add(one);
                        board.append(next, next + MSS, now, 0, false);
                        next += MSS;
                    }
                }
                case 2 -> {
                    int left = una + random.nextInt(Math.max(next - una, 1));
                    int right = left + random.nextInt(5 * MSS);
                    if (right - next <= 0) {
                        board.sack(left, right, start, ack, rack);
                        for (Plain one : plain) {
                            if (one.seq - left >= 0 && one.seq + MSS - right <= 0 && !one.sacked) {
                                one.sacked = true;
                                if (one.lost) {
                                    one.lost = false;
                                    one.retransmitted = false;
                                }
                            }
                        }
                    }
                }
                case 3 -> {
                    una += random.nextInt(next - una + 1) / MSS * MSS;
                    int upTo = una;
                    board.acknowledge(una, start, true, ack, rack);
                    plain.removeIf(one -> one.seq - upTo < 0);
                }
                default -> {
                    for (int i = 0; i < plain.size(); i++) {
                        Plain one = plain.get(i);
                        if (!one.sacked && random.nextInt(4) == 0) {
                            board.markLost(board.slotAt(i));
                            one.lost = true;
                            one.retransmitted = false;
                        } else if (one.lost && !one.retransmitted) {
                            board.retransmitted(board.slotAt(i), now, 0);
                            one.retransmitted = true;
                        }
                    }
                }
            }
            check(board, plain, message + ", step " + step);
        }
    }

    private static void check(SackScoreboard board, List<Plain> plain, String message) {
        assertEquals(plain.size(), board.segments(), message);
        assertEquals(plain.stream().filter(one -> one.sacked).count(), board.sacked(), message);
        assertEquals(plain.stream().filter(one -> one.lost).count(), board.lost(), message);
        assertEquals(plain.stream().filter(one -> one.retransmitted).count(), board.retransmitted(), message);
        int expected = -1;
        for (int i = plain.size() - 1; i >= 0; i--) {
            assertEquals(plain.get(i).seq, board.seqOf(board.slotAt(i)), message);
            if (plain.get(i).lost && !plain.get(i).retransmitted) {
                expected = board.slotAt(i);
            }
        }
        assertEquals(expected, board.nextLost(), message);
        int listed = 0;
        for (int slot = board.oldestSent(); slot != SackScoreboard.NONE; slot = board.sentAfter(slot)) {
            listed++;
        }
        long expectedListed = plain.stream()
                .filter(one -> !one.sacked && (!one.lost || one.retransmitted))
                .count();
        assertEquals(expectedListed, listed, message);
    }

    private List<String> segments(SackScoreboard of) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < of.segments(); i++) {
            int slot = of.slotAt(i);
            String flags = "";
            for (int flag : new int[] {
                SackScoreboard.SACKED,
                SackScoreboard.LOST,
                SackScoreboard.RETRANSMITTED,
                SackScoreboard.REPEATED,
                SackScoreboard.PUSHED
            }) {
                flags += of.is(slot, flag) ? "1" : "0";
            }
            all.add(of.seqOf(slot) + "-" + of.endOf(slot) + " at " + of.sentNsOf(slot) + " " + flags);
        }
        for (int slot = of.oldestSent(); slot != SackScoreboard.NONE; slot = of.sentAfter(slot)) {
            all.add("sent " + of.seqOf(slot));
        }
        all.add("lost " + of.nextLost() + ", " + of.sacked() + " " + of.lost() + " " + of.retransmitted());
        return all;
    }

    @Test
    void restored_knowsEverySegmentInFlight() {
        send(200, MS);
        begin(2 * MS);
        acknowledge(70);
        send(100, 3 * MS);
        sack(80, 90);
        sack(150, 200);
        for (int segment = 72; segment < 79; segment++) {
            board.markLost(board.slotAt(segment - 70));
        }
        board.retransmitted(board.nextLost(), 4 * MS, 5);
        Archive saved = Archive.saving();
        board.archive(saved);
        SackScoreboard restored = new SackScoreboard();
        restored.archive(Archive.restoring(saved.toByteArray()));
        assertEquals(segments(board), segments(restored));
        int ackAt = first + 100 * MSS;
        for (SackScoreboard each : List.of(board, restored)) {
            begin(5 * MS);
            each.acknowledge(ackAt, first, true, ack, rack);
            each.append(next, next + MSS, 6 * MS, 0, true);
        }
        assertEquals(segments(board), segments(restored));
    }
}
