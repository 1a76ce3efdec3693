package dev.atoll.stack.socket;

/** Told when an endpoint's readiness may have changed. */
@FunctionalInterface
public interface ReadinessListener {
    /**
     * Something happened that adds to what the endpoint is ready for: ask it again. Calls may be fewer than events, or
     * more; after the last event there is always one.
     *
     * <p>Called outside the stack's hold, by whichever thread just had it, possibly by several at once. May call the
     * stack; must not block.
     *
     * @param endpoint the endpoint listened to
     * @param readiness its {@link Readiness} bits at about this time
     */
    void onReady(Endpoint endpoint, int readiness);
}
