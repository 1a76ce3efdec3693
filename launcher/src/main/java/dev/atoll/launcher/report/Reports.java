package dev.atoll.launcher.report;

import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.Ended;
import dev.atoll.runtime.control.ControlRecord.Failed;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.PacketLog;
import dev.atoll.runtime.control.ControlRecord.Ready;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the program says and hands it to the sinks. Sinks come later than the first records, as the launcher wires
 * itself while the program starts already: up to {@value #MAX_WAITING} events wait for them; how many more there were they
 * are told by the log.
 *
 * <p>Thread-safe; sinks are called under the lock, so one at a time and in order.
 */
public final class Reports {
    /** In place of a process id: the JVM that the launcher has started itself. */
    public static final int PROGRAM = 0;

    private static final int MAX_WAITING = 256;

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> leaving = new CompletableFuture<>();
    private final CompletableFuture<Failed> failed = new CompletableFuture<>();
    private final Queue<Consumer<ReportSink>> waiting = new ArrayDeque<>();
    private final List<ReportSink> atOnce;
    private final @Nullable FlowSink flows;
    private @Nullable List<ReportSink> sinks;
    private @Nullable Consumer<String> problems;
    private @Nullable Denial firstDenial;
    private long denials;
    private long dropped;

    /** Without anybody who hears of anything at once. */
    public Reports() {
        this(List.of(), null);
    }

    /**
     * @param atOnce sinks that do not wait for the launcher's services
     * @param flows hears of each flow at once, and of all of them; null if nobody does
     */
    public Reports(List<ReportSink> atOnce, @Nullable FlowSink flows) {
        this.atOnce = List.copyOf(atOnce);
        this.flows = flows;
    }

    /** The program is about to run. */
    public void started(RunDescription run) {
        tell(sink -> sink.started(run));
    }

    /** The program said something. */
    public void received(ToLauncher message) {
        received(message, PROGRAM);
    }

    /**
     * A JVM said something.
     *
     * @param pid its process id, as the launcher sees it, or {@link #PROGRAM}
     */
    public void received(ToLauncher message, int pid) {
        if (message instanceof Ready) {
            ready.complete(null);
        } else if (message instanceof Failed failure) {
            failed.complete(failure);
        } else if (message instanceof Denial denial) {
            synchronized (this) {
                denials++;
                firstDenial = firstDenial == null ? denial : firstDenial;
            }
            tell(pid == PROGRAM ? sink -> sink.denied(denial) : sink -> sink.denied(denial, pid));
        } else if (message instanceof PacketLog packet) {
            tell(sink -> sink.logged(packet));
        } else if (message instanceof Flow flow) {
            if (flows != null) {
                flows.flow(flow, pid);
            }
        } else if (message instanceof Counters counters) {
            countUntold(counters);
            tell(sink -> sink.counted(counters));
        } else if (message instanceof Ended) {
            leaving.complete(null);
        }
    }

    private synchronized void countUntold(Counters counters) {
        for (Counter counter : counters.values()) {
            long count = Math.max(0, counter.value());
            if (counter.name().equals(Counter.UNTOLD_DENIALS)) {
                denials += count;
            } else if (flows != null && counter.name().equals(ControlRecord.LOST_FLOWS)) {
                flows.lost(count);
            }
        }
    }

    /** The policy was read again. */
    public void reloaded(String text) {
        tell(sink -> sink.reloaded(text));
    }

    /** The run is over. */
    public void ended(Outcome outcome) {
        tell(sink -> sink.ended(outcome));
    }

    /** Completes when the program's stack runs. */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    /** Completes if the program's stack fails. */
    public CompletableFuture<Failed> failed() {
        return failed;
    }

    /** Completes when the program's stack has ended and its JVM is about to; never if the JVM is killed. */
    public CompletableFuture<Void> leaving() {
        return leaving;
    }

    /** How many denials there were. */
    public synchronized long denials() {
        return denials;
    }

    /** The first denial, or null if there was none. */
    public synchronized @Nullable Denial firstDenial() {
        return firstDenial;
    }

    /**
     * The sinks are there; they hear first what has waited.
     *
     * @param log hears of sinks that throw
     */
    public synchronized void attach(List<ReportSink> to, Consumer<String> log) {
        sinks = new ArrayList<>(to);
        problems = log;
        while (!waiting.isEmpty()) {
            tellAttached(waiting.remove());
        }
        if (dropped > 0) {
            log.accept(dropped + " events came before anybody could be told, and are missing from the reports");
        }
    }

    private synchronized void tell(Consumer<ReportSink> event) {
        for (ReportSink sink : atOnce) {
            event.accept(sink);
        }
        tellAttached(event);
    }

    private synchronized void tellAttached(Consumer<ReportSink> event) {
        List<ReportSink> to = sinks;
        if (to == null) {
            if (waiting.size() < MAX_WAITING) {
                waiting.add(event);
            } else {
                dropped++;
            }
            return;
        }
        for (ReportSink sink : to) {
            try {
                event.accept(sink);
            } catch (RuntimeException | LinkageError e) {
                // A sink is somebody else's code: its faults, or that it was built for another Atoll, must not end a
                // run.
                if (problems != null) {
                    problems.accept("report sink " + sink.getClass().getName() + " failed: " + e);
                }
            }
        }
    }
}
