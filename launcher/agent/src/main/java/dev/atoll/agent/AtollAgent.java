package dev.atoll.agent;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;

/**
 * Starts the inside of a sandbox before the program's {@code main}.
 *
 * <p>Everything else of Atoll's but the bridge is in a jar that the program's class path does not have, loaded by a loader
 * whose parent is the platform loader: the program may bring any library without meeting ours. What goes wrong here stops
 * the JVM with one line, since a program that ran on would run without its network or, worse, with another one.
 */
public final class AtollAgent {
    /** Atoll failed before the program ran. */
    private static final int EXIT_FAILED = 125;

    private AtollAgent() {}

    /**
     * Called by the JVM.
     *
     * @param directory where inside.jar is
     */
    public static void premain(String directory, Instrumentation instrumentation) {
        try {
            new JarLoader("atoll", new File(directory, "inside.jar"))
                    .loadClass("dev.atoll.inside.Inside")
                    .getMethod("boot", Instrumentation.class)
                    .invoke(null, instrumentation);
        } catch (InvocationTargetException e) {
            stop(e.getCause() == null ? e : e.getCause());
        } catch (Throwable e) {
            stop(e);
        }
    }

    private static void stop(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        System.err.println("atoll: the program was not started: " + message.replace('\n', ' '));
        if (Boolean.getBoolean("atoll.stackTraces")) {
            cause.printStackTrace();
        }
        Runtime.getRuntime().halt(EXIT_FAILED);
    }
}
