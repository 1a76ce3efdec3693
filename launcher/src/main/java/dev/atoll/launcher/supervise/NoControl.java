package dev.atoll.launcher.supervise;

import dev.atoll.runtime.control.ControlRecord.ToProgram;
import java.util.concurrent.CompletableFuture;

/** The control connection that a program does not have which is no JVM. */
final class NoControl implements Control {
    private final CompletableFuture<String> fault = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    @Override
    public CompletableFuture<String> fault() {
        return fault;
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    @Override
    public void say(ToProgram message) {
        // Nobody is there who could be told: JVMs hear it when they ask.
    }

    @Override
    public void readUntil(CompletableFuture<?> done) {
        // There is nothing to read.
    }

    @Override
    public void readToEnd() {
        // There is nothing to read.
    }

    @Override
    public void cut() {
        // The program has no network.
    }
}
