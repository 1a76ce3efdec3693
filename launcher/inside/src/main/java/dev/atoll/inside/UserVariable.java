package dev.atoll.inside;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A variable of the environment in which the launcher has put Atoll's agent before those of the user's. The JVM has read it;
 * what the program sees of it, and what it starts by {@code ProcessBuilder}, is to be the user's again.
 *
 * <p>Java keeps the environment in one table, made when it is first asked. It has no public way to change it.
 */
public final class UserVariable {
    private UserVariable() {}

    /**
     * Takes the agent out of a variable.
     *
     * @param argument the agent's
     * @throws ReflectiveOperationException if this JDK keeps its environment in another way than those that are known
     */
    public static void giveBack(Instrumentation instrumentation, String name, String argument)
            throws ReflectiveOperationException {
        String own = withoutAgent(System.getenv(name), argument);
        if (own != null) {
            Module self = UserVariable.class.getModule();
            instrumentation.redefineModule(
                    Object.class.getModule(),
                    Set.of(),
                    Map.of(),
                    Map.of("java.lang", Set.of(self)),
                    Set.of(),
                    Map.of());
            table().put(name, own);
        }
    }

    /** What stands behind the agent's option, or null if that is not the first word. */
    static @Nullable String withoutAgent(@Nullable String value, String argument) {
        int end = value == null ? -1 : value.indexOf(' ');
        if (value == null || end < 0) {
            return null;
        }
        String first = value.substring(0, end);
        return first.startsWith("-javaagent:") && first.endsWith("=" + argument) ? value.substring(end + 1) : null;
    }

    /** The JDK's table, by the view of it that takes strings. */
    @SuppressWarnings("unchecked") // The view's type says so; only its class is not accessible.
    private static Map<String, String> table() throws ReflectiveOperationException {
        Field table = Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theEnvironment");
        table.setAccessible(true);
        Constructor<?> view =
                Class.forName("java.lang.ProcessEnvironment$StringEnvironment").getConstructor(Map.class);
        view.setAccessible(true);
        return (Map<String, String>) view.newInstance(table.get(null));
    }
}
