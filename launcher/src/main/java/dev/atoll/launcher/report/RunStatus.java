package dev.atoll.launcher.report;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the status file of a run up to date, from whichever thread knows something new; nothing is written behind its end. That it
 * cannot be written is said, and the run goes on.
 */
public final class RunStatus {
    private final @Nullable StatusFile file;
    private final RunDescription run;
    private final Consumer<String> problems;
    private int pid;
    private boolean running;
    private ReloadState policy;
    private @Nullable JvmsView jvms;

    /**
     * @param file null if nobody asked for one
     * @param problems hears what could not be written
     */
    public RunStatus(@Nullable StatusFile file, RunDescription run, Consumer<String> problems) {
        this.file = file;
        this.run = run;
        this.problems = problems;
        policy = ReloadState.first(run.startedAt());
    }

    /** What the policy's reloads begin with. */
    public synchronized ReloadState policy() {
        return policy;
    }

    /** Whether it is of any use to know more. */
    public boolean isWanted() {
        return file != null;
    }

    /** The program runs. */
    public synchronized void running(int programPid) {
        pid = programPid;
        running = true;
        writeRunning();
    }

    /** The policy was read again. */
    public synchronized void reloaded(ReloadState newPolicy) {
        policy = newPolicy;
        if (running) {
            writeRunning();
        }
    }

    /** Asked whenever the file is written from here on. */
    public synchronized void jvms(JvmsView view) {
        jvms = view;
    }

    /** Other JVMs run than before. */
    public synchronized void jvmsChanged() {
        if (running) {
            writeRunning();
        }
    }

    /** The run is over. */
    public synchronized void ended(Outcome outcome, Instant at) {
        running = false;
        StatusFile to = file;
        if (to == null) {
            return;
        }
        try {
            to.ended(run, outcome, at, policy, losses());
        } catch (IOException e) {
            problems.accept(unwritten(to, e));
        }
    }

    private void writeRunning() {
        StatusFile to = file;
        if (to == null) {
            return;
        }
        try {
            JvmsView view = jvms;
            to.running(run, pid, policy, view == null ? List.of() : view.running(), losses());
        } catch (IOException e) {
            problems.accept(unwritten(to, e));
        }
    }

    private FrameLosses losses() {
        JvmsView view = jvms;
        return view == null ? FrameLosses.NONE : view.losses();
    }

    /** The sentence for a status file that cannot be written. */
    public static String unwritten(StatusFile file, IOException failure) {
        return "the status file " + file.file() + " cannot be written: " + failure;
    }
}
