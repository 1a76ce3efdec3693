package dev.atoll.agent;

import dev.atoll.inside.Inside;
import dev.atoll.inside.UserVariable;
import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * Starts the inside of a sandbox before the program's {@code main}. What goes wrong here stops the JVM with one line, since
 * a program that ran on would run without its network or, worse, with another one.
 */
public final class AtollAgent {
    /** Atoll failed before the program ran. */
    private static final int EXIT_FAILED = 125;

    private AtollAgent() {}

    /**
     * Called by the JVM for each {@code -javaagent} that names this jar. The first one counts; the launcher puts it before
     * every other agent, which may take a second one, on the command line.
     *
     * @param variable the name of the environment's variable that named it first, or null
     */
    public static void premain(@Nullable String variable, Instrumentation instrumentation) {
        try {
            if (AtollAgent.class.getClassLoader() != null) {
                throw new IllegalStateException("the agent's jar must be on the boot class path:"
                        + " start Java with -Xbootclasspath/a:JAR besides -javaagent:JAR");
            }
            if (Inside.boot(instrumentation) && variable != null && !variable.isEmpty()) {
                UserVariable.giveBack(instrumentation, variable);
            }
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
