package dev.atoll.launcher;

import dev.atoll.launcher.config.ConfigLoader;
import dev.atoll.launcher.start.JarBundle;
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
    private final FutureTask<JarBundle> jars;

    private Preparation(FutureTask<JarBundle> jars) {
        this.jars = jars;
    }

    static Preparation begin(String[] arguments) {
        Callable<JarBundle> work = () -> {
            Libc.warmUp();
            PerformanceData.removeOwn();
            return JarBundle.load();
        };
        FutureTask<JarBundle> task = new FutureTask<>(work);
        if (arguments.length > 0 && arguments[0].equals("run")) {
            start("atoll-preparation", task);
            start("atoll-preparation-config", ConfigLoader::warmUp);
        }
        return new Preparation(task);
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for the jars. */
    JarBundle jars() throws LaunchException {
        jars.run();
        try {
            return jars.get();
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
