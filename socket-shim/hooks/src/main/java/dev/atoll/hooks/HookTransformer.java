package dev.atoll.hooks;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies the hooks to the classes they are for.
 *
 * <p>The JVM calls it for every class that is loaded, in any thread, and swallows what it throws. So it must not need a
 * class that is not loaded yet for those it has nothing to do with, and it keeps a failure for {@link #rethrowFailure}. A class
 * that is loaded when nobody asks any more, and cannot be edited, is not loaded at all.
 */
final class HookTransformer implements ClassFileTransformer {
    /** No class file: what the JVM makes of it is a ClassFormatError for who wanted the class. */
    private static final byte[] NOTHING = {};

    private final Map<String, List<Hook>> byClass;
    private volatile @Nullable Throwable failure;

    HookTransformer(Map<String, List<Hook>> byClass) {
        this.byClass = byClass;
    }

    @Override
    public byte @Nullable [] transform(
            Module module,
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        if (loader != null || className == null) {
            return null;
        }
        List<Hook> hooks = byClass.get(className);
        if (hooks == null) {
            return null;
        }
        try {
            return ClassEditor.edit(classFile, hooks);
        } catch (HookException | RuntimeException | LinkageError e) {
            failure = e;
            if (redefined != null || !hooks.get(0).atLoad()) {
                return null;
            }
            System.err.println("atoll: the class " + className
                    + " is not loaded, as it would go around the sandbox's network: " + e.getMessage());
            return NOTHING;
        }
    }

    void rethrowFailure() throws HookException {
        Throwable happened = failure;
        if (happened instanceof HookException known) {
            throw known;
        }
        if (happened != null) {
            throw new HookException("editing the JDK failed: " + happened, happened);
        }
    }
}
