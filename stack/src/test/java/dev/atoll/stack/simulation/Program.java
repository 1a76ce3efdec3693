package dev.atoll.stack.simulation;

import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.ReadinessListener;
import java.util.List;

/**
 * A program on a simulated host. It runs only when an endpoint told it that it is ready, as a program in {@code select}
 * would: a wake-up the stack forgets leaves it asleep for ever, and the simulation sees that.
 */
abstract class Program implements ReadinessListener {
    private boolean ready;

    Program() {}

    /** Goes on as far as possible without waiting. */
    abstract void run();

    /** What it has open, and perhaps some that it has closed. */
    List<Endpoint> endpoints() {
        return List.of();
    }

    /** Its host's stack is another one, made from what the one before saved: takes up its endpoints there. */
    void moved(RestoredStack restored) {}

    /** The same endpoint in a restored stack, with this program as its listener; one that was closed stays what it is. */
    final <T extends Endpoint> T again(RestoredStack restored, T before, Class<T> type) {
        Endpoint after = restored.endpoint(before.uniqueId());
        if (after == null) {
            return before;
        }
        after.setReadinessListener(this);
        return type.cast(after);
    }

    /** The end of the program: it gives up what it still has open. Most have nothing then. */
    void end() {}

    @Override
    public final void onReady(Endpoint endpoint, int readiness) {
        ready = true;
    }

    /** Run again soon, without being told by an endpoint. */
    final void again() {
        ready = true;
    }

    final boolean takeReady() {
        boolean was = ready;
        ready = false;
        return was;
    }
}
