package dev.atoll.stack.simulation;

import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks {@link Questions}, each until it is answered, now and then by a new endpoint as resolvers do. */
final class Questioner extends Program {
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_PAUSE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int TRIES_OF_AN_ENDPOINT = 4;

    private final Questions questions;
    private final Pair pair;
    private final Chance chance;
    private final ByteBuffer buffer = ByteBuffer.allocate(Questions.MAX_BYTES + 1);
    private @Nullable UdpEndpoint endpoint;
    private int tries;
    private long askedNs;
    private long askAgainNs;

    Questioner(Questions questions, Chance chance) {
        this.questions = questions;
        this.chance = chance;
        pair = questions.pair();
        askLater(chance.upTo(MAX_PAUSE_NS));
    }

    private void askLater(long inNs) {
        askAgainNs = pair.network().nowNs() + inNs;
        pair.wake(this, inNs);
    }

    @Override
    void run() {
        receive();
        if (!questions.isFinished() && pair.network().nowNs() >= askAgainNs) {
            ask();
            askLater(REPEAT_NS);
        }
    }

    private void ask() {
        try {
            if (tries == 0) {
                askedNs = pair.network().nowNs();
            }
            UdpEndpoint by = endpoint;
            if (by == null || tries++ % TRIES_OF_AN_ENDPOINT == 0) {
                by = reopen();
            }
            by.send(questions.question(questions.current()), questions.isConnected() ? null : pair.service());
        } catch (StackException e) {
            questions.excuse(e, questions.isConnected());
        }
    }

    private UdpEndpoint reopen() throws StackException {
        end();
        UdpEndpoint made = pair.client().stack().newUdpEndpoint();
        if (questions.isConnected()) {
            try {
                made.connect(pair.service());
            } catch (StackException e) {
                made.close();
                throw e;
            }
        }
        made.setReadinessListener(this);
        endpoint = made;
        return made;
    }

    private void receive() {
        UdpEndpoint from = endpoint;
        while (from != null) {
            try {
                FullAddress sender = from.receive(buffer.clear());
                if (sender == null) {
                    return;
                }
                if (questions.check(buffer.flip()) == questions.current() && tries > 0) {
                    questions.answered(askedNs);
                    tries = 0;
                    askLater(chance.upTo(MAX_PAUSE_NS));
                }
            } catch (StackException e) {
                questions.excuse(e, questions.isConnected());
            }
        }
    }

    @Override
    void end() {
        UdpEndpoint old = endpoint;
        if (old != null) {
            old.close();
            endpoint = null;
        }
    }

    @Override
    List<Endpoint> endpoints() {
        UdpEndpoint open = endpoint;
        return open == null ? List.of() : List.of(open);
    }

    @Override
    void moved(RestoredStack restored) {
        UdpEndpoint before = endpoint;
        endpoint = before == null ? null : again(restored, before, UdpEndpoint.class);
    }
}
