package dev.atoll.agent;

import dev.atoll.inside.Inside;
import java.lang.instrument.Instrumentation;

/**
 * Starts the inside of a sandbox before the program's {@code main}. What goes wrong here stops the JVM with one line, since
 * a program that ran on would run without its network or, worse, with another one.
 */
public final class AtollAgent {
    /** Atoll failed before the program ran. */
    private static final int EXIT_FAILED = 125;

    private AtollAgent() {}

    /** Called by the JVM. */
    public static void premain(String unused, Instrumentation instrumentation) {
        try {
            Inside.boot(instrumentation);
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
