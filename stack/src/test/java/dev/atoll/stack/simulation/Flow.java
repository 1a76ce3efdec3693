package dev.atoll.stack.simulation;

import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.FullAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One {@link Conversation} after the other between two hosts, until one that began when the network had no more faults is
 * complete. Survives its hosts' crashes, which its programs do not.
 */
final class Flow {
    private static final long MAX_BYTES = 60_000;
    private static final long MAX_PAUSE_NS = TimeUnit.SECONDS.toNanos(2);

    private final Pair pair;
    private final Chance chance;
    private final double pauses;
    private final List<Conversation> conversations = new ArrayList<>();
    private boolean finished;

    Flow(Pair pair, Chance chance) {
        this.pair = pair;
        this.chance = chance;
        pauses = chance.between(0, 3) / 10.0;
    }

    Pair pair() {
        return pair;
    }

    /** The client's next conversation. */
    Conversation next() {
        Transfer.Plan plan = new Transfer.Plan(
                chance.upTo(MAX_BYTES), new ByteStream(seed()), chance.upTo(MAX_BYTES), new ByteStream(seed()));
        String name = "conversation " + (conversations.size() + 1) + " of " + pair;
        Conversation conversation = new Conversation(name, pair.network().nowNs(), plan, pair.client(), pair.server());
        conversations.add(conversation);
        return conversation;
    }

    /** The conversation that a client began from that address. */
    Conversation from(FullAddress address) {
        for (int i = conversations.size() - 1; i >= 0; i--) {
            Conversation conversation = conversations.get(i);
            if (conversation.isFrom(address)) {
                return conversation;
            }
        }
        throw new AssertionError(pair + ": accepted from " + address + ", who never connected");
    }

    private long seed() {
        return chance.upTo(Long.MAX_VALUE - 1);
    }

    Chance newChance() {
        return new Chance(Rng.seeded(seed()));
    }

    /** How likely an end pauses after a chunk. */
    double pauses() {
        return pauses;
    }

    long nextPauseNs() {
        return chance.upTo(MAX_PAUSE_NS);
    }

    /** A conversation ended for the client; true if the client need not go on. */
    boolean ended(Conversation conversation) {
        finished |= conversation.client().isComplete() && pair.isAfterFaults(conversation.beganNs());
        return finished;
    }

    boolean isFinished() {
        return finished;
    }

    /** Whether it is finished and nothing of it goes on anywhere. */
    boolean isOver() {
        return finished && conversations.stream().allMatch(Conversation::isOver);
    }

    void crashed(Host host) {
        conversations.forEach(
                conversation -> conversation.crashed(host, pair.network().nowNs()));
    }

    /**
     * Looks at how all conversations ended.
     *
     * @throws AssertionError if two ends disagree, or something broke that nothing can have broken
     */
    void requireAgreement() {
        conversations.forEach(conversation -> conversation.requireAgreement(pair.faults()));
    }

    int conversations() {
        return conversations.size();
    }

    /** What goes on, for a run that does not end. */
    @Override
    public String toString() {
        List<Conversation> running = conversations.stream()
                .filter(conversation -> !conversation.isOver())
                .toList();
        return pair + ": " + conversations.size() + " conversations" + (finished ? ", finished" : "") + ", open "
                + running;
    }
}
