package dev.atoll.launcher.supervise;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.report.StatusFile;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.WaitStatus;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
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
 *
 * <p>It fails closed: whatever keeps it from its work cuts the program's network and stops the program. The first reason
 * counts.
 */
public final class Supervisor {
    private static final int SIGTERM = 15;

    /**
     * A process that ends closes its descriptors before it can be waited for; how long the program may be without its
     * control connection until that means something else.
     */
    private static final Duration CLOSED_LIMIT = Duration.ofSeconds(5);

    private final ProgramProcess program;
    private final Control control;
    private final Runnable cutOthers;
    private final Reports reports;
    private final Services services;
    private final Duration stopGrace;
    private final boolean failOnDenial;
    private final boolean audit;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Outcome> cause = new AtomicReference<>();

    private @Nullable Thread reader;

    /** Guarded by this: what the thread that reads the control connection does. */
    private Stage stage = Stage.READING;

    /** Guarded by this: the program has ended, services that nobody needs shall not begin any more. */
    private boolean over;

    /** Who has the control connection: the reader, nobody while services are made, the services. */
    private enum Stage {
        READING,
        PREPARING,
        SERVING
    }

    /**
     * @param cutOthers ends the network of what the program has started
     * @param stopGrace how long the program has to end when asked to
     * @param failOnDenial whether a program that ends with 0 has failed if anything was denied
     * @param audit whether rules only look on, so that denials are what would have been denied
     */
    public Supervisor(
            ProgramProcess program,
            Control control,
            Runnable cutOthers,
            Reports reports,
            Services services,
            Duration stopGrace,
            boolean failOnDenial,
            boolean audit) {
        this.program = program;
        this.control = control;
        this.cutOthers = cutOthers;
        this.reports = reports;
        this.services = services;
        this.stopGrace = stopGrace;
        this.failOnDenial = failOnDenial;
        this.audit = audit;
    }

    /**
     * Begins: the control connection is read and the time runs.
     *
     * @param first what the program is told first, or null
     * @param timeout after which the program is stopped, or null
     */
    public void begin(@Nullable ToProgram first, @Nullable Duration timeout) {
        CompletableFuture<Void> unusedFailed = reports.failed().thenAccept(failure -> {
            // A failed start has stopped the JVM and said so already.
            if (failure.code() != FailureCode.START) {
                lost("the network was lost: " + Terminal.printable(failure.message()));
            }
        });
        CompletableFuture<Void> unusedFault = control.fault().thenAccept(this::lost);
        CompletableFuture<Void> unusedClosed =
                control.closed().thenRun(() -> daemon("atoll-closed", this::watchClosedProgram));
        reader = daemon("atoll-control", () -> readThenServe(first));
        if (timeout != null) {
            daemon("atoll-timeout", () -> watchTime(timeout));
        }
    }

    /** Waits for the program's end; once, after {@link #begin}. */
    public Outcome await() throws SystemCallException {
        WaitStatus status = program.waitFor();
        boolean serving;
        boolean abandoned;
        synchronized (this) {
            over = true;
            serving = stage == Stage.SERVING || services.areNeeded();
            abandoned = !serving && stage == Stage.PREPARING;
        }
        ended.countDown();
        if (!abandoned) {
            awaitReader();
        }
        if (!serving || services.drain()) {
            control.readToEnd();
        }
        Outcome outcome = outcome(status);
        reports.ended(outcome);
        if (outcome.kind() == Outcome.Kind.DENIED) {
            // Behind what there still was to say of denials.
            Terminal.line(outcome.message());
        }
        if (serving) {
            services.finish();
        }
        return outcome;
    }

    private void readThenServe(@Nullable ToProgram first) {
        try {
            if (first != null) {
                control.say(first);
            }
            if (!services.areNeeded()) {
                control.readUntil(reports.ready());
                boolean unused = ended.await(services.delay().toMillis(), TimeUnit.MILLISECONDS);
            }
            if (enter(Stage.PREPARING)) {
                services.prepare();
                if (enter(Stage.SERVING)) {
                    services.open();
                }
            }
        } catch (Throwable e) {
            // An Error too: nobody would read the control connection or serve the link any more.
            servicesFailed(e);
        }
    }

    /** False once the program has ended and nothing is left that needs the services. */
    private synchronized boolean enter(Stage next) {
        if (over && !services.areNeeded()) {
            return false;
        }
        stage = next;
        return true;
    }

    private void servicesFailed(Throwable e) {
        synchronized (this) {
            if (over && stage == Stage.PREPARING && !services.areNeeded()) {
                return;
            }
        }
        String message = "the launcher's services cannot start: " + Terminal.describe(e);
        if (reports.ready().isDone()) {
            lost(message);
        } else {
            control.cut();
            cutOthers.run();
            stop(Outcome.Kind.NOT_STARTED, ExitCode.FAILED, message);
        }
    }

    private void awaitReader() {
        try {
            Objects.requireNonNull(reader, "begin comes first").join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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

    private void watchClosedProgram() {
        try {
            if (!ended.await(CLOSED_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                lost("the control connection was lost: the program has closed its end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lost(String message) {
        control.cut();
        cutOthers.run();
        stop(Outcome.Kind.LOST, ExitCode.LOST, message);
    }

    /** Asks the program to end, and ends it if it does not. The first reason counts. */
    private void stop(Outcome.Kind kind, ExitCode exitCode, String message) {
        if (!cause.compareAndSet(null, new Outcome(kind, exitCode.number(), message, 0))) {
            return;
        }
        daemon("atoll-stop", () -> {
            try {
                program.signal(SIGTERM);
                if (!ended.await(stopGrace.toMillis(), TimeUnit.MILLISECONDS)) {
                    program.kill();
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
        if (reports.failed().isDone()) {
            String message = Terminal.printable(reports.failed().join().message());
            return new Outcome(Outcome.Kind.NOT_STARTED, ExitCode.FAILED.number(), message, reports.denials());
        }
        if (status.code() == ExitCode.FAILED.number() && !reports.ready().isDone()) {
            // The agent has stopped the JVM with a line of its own before it could reach the control connection.
            String message = "Atoll failed inside the sandbox, before the program ran";
            return new Outcome(Outcome.Kind.NOT_STARTED, ExitCode.FAILED.number(), message, reports.denials());
        }
        if (failOnDenial && status.code() == 0 && reports.denials() > 0) {
            return new Outcome(Outcome.Kind.DENIED, ExitCode.DENIED.number(), denied(), reports.denials());
        }
        Outcome.Kind kind = StatusFile.isSignal(status.code()) ? Outcome.Kind.SIGNALLED : Outcome.Kind.EXITED;
        return new Outcome(kind, status.code(), "", reports.denials());
    }

    private String denied() {
        long count = reports.denials();
        Denial first = reports.firstDenial();
        String text = (count == 1 ? "1 denial" : count + " denials") + (audit ? " without --audit" : "");
        return first == null ? text : text + ", the first: " + Terminal.printable(first.what() + ": " + first.rule());
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
