package dev.atoll.stack.simulation;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * What two programs ask and answer in datagrams: question N has bytes and a length that a seed decides, begins with its
 * number, and the answer is its complement. Survives the hosts' crashes.
 */
final class Questions {
    static final int MAX_BYTES = 3000;
    private static final int NUMBER_BYTES = Long.BYTES;

    /** What a datagram's sender may be told while the network has faults. */
    private static final Set<StackError> EXCUSED = EnumSet.of(
            StackError.NETWORK_UNREACHABLE, StackError.NETWORK_DOWN, StackError.BAD_LOCAL_ADDRESS, StackError.REFUSED);

    private final Pair pair;
    private final ByteStream bytes;
    private final long lengths;
    private final boolean connected;
    private long current;
    private boolean finished;

    Questions(Pair pair, Chance chance) {
        this.pair = pair;
        bytes = new ByteStream(chance.upTo(Long.MAX_VALUE - 1));
        lengths = chance.upTo(MAX_BYTES);
        connected = chance.happens(0.5);
    }

    Pair pair() {
        return pair;
    }

    /** Whether who asks connects the endpoint. */
    boolean isConnected() {
        return connected;
    }

    long current() {
        return current;
    }

    boolean isFinished() {
        return finished;
    }

    /** The question was answered that was first asked then; the next one is due, unless that was the last. */
    void answered(long askedNs) {
        current++;
        finished = pair.isAfterFaults(askedNs);
    }

    private int length(long number) {
        return NUMBER_BYTES + (int) ((lengths + number * 997) % (MAX_BYTES - NUMBER_BYTES));
    }

    ByteBuffer question(long number) {
        ByteBuffer question = ByteBuffer.allocate(length(number));
        question.putLong(number);
        for (int i = NUMBER_BYTES; i < question.capacity(); i++) {
            question.put(bytes.at(number * MAX_BYTES + i));
        }
        return question.flip();
    }

    /**
     * The number of the question that was answered.
     *
     * @throws AssertionError if it was not asked, or the answer is wrong
     */
    long check(ByteBuffer answer) {
        complement(answer);
        return requireAsked(answer);
    }

    /** Makes an answer of a question, where it stands. */
    ByteBuffer answer(ByteBuffer question) {
        requireAsked(question);
        complement(question);
        return question;
    }

    private long requireAsked(ByteBuffer question) {
        long number = question.remaining() < NUMBER_BYTES ? -1 : question.getLong(0);
        if (number < 0 || number > current || !question.equals(question(number))) {
            throw new AssertionError(
                    this + ": a datagram of " + question.remaining() + " bytes is no question or answer");
        }
        return number;
    }

    private static void complement(ByteBuffer bytes) {
        for (int i = 0; i < bytes.limit(); i++) {
            bytes.put(i, (byte) ~bytes.get(i));
        }
    }

    /**
     * An error that tells of a fault is no matter, for the question is repeated; nor one that tells a connected endpoint
     * what the path carries, or that three questions for a neighbour were lost.
     */
    void excuse(StackException e, boolean byConnected) {
        boolean excused =
                switch (e.error()) {
                    case HOST_UNREACHABLE -> true;
                    case MESSAGE_TOO_LONG -> byConnected;
                    default ->
                        EXCUSED.contains(e.error())
                                && pair.faults().anyBetween(0, pair.network().nowNs());
                };
        if (!excused) {
            throw new AssertionError(this + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return pair + ": " + current + " answers" + (finished ? ", finished" : "");
    }
}
