package dev.atoll.launcher.reload;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.PolicyFile;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.policy.PolicyDiff;
import dev.atoll.launcher.policy.space.TooComplexException;
import dev.atoll.launcher.report.ReloadState;
import dev.atoll.launcher.start.KeptFiles;
import dev.atoll.runtime.control.ControlRecord.Reload;
import dev.atoll.runtime.control.ControlRecord.Reloaded;
import dev.atoll.stack.filter.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Reads the policy of a run again and puts it in force. Whatever is wrong, with the files or on the way to the program, leaves the
 * rules in force that were, and is said. Any thread; one reload at a time.
 */
public final class Reloader {
    /** Rules are decoded and connections judged in it. */
    private static final int ANSWER_LIMIT_S = 30;

    private final List<Path> files;
    private final List<Path> ipsets;
    private final KeptFiles kept;
    private final RunningProgram program;
    private final Consumer<String> log;
    private final Consumer<ReloadState> observer;

    /** Guarded by this, as the others. */
    private RuleSet inForce;

    private ReloadState state;
    private int asked;

    /** The program whose rules change. */
    public interface RunningProgram {
        /** Completes when its stack runs. */
        CompletableFuture<Void> ready();

        /** Asks it to put rules in force; completes with its answer, or exceptionally if it has ended. */
        CompletableFuture<Reloaded> ask(Reload question);

        /** It has these rules in force from now on. */
        default void tookOver(RuleSet rules) {}
    }

    /**
     * What came of a reload.
     *
     * @param exitCode 0 if the new rules are in force, else why not
     * @param text what is said of it, in lines
     */
    public record Result(int exitCode, String text) {}

    /**
     * @param files those of the policy, at least one
     * @param ipsets those of sets that its rules ask for
     * @param kept what of them the program cannot change
     * @param inForce what they said at the start
     * @param first as long as nothing was reloaded
     * @param log hears what came of each reload
     * @param observer hears the same in numbers
     */
    public Reloader(
            List<Path> files,
            List<Path> ipsets,
            KeptFiles kept,
            RuleSet inForce,
            ReloadState first,
            RunningProgram program,
            Consumer<String> log,
            Consumer<ReloadState> observer) {
        this.files = List.copyOf(files);
        this.ipsets = List.copyOf(ipsets);
        this.kept = kept;
        this.inForce = inForce;
        this.program = program;
        this.log = log;
        this.observer = observer;
        state = first;
    }

    /** Reads the files again and, if nothing is wrong with them, puts them in force. */
    public Result reload() {
        return reload(false);
    }

    /** The same without anybody having asked for it: of files to which the program has no way alone. */
    Result reloadWatched() {
        return reload(true);
    }

    private synchronized Result reload(boolean watched) {
        Result result;
        try {
            if (watched) {
                refuseUnkept();
            }
            result = apply(PolicyFile.loadMarked(files, ipsets));
            state = state.loaded(Instant.now());
        } catch (LaunchException e) {
            String text = "the policy is not reloaded, the one before stays in force:\n" + e.line();
            result = new Result(e.exitCode().number(), text);
            state = state.failed(Instant.now(), e.line());
        } catch (RuntimeException | Error e) {
            // Nobody above would say it: those who ask go on with their own work.
            String text = "the policy is not reloaded, Atoll has failed: " + Terminal.describe(e);
            result = new Result(ExitCode.FAILED.number(), text);
            state = state.failed(Instant.now(), text);
        }
        log.accept(result.text());
        observer.accept(state);
        return result;
    }

    /** A file may include others than at the start. */
    private void refuseUnkept() throws LaunchException {
        for (Path file : PolicyFile.filesOf(files, ipsets)) {
            try {
                if (Files.exists(file) && !kept.covers(file)) {
                    throw new LaunchException(
                            ExitCode.CONFIGURATION,
                            "the program could write " + file
                                    + ": it is in no directory that was watched from the start,"
                                    + " or another way leads to it; atoll reload reads it all the same");
                }
            } catch (IOException e) {
                throw new LaunchException(
                        ExitCode.CONFIGURATION, "policy: " + file + " cannot be looked at: " + e.getMessage(), e);
            }
        }
    }

    private Result apply(RuleSet next) throws LaunchException {
        Reload question = new Reload(++asked, PolicyFile.encode(next).rules());
        Reloaded answer = answer(question);
        if (!answer.problem().isEmpty()) {
            throw new LaunchException(
                    ExitCode.FAILED, "the program did not take it: " + Terminal.printable(answer.problem()));
        }
        RuleSet before = inForce;
        inForce = next;
        program.tookOver(next);
        String text = "the policy is reloaded from " + names() + "; connections ended: " + answer.ended();
        return new Result(0, text + whatItAllows(before, next));
    }

    private Reloaded answer(Reload question) throws LaunchException {
        String why;
        try {
            program.ready().get(ANSWER_LIMIT_S, TimeUnit.SECONDS);
            return program.ask(question).get(ANSWER_LIMIT_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // It may still take them: what is in force is then not known, which has to be said.
            why = "the program has not answered for " + ANSWER_LIMIT_S + " s and may take the new rules later";
        } catch (ExecutionException e) {
            why = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "the launcher ends";
        }
        throw new LaunchException(ExitCode.FAILED, why);
    }

    private String names() {
        StringBuilder names = new StringBuilder();
        for (Path file : files) {
            names.append(names.isEmpty() ? "" : ", ").append(file);
        }
        return names.toString();
    }

    /** The difference, where the new rules let through what those before did not. */
    private static String whatItAllows(RuleSet before, RuleSet next) {
        try {
            PolicyDiff diff = PolicyDiff.of(before, next);
            return diff.allowsMore() ? "\nit allows more than the one before:\n" + String.join("\n", diff.lines()) : "";
        } catch (TooComplexException e) {
            return "\nwhether it allows more than the one before is not known: " + e.getMessage();
        }
    }
}
