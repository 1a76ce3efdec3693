package dev.atoll.launcher;

import dev.atoll.launcher.config.ConfigLoader;
import dev.atoll.launcher.start.AgentJar;
import dev.atoll.launcher.start.PerformanceData;
import dev.atoll.launcher.sys.Libc;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What every run needs whatever the command line says, begun in threads of its own before it is read: loading the native
 * library and reading the defaults take as long as reading the command line.
 */
final class Preparation {
    private final FutureTask<AgentJar> agent;

    private Preparation(FutureTask<AgentJar> agent) {
        this.agent = agent;
    }

    static Preparation begin(String[] arguments) {
        FutureTask<AgentJar> task = new FutureTask<>(new Native());
        if (arguments.length > 0 && arguments[0].equals("run")) {
            start("atoll-preparation", task);
            start("atoll-preparation-config", new Defaults());
        }
        return new Preparation(task);
    }

    // Classes and no lambdas: decision 0620.

    private static final class Native implements Callable<AgentJar> {
        @Override
        public AgentJar call() throws LaunchException {
            Libc.warmUp();
            PerformanceData.removeOwn();
            return AgentJar.load();
        }
    }

    private static final class Defaults implements Runnable {
        @Override
        public void run() {
            ConfigLoader.warmUp();
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for it. */
    AgentJar agent() throws LaunchException {
        agent.run();
        try {
            return agent.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LaunchException failure) {
                throw failure;
            }
            throw new LaunchException(ExitCode.FAILED, "cannot call into libc: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException(ExitCode.FAILED, "interrupted while starting", e);
        }
    }
}
