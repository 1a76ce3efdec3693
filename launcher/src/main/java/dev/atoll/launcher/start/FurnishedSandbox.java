package dev.atoll.launcher.start;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import java.io.Closeable;
import java.io.IOException;

/**
 * A sandbox that is being made, whose program waits to be let go. Closed before that, nothing is left of it.
 *
 * <p>Used by one thread.
 */
public final class FurnishedSandbox implements Closeable {
    private final SandboxProcess first;
    private final StepSocket steps;
    private boolean released;

    FurnishedSandbox(SandboxProcess first, StepSocket steps) {
        this.first = first;
        this.steps = steps;
    }

    /**
     * Waits until the sandbox is made, and tells what Javas it left as they were.
     *
     * @return process 1 of the sandbox, a child of this process
     * @throws LaunchException if the sandbox could not be made
     */
    public SandboxProcess await() throws LaunchException {
        try {
            steps.await(ChainScript.READY);
            for (String home : steps.left()) {
                Terminal.line("no overlay for bin of " + Terminal.printable(home)
                        + "; JVMs of that Java have loopback alone");
            }
        } catch (IOException e) {
            throw StartChain.cannotBeMade(e);
        }
        return first;
    }

    /**
     * Starts the program; after {@link #await}.
     *
     * @return process 1 of the sandbox
     * @throws LaunchException if the sandbox has ended meanwhile
     */
    public SandboxProcess release() throws LaunchException {
        try {
            steps.answer();
        } catch (IOException e) {
            throw StartChain.cannotBeMade(e);
        }
        released = true;
        steps.close();
        return first;
    }

    @Override
    public void close() throws IOException {
        if (!released) {
            steps.close();
            first.discard();
        }
    }
}
