package dev.atoll.runtime.loop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Which threads may run protocol code.
 *
 * <p>Not a virtual thread: it could be unmounted inside the hold, and everybody would wait for it. Not one with its
 * interrupt flag set. Not one about to run out of stack: an overflow inside protocol code ends the network of the whole
 * JVM, while a deep recursion that prints to a socket is an everyday bug.
 */
public final class HoldRules {
    private static final @Nullable MethodHandle IS_VIRTUAL = findIsVirtual();

    private HoldRules() {}

    /** Whether the calling thread may. Costs about 0.2 µs. */
    public static boolean mayHold() {
        Thread thread = Thread.currentThread();
        return !thread.isInterrupted() && !isVirtual(thread) && StackProbe.hasRoom();
    }

    static boolean isVirtual(Thread thread) {
        MethodHandle isVirtual = IS_VIRTUAL;
        if (isVirtual == null) {
            return false;
        }
        try {
            return (boolean) isVirtual.invokeExact(thread);
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual cannot be called", e);
        }
    }

    /** Thread.isVirtual, which Java has from 21 on. */
    private static @Nullable MethodHandle findIsVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (NoSuchMethodException e) {
            return null;
        } catch (IllegalAccessException e) {
            throw new LinkageError("Thread.isVirtual is not accessible", e);
        }
    }
}
