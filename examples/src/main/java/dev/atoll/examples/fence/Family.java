package dev.atoll.examples.fence;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A program with descendants that outlive it where nothing stops them: a child, a grandchild, and a daemon that has left
 * its session and its parents. Prints {@code ready} when all of them run.
 *
 * <p>Usage: {@code Family stay|leave}: waits, or ends at once and leaves them.
 */
public final class Family {
    /** Longer than any test; short enough that a host is not littered for ever. */
    private static final int LIFE_SECONDS = 600;

    private static final String CHILD = "sleep " + LIFE_SECONDS + " & sleep " + LIFE_SECONDS;
    private static final String DAEMON = "setsid sh -c '(sleep " + LIFE_SECONDS + ") >/dev/null 2>&1 </dev/null &'";

    private Family() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", CHILD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int code = new ProcessBuilder("sh", "-c", DAEMON).inheritIO().start().waitFor();
        System.out.println(code == 0 ? "ready" : "no daemon");
        if (args.length > 0 && args[0].equals("stay")) {
            TimeUnit.SECONDS.sleep(LIFE_SECONDS);
        }
    }
}
