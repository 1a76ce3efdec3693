package dev.atoll.stack.packetdrill;

import dev.atoll.stack.env.StackException;
import org.jspecify.annotations.Nullable;

/**
 * What a system call returned.
 *
 * @param errno the error's name if the value is -1, otherwise null
 */
record Outcome(long value, @Nullable String errno) {
    static final Outcome DONE = new Outcome(0, null);

    static Outcome of(long value) {
        return new Outcome(value, null);
    }

    static Outcome error(String errno) {
        return new Outcome(-1, errno);
    }

    static Outcome error(StackException e) {
        return error(Constants.errno(e.error()));
    }

    @Override
    public String toString() {
        return errno == null ? Long.toString(value) : value + " " + errno;
    }
}
