package dev.atoll.stack.simulation;

import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.ReadinessListener;

/**
 * A program on a simulated host. It runs only when an endpoint told it that it is ready, as a program in {@code select}
 * would: a wake-up the stack forgets leaves it asleep for ever, and the simulation sees that.
 */
abstract class Program implements ReadinessListener {
    private boolean ready;

    Program() {}

    /** Goes on as far as possible without waiting. */
    abstract void run();

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
