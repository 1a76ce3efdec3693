package dev.atoll.shim.agent;

import dev.atoll.hooks.HookException;
import dev.atoll.hooks.Installer;
import dev.atoll.shim.Shim;
import dev.atoll.shim.StackSockets;
import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.shim.fake.FakeStack;
import java.lang.instrument.Instrumentation;
import java.nio.channels.spi.SelectorProvider;

/** The call sequence of docs/shim.md, with a stack in memory. */
public final class Inside {
    private Inside() {}

    public static void start(Instrumentation instrumentation) throws HookException {
        if (Boolean.getBoolean("atoll.test.openFirst")) {
            SelectorProvider.provider(); // as an agent might that runs before ours
        }
        Installer installer = Installer.install(instrumentation);
        // Stays for the life of the JVM.
        @SuppressWarnings("resource")
        StackSockets sockets = Boolean.getBoolean("atoll.test.realStack")
                ? StackSockets.of(DrivenStack.start().stack(), false)
                : new FakeStack();
        Shim.openDoors(sockets, new FakeNames());
        installer.verify();
    }
}
