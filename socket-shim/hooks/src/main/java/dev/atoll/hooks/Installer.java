package dev.atoll.hooks;

import dev.atoll.bridge.Doors;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the hooks in force in the running JVM.
 *
 * <p>Called once, from {@code premain}, by one thread, in this order:
 *
 * <ol>
 *   <li>{@link #install}: from then on every door refuses;
 *   <li>{@code Doors.open(backend)}, which the shim does: from then on the doors lead to the stack;
 *   <li>{@link #verify}: every hook in force is called through.
 * </ol>
 *
 * <p>The transformer stays for the life of the JVM: when another agent retransforms one of these classes later, the JVM
 * starts from the original class file and asks for the edits again.
 */
public final class Installer {
    private final int feature;
    private final List<Hook> inForce;

    /**
     * @param inForce the hooks of the classes that are edited by now
     */
    private Installer(int feature, List<Hook> inForce) {
        this.feature = feature;
        this.inForce = inForce;
    }

    /**
     * Edits the JDK.
     *
     * @throws HookException with one line for the user; the JVM must then stop
     */
    public static Installer install(Instrumentation instrumentation) throws HookException {
        int feature = Runtime.version().feature();
        List<Hook> hooks = Hooks.forFeature(feature);
        requireHotSpot(System.getProperty("java.vm.name", ""));
        if (!instrumentation.isRetransformClassesSupported()) {
            throw new HookException("this JVM cannot retransform classes");
        }
        openJavaBase(instrumentation);
        Doors.rememberPlatform();

        Map<String, List<Hook>> byClass = byClass(hooks);
        Class<?>[] targets = targets(byClass, instrumentation);
        HookTransformer transformer = new HookTransformer(byClass);
        instrumentation.addTransformer(transformer, true);
        try {
            instrumentation.retransformClasses(targets);
        } catch (UnmodifiableClassException | LinkageError e) {
            throw new HookException("the JVM refused to edit the JDK: " + e, e);
        }
        transformer.rethrowFailure();
        return new Installer(feature, hooksOf(targets, byClass));
    }

    /**
     * Calls every hook through to its door, but those of classes that are edited when they are loaded and are not yet: to load
     * them for that would cost every start.
     *
     * @throws HookException naming the first hook not in force
     */
    public void verify() throws HookException {
        new Verifier(feature).verify(inForce);
    }

    static void requireHotSpot(String vmName) throws HookException {
        if (!vmName.startsWith("OpenJDK ") && !vmName.startsWith("Java HotSpot(TM) ")) {
            throw new HookException("the JVM is \"" + vmName + "\": the sandbox needs HotSpot");
        }
    }

    private static Map<String, List<Hook>> byClass(List<Hook> hooks) {
        Map<String, List<Hook>> byClass = new LinkedHashMap<>();
        for (Hook hook : hooks) {
            List<Hook> same = byClass.get(hook.owner());
            if (same == null) {
                same = new ArrayList<>();
                byClass.put(hook.owner(), same);
            }
            same.add(hook);
        }
        return byClass;
    }

    /** Lets the bridge see what it extends, and lets the verifier call what was edited. */
    private static void openJavaBase(Instrumentation instrumentation) {
        Module base = Object.class.getModule();
        Module bridge = Doors.class.getModule();
        Module self = Installer.class.getModule();
        instrumentation.redefineModule(
                base,
                Set.of(bridge),
                Map.of("sun.net", Set.of(bridge), "sun.nio.ch", Set.of(bridge)),
                Map.of(
                        "java.net",
                        // One and the same in the jar that the launcher brings.
                        Set.copyOf(List.of(bridge, self)),
                        "sun.nio.ch",
                        Set.of(self),
                        "java.nio.channels.spi",
                        Set.of(self),
                        "jdk.internal.reflect",
                        Set.of(self)),
                Set.of(),
                Map.of());
    }

    /** The classes to edit now: those that every program has, and of the others what somebody has loaded already. */
    private static Class<?>[] targets(Map<String, List<Hook>> byClass, Instrumentation instrumentation)
            throws HookException {
        List<Class<?>> classes = new ArrayList<>();
        for (Map.Entry<String, List<Hook>> each : byClass.entrySet()) {
            if (!each.getValue().get(0).atLoad()) {
                classes.add(load(each.getKey().replace('/', '.')));
            }
        }
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getClassLoader() == null) {
                List<Hook> hooks = byClass.get(loaded.getName().replace('.', '/'));
                if (hooks != null && hooks.get(0).atLoad()) {
                    classes.add(loaded);
                }
            }
        }
        return classes.toArray(new Class<?>[0]);
    }

    private static List<Hook> hooksOf(Class<?>[] targets, Map<String, List<Hook>> byClass) {
        List<Hook> hooks = new ArrayList<>();
        for (Class<?> target : targets) {
            hooks.addAll(byClass.getOrDefault(target.getName().replace('.', '/'), List.of()));
        }
        return hooks;
    }

    private static Class<?> load(String name) throws HookException {
        try {
            return Class.forName(name, false, null);
        } catch (ClassNotFoundException e) {
            throw new HookException("this JDK is not the one expected: it has no " + name, e);
        }
    }
}
