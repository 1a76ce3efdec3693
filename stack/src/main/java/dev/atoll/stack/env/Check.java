package dev.atoll.stack.env;

import org.jspecify.annotations.Nullable;

/**
 * Checks that are always on. {@link #argument} judges a caller of the public API and names the field; {@link #that}
 * guards an invariant of our own, so its failure is a bug in the stack.
 */
public final class Check {
    private Check() {}

    /** Refuses a wrong argument, naming it, its value and what would be right. */
    public static void argument(boolean ok, String field, @Nullable Object value, String expected) {
        if (!ok) {
            throw new IllegalArgumentException(field + " is " + value + ", expected " + expected);
        }
    }

    /** The same for a number, which is made an object only to be complained of. */
    public static void argument(boolean ok, String field, long value, String expected) {
        if (!ok) {
            throw new IllegalArgumentException(field + " is " + value + ", expected " + expected);
        }
    }

    /** An invariant: false means the stack's own state is wrong and it must not go on. */
    public static void that(boolean ok, String invariant) {
        if (!ok) {
            throw new IllegalStateException("broken invariant: " + invariant);
        }
    }
}
