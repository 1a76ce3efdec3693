package dev.atoll.launcher.supervise;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's only way to signals, {@code sun.misc.Signal} of the module {@code jdk.unsupported}. By reflection, as javac
 * cannot be told that its use is meant.
 */
final class SignalDoor {
    /** What to do on a signal; called in a thread of the JVM's. */
    @FunctionalInterface
    interface Handler {
        void arrived(String name, int number);
    }

    private SignalDoor() {}

    /**
     * Sets a signal's handler.
     *
     * @param name without {@code SIG}
     * @throws IllegalArgumentException if the JVM keeps that signal to itself
     */
    static void handle(String name, Handler handler) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            int number = (int) signalType.getMethod("getNumber").invoke(signal);
            Object proxy = Proxy.newProxyInstance(
                    SignalDoor.class.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return ofObject(self, method.getName(), arguments);
                        }
                        handler.arrived(name, number);
                        return null;
                    });
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(String.valueOf(e.getCause()), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("this JDK has no module jdk.unsupported", e);
        }
    }

    private static @Nullable Object ofObject(Object self, String method, Object @Nullable [] arguments) {
        return switch (method) {
            case "equals" -> arguments != null && arguments[0] == self;
            case "hashCode" -> System.identityHashCode(self);
            default -> "Atoll's signal handler";
        };
    }
}
