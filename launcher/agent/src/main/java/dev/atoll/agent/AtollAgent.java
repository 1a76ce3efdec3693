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

    /**
     * What the argument begins with where the launcher has not started the JVM itself, and what then stands between that and
     * the name of a variable.
     */
    private static final String BY_DOOR = "door";

    private static final char SEPARATOR = ':';

    private AtollAgent() {}

    /**
     * Called by the JVM for each {@code -javaagent} that names this jar. The first one counts; the launcher puts it before
     * every other agent, which may take a second one, on the command line.
     *
     * @param argument the name of the environment's variable that named it first, or nothing; before it {@code door}, with a
     *     colon between them, in a JVM that another program of the sandbox has started
     */
    public static void premain(@Nullable String argument, Instrumentation instrumentation) {
        try {
            if (AtollAgent.class.getClassLoader() != null) {
                throw new IllegalStateException("the agent's jar must be on the boot class path:"
                        + " start Java with -Xbootclasspath/a:JAR besides -javaagent:JAR");
            }
            String said = argument == null ? "" : argument;
            boolean byDoor = said.startsWith(BY_DOOR);
            if (Inside.boot(instrumentation, byDoor) && !said.isEmpty() && !said.equals(BY_DOOR)) {
                UserVariable.giveBack(instrumentation, said.substring(said.indexOf(SEPARATOR) + 1), said);
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
