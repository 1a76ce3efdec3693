package dev.atoll.launcher;

import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.link.AddressPlan;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.report.RunReport;
import dev.atoll.launcher.report.RunReport.State;
import dev.atoll.launcher.start.SandboxProcess;
import dev.atoll.launcher.supervise.ProgramRecords;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.WaitStatus;
import dev.atoll.launcher.wiring.Supervision;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stays with a program until it ends, and says how it ended.
 *
 * <p>The thread that started the program waits for it; three daemon threads do what must not keep it: one makes the rest
 * of the launcher, one watches the control connection, one the clock.
 */
final class Supervisor {
    private static final int SIGTERM = 15;

    private final Settings settings;
    private final List<String> command;
    private final OpenLink link;
    private final SandboxProcess sandbox;
    private final ProgramRecords records = new ProgramRecords();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean timedOut;
    private volatile @Nullable String lost;

    Supervisor(Settings settings, List<String> command, OpenLink link, SandboxProcess sandbox) {
        this.settings = settings;
        this.command = command;
        this.link = link;
        this.sandbox = sandbox;
    }

    /** Waits for the end and returns the launcher's exit code. */
    int supervise(int controlDescriptor) throws SystemCallException {
        CompletableFuture<Supervision> rest = new CompletableFuture<>();
        daemon("atoll-wiring", () -> {
            try {
                Supervision supervision = Supervision.begin(settings, controlDescriptor, records, link);
                supervision.report(report(State.RUNNING, OptionalInt.empty(), null));
                rest.complete(supervision);
            } catch (RuntimeException | LinkageError e) {
                rest.completeExceptionally(e);
                lose("the launcher failed: " + e);
            }
        });
        daemon("atoll-watch", this::watchControl);
        Duration limit = settings.timeout();
        if (limit != null) {
            daemon("atoll-timeout", () -> endAfter(limit));
        }
        WaitStatus status = sandbox.waitFor();
        ended.countDown();
        return finish(status, rest);
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** A lost control connection or a failed stack means that nothing limits or carries the program any more. */
    private void watchControl() {
        try {
            records.awaitEnd();
            ControlRecord.Failed failure = records.failure();
            if (failure != null && failure.code() != FailureCode.START) {
                lose(failure.message());
            } else if (failure == null && !endsWithin(settings.stopGrace())) {
                lose("the program closed the control connection");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean endsWithin(Duration time) throws InterruptedException {
        return ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void lose(String why) {
        lost = why;
        kill();
    }

    private void endAfter(Duration limit) {
        try {
            if (endsWithin(limit)) {
                return;
            }
            timedOut = true;
            sandbox.signal(SIGTERM);
            if (!endsWithin(settings.stopGrace())) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            kill();
        }
    }

    private void kill() {
        try {
            sandbox.kill();
        } catch (SystemCallException e) {
            Terminal.line("cannot end the program: " + e.getMessage());
        }
    }

    private int finish(WaitStatus status, CompletableFuture<Supervision> rest) {
        Supervision supervision = null;
        try {
            supervision = rest.join();
            supervision.awaitLastWords();
        } catch (CompletionException e) {
            Terminal.line("the launcher failed: " + e.getCause());
        }
        RunReport end = judge(status, supervision != null);
        if (supervision != null) {
            supervision.report(end);
        }
        if (end.reason() != null && end.state() != State.FAILED) {
            Terminal.line(end.reason());
        }
        return end.exitCode().orElse(ExitCode.FAILED.number());
    }

    private RunReport judge(WaitStatus status, boolean wired) {
        String why = lost;
        ControlRecord.Failed failure = records.failure();
        if (timedOut) {
            return report(
                    State.TIMED_OUT,
                    OptionalInt.of(ExitCode.TIMEOUT.number()),
                    "the program was stopped after " + settings.timeout());
        }
        if (why != null) {
            return report(State.LOST, OptionalInt.of(ExitCode.LOST.number()), why);
        }
        if (failure != null && failure.code() == FailureCode.START) {
            return report(State.FAILED, OptionalInt.of(ExitCode.FAILED.number()), failure.message());
        }
        if (!wired) {
            return report(State.FAILED, OptionalInt.of(ExitCode.FAILED.number()), "the launcher failed");
        }
        State state = status.code() > 128 ? State.SIGNALED : State.EXITED;
        return report(state, OptionalInt.of(status.code()), null);
    }

    private RunReport report(State state, OptionalInt exitCode, @Nullable String reason) {
        AddressPlan plan = link.addresses();
        Path policy = settings.policy();
        return new RunReport(
                state,
                command,
                pid(),
                link.description(),
                plan == null ? null : plan.program().toString(),
                plan == null ? null : plan.router().toString(),
                policy == null ? null : policy.toString(),
                exitCode,
                reason,
                records.denials());
    }

    private OptionalLong pid() {
        try {
            OptionalInt program = ended.getCount() == 0 ? OptionalInt.empty() : sandbox.program();
            return program.isPresent() ? OptionalLong.of(program.getAsInt()) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
