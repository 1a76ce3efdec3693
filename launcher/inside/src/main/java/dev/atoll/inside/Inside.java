package dev.atoll.inside;

import dev.atoll.bridge.Doors;
import dev.atoll.hooks.HookException;
import dev.atoll.hooks.Installer;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.shim.Shim;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.channels.spi.SelectorProvider;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The start of a sandbox inside the program's JVM, before {@code main}: the JDK's chokepoints are edited, the stack is
 * started as the launcher says, and every edit is seen to be in force.
 *
 * <p>The order matters. The doors open before the stack exists, so that whatever its start has the JDK ask for, once and
 * for all, is the sandbox's.
 */
public final class Inside {
    private static boolean begun;

    private Inside() {}

    /**
     * Starts everything; the agent calls it and stops the JVM if it fails. The JVM calls its agents one after the other,
     * in one thread.
     *
     * @param byDoor whether the launcher does not know of this JVM yet
     * @return whether this call has done it; if not, an earlier one has
     */
    public static boolean boot(Instrumentation instrumentation, boolean byDoor) throws Exception {
        if (begun) {
            return false;
        }
        begun = true;
        openJavaBase(instrumentation);
        Entrance entrance = byDoor ? Entrance.byDoor() : Entrance.inherited();
        try {
            start(instrumentation, entrance);
        } catch (IOException | ReflectiveOperationException | HookException | RuntimeException | LinkageError e) {
            entrance.control().write(new ControlRecord.Failed(FailureCode.START, String.valueOf(e.getMessage())));
            throw e;
        }
        return true;
    }

    private static void start(Instrumentation instrumentation, Entrance entrance)
            throws IOException, ReflectiveOperationException, HookException {
        ControlStream control = entrance.control();
        if (!(control.read() instanceof Setup setup)) {
            throw new IOException("the launcher did not say how the sandbox is made");
        }
        Policy policy = setup.policyFollows() ? readPolicy(control) : null;

        Installer installer = Installer.install(instrumentation);
        ResolvedNames names = setup.flows() ? new ResolvedNames() : null;
        SandboxSockets sockets = new SandboxSockets(setup.ipv6(), names);
        Shim.openDoors(sockets, sockets);
        SelectorProvider platform = Doors.platformProvider();
        Messenger messenger = new Messenger(control);
        FlowReporter flows = names == null ? null : new FlowReporter(control, names);
        Sandbox sandbox = SandboxStart.start(setup, policy, entrance, platform, messenger, flows);
        sockets.open(sandbox);
        installer.verify();

        ExitHook.install(sandbox, messenger, flows, entrance.descriptor());
        messenger.start(sandbox);
        if (flows != null) {
            flows.start();
        }
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
