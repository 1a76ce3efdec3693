package dev.atoll.launcher.supervise;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.report.StatusFile;
import dev.atoll.launcher.start.SandboxProcess;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.WaitStatus;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stays with a program until it ends, and says how it ended.
 *
 * <p>The calling thread waits for process 1 of the sandbox. A second one reads the control connection until the program's
 * stack is up and then wires the services; a third watches the time. All of them are daemons.
 */
public final class Supervisor {
    private static final int SIGTERM = 15;

    /** A program that ends sooner than this after its start never pays for the services. */
    private static final long SERVICES_DELAY_MS = 300;

    private final SandboxProcess sandbox;
    private final ControlReader control;
    private final Reports reports;
    private final Services services;
    private final boolean servicesNeeded;
    private final Duration stopGrace;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Outcome> cause = new AtomicReference<>();

    /** Guarded by this: whether the services have the control connection. */
    private boolean served;

    /** Guarded by this: the program has ended, services that have not begun shall not. */
    private boolean over;

    /**
     * @param servicesNeeded whether even the shortest run needs them: for its link, its log, its sinks
     * @param stopGrace how long the program has to end when asked to
     */
    public Supervisor(
            SandboxProcess sandbox,
            ControlReader control,
            Reports reports,
            Services services,
            boolean servicesNeeded,
            Duration stopGrace) {
        this.sandbox = sandbox;
        this.control = control;
        this.reports = reports;
        this.services = services;
        this.servicesNeeded = servicesNeeded;
        this.stopGrace = stopGrace;
    }

    /**
     * Waits for the program's end.
     *
     * @param timeout after which the program is stopped, or null
     */
    public Outcome supervise(@Nullable Duration timeout) throws SystemCallException {
        Thread reader = daemon("atoll-control", this::readThenServe);
        if (timeout != null) {
            daemon("atoll-timeout", () -> watchTime(timeout));
        }
        CompletableFuture<Void> unusedFailed = reports.failed().thenAccept(failure -> {
            // A failed start has stopped the JVM and said so already.
            if (failure.code() != FailureCode.START) {
                stop(Outcome.Kind.LOST, ExitCode.LOST, "the network was lost: " + failure.message());
            }
        });
        CompletableFuture<Void> unusedFault = control.fault()
                .thenAccept(reason ->
                        stop(Outcome.Kind.LOST, ExitCode.LOST, "the program broke the control connection: " + reason));

        WaitStatus status = sandbox.waitFor();
        boolean serving;
        synchronized (this) {
            over = true;
            serving = served || servicesNeeded;
        }
        ended.countDown();
        finishReading(reader, serving);
        Outcome outcome = outcome(status);
        reports.ended(outcome);
        if (serving) {
            services.finish();
        }
        return outcome;
    }

    private void readThenServe() {
        if (!servicesNeeded && waitsForEnd()) {
            return;
        }
        synchronized (this) {
            if (over && !servicesNeeded) {
                return;
            }
            served = true;
        }
        services.start();
    }

    /** Reads by plain calls while the program starts; whether it has ended before the services are due. */
    private boolean waitsForEnd() {
        control.readUntilReady();
        try {
            return ended.await(SERVICES_DELAY_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The last records are taken in, whoever reads. */
    private void finishReading(Thread reader, boolean serving) {
        try {
            reader.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (serving) {
            services.drain();
        } else {
            control.readToEnd();
        }
    }

    private void watchTime(Duration timeout) {
        try {
            if (!ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                stop(Outcome.Kind.TIMEOUT, ExitCode.TIMEOUT, "stopped after its timeout of " + text(timeout));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the program to end, and ends it if it does not. The first reason counts. */
    private void stop(Outcome.Kind kind, ExitCode exitCode, String message) {
        if (!cause.compareAndSet(null, new Outcome(kind, exitCode.number(), message, 0))) {
            return;
        }
        daemon("atoll-stop", () -> {
            try {
                sandbox.signal(SIGTERM);
                if (!ended.await(stopGrace.toMillis(), TimeUnit.MILLISECONDS)) {
                    sandbox.kill();
                }
            } catch (IOException e) {
                Terminal.line("the program cannot be stopped: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Outcome outcome(WaitStatus status) {
        Outcome known = cause.get();
        if (known != null) {
            Terminal.line(known.message());
            return new Outcome(known.kind(), known.exitCode(), known.message(), reports.denials());
        }
        Outcome.Kind kind = StatusFile.isSignal(status.code()) ? Outcome.Kind.SIGNALLED : Outcome.Kind.EXITED;
        if (reports.failed().isDone()) {
            String message = reports.failed().join().message();
            return new Outcome(Outcome.Kind.NOT_STARTED, ExitCode.FAILED.number(), message, reports.denials());
        }
        return new Outcome(kind, status.code(), "", reports.denials());
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
