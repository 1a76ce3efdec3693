package dev.atoll.shim.agent;

import dev.atoll.hooks.HookException;
import dev.atoll.hooks.Installer;
import dev.atoll.shim.Shim;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.shim.fake.FakeStack;
import java.lang.instrument.Instrumentation;

/** The call sequence of docs/shim.md, with a stack in memory. */
public final class Inside {
    private Inside() {}

    public static void start(Instrumentation instrumentation) throws HookException {
        Installer installer = Installer.install(instrumentation);
        Shim.openDoors(new FakeStack(), new FakeNames());
        installer.verify();
    }
}
