package dev.atoll.shim.agent;

import dev.atoll.hooks.HookException;
import dev.atoll.hooks.Installer;
import dev.atoll.shim.Shim;
import dev.atoll.shim.StackSockets;
import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.shim.fake.FakeStack;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.channels.spi.SelectorProvider;
import java.security.ProtectionDomain;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The call sequence of docs/shim.md, with a stack in memory. */
public final class Inside {
    private Inside() {}

    public static void start(Instrumentation instrumentation)
            throws HookException, ReflectiveOperationException, UnmodifiableClassException {
        String loadFirst = System.getProperty("atoll.test.loadFirst");
        Class<?> loaded = loadFirst == null ? null : Class.forName(loadFirst, false, null);
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
        if (loaded != null && Boolean.getBoolean("atoll.test.undo")) {
            undo(loaded, instrumentation);
        }
        installer.verify();
    }

    /** Gives a class of the JDK's its own class file again, as another transformer can. */
    private static void undo(Class<?> edited, Instrumentation instrumentation) throws UnmodifiableClassException {
        String name = edited.getName().replace('.', '/');
        instrumentation.addTransformer(
                new ClassFileTransformer() {
                    @Override
                    public byte @Nullable [] transform(
                            @Nullable ClassLoader loader,
                            String className,
                            @Nullable Class<?> redefined,
                            @Nullable ProtectionDomain domain,
                            byte[] classFile) {
                        return className.equals(name) ? original(edited, name) : null;
                    }
                },
                true);
        instrumentation.retransformClasses(edited);
    }

    private static byte[] original(Class<?> edited, String name) {
        try (InputStream file = edited.getModule().getResourceAsStream(name + ".class")) {
            return Objects.requireNonNull(file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
