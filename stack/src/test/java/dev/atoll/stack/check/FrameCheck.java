package dev.atoll.stack.check;

/**
 * Something a test expects of a decoded header; composes through {@link Checks}.
 *
 * @param <T> what it looks at
 */
@FunctionalInterface
public interface FrameCheck<T> {
    /**
     * Looks at one header.
     *
     * @throws AssertionError naming the field, what was expected and what was there
     */
    void check(T actual);
}
