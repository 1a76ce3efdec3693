package dev.atoll.hooks;

import dev.atoll.bridge.DoorReached;
import dev.atoll.bridge.Doors;
import dev.atoll.hooks.Hook.GuardCalls;
import dev.atoll.hooks.Hook.Prelude;
import dev.atoll.hooks.Hook.Refuse;
import dev.atoll.hooks.Hook.ReplaceBody;
import dev.atoll.hooks.Hook.Result;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;

/** Calls edited methods and sees that they come to their doors. The doors must be open. */
final class Verifier {
    private final int feature;
    private final PlainCalls calls;

    Verifier(int feature) {
        this.feature = feature;
        this.calls = PlainCalls.ofThisJdk();
    }

    void verify(List<Hook> hooks) throws HookException {
        for (Hook hook : hooks) {
            try {
                if (hook instanceof ReplaceBody replace) {
                    verifyReplaced(replace);
                } else if (hook instanceof GuardCalls guard) {
                    verifyGuarded(guard);
                } else if (hook instanceof Prelude prelude) {
                    verifyPrelude(prelude);
                } else if (hook instanceof Result result) {
                    verifyResult(result);
                } else if (hook instanceof Refuse refuse) {
                    verifyRefused(refuse);
                }
            } catch (ReflectiveOperationException | RuntimeException e) {
                throw new HookException(
                        "hook not in force on JDK " + feature + ": " + hook.target() + " (" + e + ")", e);
            }
        }
        verifyProvider();
    }

    private void verifyReplaced(ReplaceBody hook) throws HookException, ReflectiveOperationException {
        Class<?> owner = Class.forName(hook.owner().replace('/', '.'), true, null);
        Method method = find(owner, hook.method(), hook.descriptor());
        // Never call what is still native: it would do the real thing.
        if (Modifier.isNative(method.getModifiers())) {
            throw notInForce(hook);
        }
        Object target = null;
        if (!Modifier.isStatic(method.getModifiers())) {
            Constructor<?> constructor = owner.getDeclaredConstructor();
            constructor.setAccessible(true);
            target = constructor.newInstance();
        }
        requireDoor(hook, method, target);
    }

    /**
     * Calls the method with no channel at all: the door comes before the method looks at its arguments. The methods that are of
     * an object are those of a file's channel, here one without a file.
     */
    // There is nothing to close.
    @SuppressWarnings("resource")
    private void verifyPrelude(Prelude hook) throws HookException, ReflectiveOperationException {
        Class<?> owner = Class.forName(hook.owner().replace('/', '.'), true, null);
        Object target = null;
        if (!hook.receiver().isEmpty()) {
            target = new FileInputStream(new FileDescriptor()).getChannel();
            if (!owner.isInstance(target)) {
                throw new HookException(hook.target() + ": the channel of a file is a " + target.getClass());
            }
        }
        requireDoor(hook, find(owner, hook.method(), hook.descriptor()), target);
    }

    /** Calls the method of what the JDK knows of this process: by its interface, as the class is not public. */
    private void verifyResult(Result hook) throws HookException, ReflectiveOperationException {
        ProcessHandle.Info target = ProcessHandle.current().info();
        if (!target.getClass().getName().equals(hook.owner().replace('/', '.'))) {
            throw new HookException(hook.target() + ": what is known of a process is a " + target.getClass());
        }
        requireDoor(hook, find(ProcessHandle.Info.class, hook.method(), hook.descriptor()), target);
    }

    /** Looks only: what calls the door is no longer native, and some of these are methods of objects that cannot be made. */
    private void verifyRefused(Refuse hook) throws HookException, ReflectiveOperationException {
        Class<?> owner = Class.forName(hook.owner().replace('/', '.'), false, null);
        if (Modifier.isNative(find(owner, hook.method(), hook.descriptor()).getModifiers())) {
            throw notInForce(hook);
        }
    }

    /** Calls each method that contains the guarded call. */
    private void verifyGuarded(GuardCalls hook) throws HookException, ReflectiveOperationException {
        Class<?> owner = Class.forName(hook.owner().replace('/', '.'), true, null);
        Method guarded = find(owner, hook.method(), hook.descriptor());
        if (!Modifier.isPrivate(guarded.getModifiers())) {
            throw new HookException(hook.target() + ": the method is not private, so there may be other calls");
        }
        for (Method caller : owner.getDeclaredMethods()) {
            if (hook.callers().contains(caller.getName())) {
                requireDoor(hook, caller, null);
            }
        }
    }

    private void requireDoor(Hook hook, Method method, @Nullable Object target)
            throws HookException, ReflectiveOperationException {
        method.setAccessible(true);
        Object[] arguments = new Object[method.getParameterCount()];
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = zero(types[i]);
        }
        Doors.probe(hook.door());
        try {
            calls.call(method, target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof DoorReached reached && reached.door().equals(hook.door())) {
                return;
            }
            throw e;
        } finally {
            Doors.probe(null);
        }
        throw notInForce(hook);
    }

    /** If somebody asked for the default provider before the hooks, the JDK keeps that answer for ever. */
    private static void verifyProvider() throws HookException {
        if (System.getProperty("java.nio.channels.spi.SelectorProvider") == null
                && SelectorProvider.provider() == Doors.platformProvider()) {
            throw new HookException(
                    "another agent opened a channel before the sandbox was in place: name Atoll's agent first");
        }
    }

    private HookException notInForce(Hook hook) {
        return new HookException("hook not in force on JDK " + feature + ": " + hook.target());
    }

    private static Method find(Class<?> owner, String name, String descriptor) throws NoSuchMethodException {
        for (Method method : owner.getDeclaredMethods()) {
            if (method.getName().equals(name)
                    && Type.getMethodDescriptor(method).equals(descriptor)) {
                return method;
            }
        }
        throw new NoSuchMethodException(owner.getName() + "." + name + descriptor);
    }

    private static @Nullable Object zero(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == long.class) {
            return 0L;
        }
        return type == int.class ? (Object) 0 : null;
    }
}
