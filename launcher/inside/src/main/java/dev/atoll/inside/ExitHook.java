package dev.atoll.inside;

import dev.atoll.hooks.PlainCalls;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.localhost.Localhost;
import dev.atoll.runtime.sandbox.Sandbox;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The last thing that happens in the program's JVM: what its sockets still owe is delivered, as the kernel would do
 * after a process has ended, and our threads leave native code.
 *
 * <p>It runs after the program's own shutdown hooks, which may use the network: in the JDK's sequence of system hooks,
 * where the application's hooks are the second. A JVM whose daemon threads sit in native code at its end waits 300 ms for
 * them, so the loop ends here and the control descriptor is shut for reading.
 */
final class ExitHook implements Runnable {
    /** The last of the JDK's slots for system hooks; its own use the first three. */
    private static final int LAST_SLOT = 9;

    /** How long what was written may take; the kernel would go on for minutes, but it does not keep a process. */
    private static final long DELIVERY_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Sandbox sandbox;
    private final Messenger messenger;
    private final @Nullable FlowReporter flows;
    private final FileDescriptor control;
    private final PlainCalls calls;

    private ExitHook(
            Sandbox sandbox,
            Messenger messenger,
            @Nullable FlowReporter flows,
            FileDescriptor control,
            PlainCalls calls) {
        this.sandbox = sandbox;
        this.messenger = messenger;
        this.flows = flows;
        this.control = control;
        this.calls = calls;
    }

    /** Needs {@code jdk.internal.access} and {@code sun.nio.ch} open to this module. */
    static void install(Sandbox sandbox, Messenger messenger, @Nullable FlowReporter flows, FileDescriptor control)
            throws ReflectiveOperationException {
        Object access = Class.forName("jdk.internal.access.SharedSecrets")
                .getMethod("getJavaLangAccess")
                .invoke(null);
        Method register = Class.forName("jdk.internal.access.JavaLangAccess")
                .getMethod("registerShutdownHook", int.class, boolean.class, Runnable.class);
        PlainCalls calls = PlainCalls.ofThisJdk();
        calls.call(register, access, LAST_SLOT, false, new ExitHook(sandbox, messenger, flows, control, calls));
    }

    @Override
    public void run() {
        try {
            long start = System.nanoTime();
            drainLocalhost(start + DELIVERY_NS);
            sandbox.stack().shutdown();
            while (sandbox.stack().isDelivering() && System.nanoTime() - start < DELIVERY_NS) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NS);
            }
            sandbox.close();
            messenger.sayLast(sandbox.stack().ipTables());
            if (flows != null) {
                flows.finish();
            }
            messenger.send(new ControlRecord.Ended());
        } catch (IOException e) {
            // The launcher is gone, and there is nobody to tell.
            return;
        } finally {
            leaveRead();
        }
    }

    /** What was written to programs beside this one is handed to the kernel, which delivers it when nobody is left here. */
    private void drainLocalhost(long deadlineNs) {
        Localhost localhost = sandbox.localhost();
        if (localhost == null) {
            return;
        }
        try {
            localhost.drain(deadlineNs);
        } catch (InterruptedException e) {
            // Somebody is in a hurry: the rest is lost.
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the blocking read of the control descriptor. */
    private void leaveRead() {
        try {
            Method shutdown =
                    Class.forName("sun.nio.ch.Net").getDeclaredMethod("shutdown", FileDescriptor.class, int.class);
            shutdown.setAccessible(true);
            int read = 0;
            calls.call(shutdown, null, control, read);
        } catch (InvocationTargetException e) {
            // The launcher closed its end already, so the read has ended.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("sun.nio.ch.Net is not the one expected", e);
        }
    }
}
