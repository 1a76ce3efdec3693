package dev.atoll.runtime.localhost;

import dev.atoll.stack.env.StackException;
import java.io.IOException;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import org.jspecify.annotations.Nullable;

/**
 * Does the crossing's own work with its own permissions: a program under a security manager (JDK 17 and 21) was asked for those that
 * its call needs before it got here, and need not have those for sockets of the kernel's.
 */
// Deprecated for removal, but while a supported JDK has them, programs may rely on them.
@SuppressWarnings("removal")
final class Privileged {
    private Privileged() {}

    static void run(Runnable action) {
        AccessController.doPrivileged((PrivilegedAction<@Nullable Void>) () -> {
            action.run();
            return null;
        });
    }

    /** Runs it; what it throws of the kernel's is thrown as the stack's. */
    static <T> T call(PrivilegedExceptionAction<T> action) throws StackException {
        try {
            return AccessController.doPrivileged(action);
        } catch (PrivilegedActionException e) {
            if (e.getException() instanceof IOException failure) {
                throw Sockets.toStack(failure);
            }
            throw new IllegalStateException(e.getException());
        }
    }
}
