package dev.atoll.stack.tcp;

/** Who is told what happens to a connection or listener. Called under the stack's hold; must not call back. */
public interface ConnectionObserver {
    /** What it is ready for may have changed: ask. */
    void readinessChanged();

    /** For connections and listeners nobody watches any more. */
    ConnectionObserver NOBODY = () -> {};
}
