package dev.atoll.hooks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Reflective calls without method handles. From JDK 18 on (JEP 416) the first reflective call of a method binds a handle,
 * for which the JVM writes and loads half a dozen classes for every new list of parameter types. What is
 * called once while the program waits to start would cost more by that than by all else it does.
 *
 * <p>The JDK has the plain way still, for calls before handles can be used. Without it calls are made the usual way, which
 * does the same.
 */
public final class PlainCalls {
    /** {@code Object invoke0(Method, Object, Object[])}, or null. */
    private final @Nullable Method plain;

    private PlainCalls(@Nullable Method plain) {
        this.plain = plain;
    }

    /** The way of this JDK; {@code jdk.internal.reflect} must be open to this module, which {@link Installer} sees to. */
    public static PlainCalls ofThisJdk() {
        try {
            Method method = Class.forName("jdk.internal.reflect.DirectMethodHandleAccessor$NativeAccessor")
                    .getDeclaredMethod("invoke0", Method.class, Object.class, Object[].class);
            method.setAccessible(true);
            return new PlainCalls(method);
        } catch (ReflectiveOperationException e) {
            // JDK 17, where reflection itself begins with plain calls.
            return new PlainCalls(null);
        }
    }

    /** Calls a method that is accessible; what it throws comes as the cause, as of {@link Method#invoke}. */
    public void call(Method method, @Nullable Object target, Object... arguments)
            throws IllegalAccessException, InvocationTargetException {
        if (plain == null) {
            method.invoke(target, arguments);
            return;
        }
        try {
            plain.invoke(null, method, target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvocationTargetException inner) {
                throw inner;
            }
            throw e;
        }
    }
}
