package dev.atoll.inside;

import dev.atoll.bridge.Doors;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.runtime.link.HostAccess;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.shim.Shim;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.spi.SelectorProvider;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The start of a sandbox inside the program's JVM, before {@code main}: the JDK's chokepoints are edited, the stack is
 * started as the launcher says, and every edit is seen to be in force.
 *
 * <p>The order matters. The doors open before the stack exists, since adopting a descriptor asks the JDK for its
 * selector provider, once and for all: it must find the sandbox's.
 */
public final class Inside {
    /** Number of the inherited control descriptor. */
    private static final int CONTROL_FD = 3;

    private Inside() {}

    /**
     * Starts everything; the agent calls it and stops the JVM if it fails.
     *
     * @param hooks the loader that has the edits and ASM
     */
    public static void boot(Instrumentation instrumentation, ClassLoader hooks) throws Exception {
        openJavaBase(instrumentation);
        FileDescriptor descriptor = HostAccess.descriptor(CONTROL_FD);
        ControlStream control = new ControlStream(new FileInputStream(descriptor), new FileOutputStream(descriptor));
        try {
            start(instrumentation, hooks, control, descriptor);
        } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError e) {
            Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
            control.write(new ControlRecord.Failed(FailureCode.START, String.valueOf(cause.getMessage())));
            throw e;
        }
    }

    private static void start(
            Instrumentation instrumentation, ClassLoader hooks, ControlStream control, FileDescriptor descriptor)
            throws IOException, ReflectiveOperationException {
        if (!(control.read() instanceof Setup setup)) {
            throw new IOException("the launcher did not say how the sandbox is made");
        }
        Policy policy = setup.policyFollows() ? readPolicy(control) : null;

        Object installer = hooks.loadClass("dev.atoll.hooks.Installer")
                .getMethod("install", Instrumentation.class)
                .invoke(null, instrumentation);
        SandboxSockets sockets = new SandboxSockets();
        Shim.openDoors(sockets, sockets);
        SelectorProvider platform = Doors.platformProvider();
        Messenger messenger = new Messenger(control, setup.denialLines());
        Sandbox sandbox = SandboxStart.start(setup, policy, platform, messenger);
        sockets.open(sandbox);
        installer.getClass().getMethod("verify").invoke(installer);

        ExitHook.install(sandbox, descriptor);
        messenger.start(sandbox);
        messenger.send(new ControlRecord.Ready());
    }

    private static Policy readPolicy(ControlStream control) throws IOException {
        @Nullable ToProgram next = control.read();
        if (next instanceof Policy policy) {
            return policy;
        }
        throw new IOException("the launcher announced a policy and did not send it");
    }

    /** What adopting descriptors needs, for our loader's module only. */
    private static void openJavaBase(Instrumentation instrumentation) {
        Module self = Inside.class.getModule();
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("java.io", Set.of(self), "sun.nio.ch", Set.of(self), "jdk.internal.access", Set.of(self)),
                Set.of(),
                Map.of());
    }
}
