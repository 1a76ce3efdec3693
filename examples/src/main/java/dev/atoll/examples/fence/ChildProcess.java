package dev.atoll.examples.fence;

import java.io.IOException;

/**
 * Runs a command as a child process and ends with its exit code: the sockets of {@code curl} are not Java's, so they are
 * not on Atoll's stack.
 *
 * <p>Usage: {@code ChildProcess COMMAND...}
 */
public final class ChildProcess {
    private ChildProcess() {}

    public static void main(String[] command) throws IOException, InterruptedException {
        System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
    }
}
