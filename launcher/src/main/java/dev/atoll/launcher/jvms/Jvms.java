package dev.atoll.launcher.jvms;

import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.report.FrameLosses;
import dev.atoll.launcher.report.JvmsView;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.report.RunningJvm;
import dev.atoll.launcher.sys.UnixSocket;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Admitted;
import dev.atoll.runtime.control.ControlRecord.Failed;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Refused;
import dev.atoll.runtime.control.ControlRecord.Reload;
import dev.atoll.runtime.control.ControlRecord.Reloaded;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.runtime.control.ControlRecord.Ticket;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JVMs that were admitted: counted, each with its place and the rules in force. Guarded by itself.
 *
 * <p>A thread for each reads what it says. What that is of the network, denials and flows, is heard as if the program had said
 * it; what becomes of one of them is not the run's end.
 */
public final class Jvms implements JvmsView {
    /** Less than a reload waits for all of them together. */
    private static final int RELOAD_LIMIT_S = 20;

    private final int limit;
    private final JvmNetwork network;
    private final Function<Place, Setup> setups;
    private final Reports reports;
    private final Runnable observer;
    private final Consumer<String> log;
    private final Map<Ticket, Jvm> live = new HashMap<>();
    private @Nullable Policy policy;
    private int admitted;

    /** Made for the first JVM: it takes longer to make than all else of the start. */
    private @Nullable SecureRandom random;

    /**
     * @param limit how many there may be at a time
     * @param setups what a JVM with that place is told
     * @param policy the rules in force, or null for none
     * @param observer hears of each change of {@link #running}
     */
    public Jvms(
            int limit,
            JvmNetwork network,
            Function<Place, Setup> setups,
            @Nullable Policy policy,
            Reports reports,
            Runnable observer,
            Consumer<String> log) {
        this.limit = limit;
        this.network = network;
        this.setups = setups;
        this.policy = policy;
        this.reports = reports;
        this.observer = observer;
        this.log = log;
    }

    /** A JVM has asked for a network: admits it and hears it to its end, or refuses. */
    void serve(UnixSocket asking, int pid) {
        if (!mayAdmit()) {
            ControlWriter.say(asking, new Refused(limit + " JVMs run in this sandbox, which is the most (max-jvms)"));
            return;
        }
        try {
            serve(asking, pid, network.take(pid));
        } finally {
            synchronized (this) {
                admitted--;
            }
        }
    }

    private void serve(UnixSocket asking, int pid, Place place) {
        Jvm jvm = new Jvm(pid, place, newTicket(), asking.descriptor(), message -> heard(pid, message));
        try {
            jvm.greet(List.of(new Admitted(jvm.ticket()), setups.apply(place)), () -> {
                Policy rules = admit(jvm);
                // Before it is told: a JVM that runs is one that the status file lists.
                observer.run();
                return rules;
            });
            jvm.control().readToEnd();
            String fault = jvm.control().fault().getNow("");
            if (!fault.isEmpty()) {
                log.accept("the JVM with process id " + pid + " has lost its network: " + Terminal.printable(fault));
            }
        } finally {
            jvm.close();
            synchronized (this) {
                live.remove(jvm.ticket());
            }
            jvm.awaitLinkEnd();
            network.giveBack(place);
            observer.run();
        }
    }

    @Override
    public synchronized List<RunningJvm> running() {
        List<RunningJvm> running = new ArrayList<>();
        for (Jvm jvm : live.values()) {
            LinkAddresses addresses = jvm.place().addresses();
            String address =
                    addresses == null ? null : addresses.program().get(0).toString();
            FrameCounter frames = jvm.frames();
            String lack = jvm.place().lack();
            running.add(new RunningJvm(
                    jvm.pid(), address, lack.isEmpty() ? null : lack, jvm.admitted(), frames.lost(), frames.refused()));
        }
        running.sort((a, b) -> a.startedAt().compareTo(b.startedAt()));
        return running;
    }

    @Override
    public FrameLosses losses() {
        return network.losses();
    }

    private synchronized boolean mayAdmit() {
        if (admitted >= limit) {
            return false;
        }
        admitted++;
        return true;
    }

    /** From here on it is asked when rules change; returns those that it begins with. */
    private synchronized @Nullable Policy admit(Jvm jvm) {
        live.put(jvm.ticket(), jvm);
        return policy;
    }

    private synchronized Ticket newTicket() {
        SecureRandom source = random == null ? new SecureRandom() : random;
        random = source;
        return new Ticket(source.nextLong(), source.nextLong());
    }

    /**
     * What follows on a connection are the frames of the JVM that has this ticket.
     *
     * @param descriptor of the connection, which belongs to the switch if this does not throw
     * @throws IOException if nobody has that ticket
     */
    void connect(Ticket ticket, int descriptor) throws IOException {
        Jvm jvm;
        synchronized (this) {
            jvm = live.get(ticket);
        }
        if (jvm == null || !jvm.takesLink()) {
            throw new IOException("a link for which nobody was admitted");
        }
        jvm.linked(network.connect(jvm.place(), jvm.pid(), jvm.frames(), descriptor));
    }

    private void heard(int pid, ToLauncher message) {
        if (message instanceof Failed failed) {
            if (failed.code() != FailureCode.START) {
                log.accept("the JVM with process id " + pid + " has lost its network: "
                        + Terminal.printable(failed.message()));
            }
        } else if (message instanceof ControlRecord.Denial
                || message instanceof ControlRecord.PacketLog
                || message instanceof ControlRecord.Flow
                || message instanceof ControlRecord.Counters) {
            reports.received(message, pid);
        }
    }

    /**
     * Puts other rules in force, in every JVM there is and for those to come. A JVM that does not take them is cut off: it would run
     * under others than was said.
     *
     * @return how many connections that ended
     */
    public CompletableFuture<Integer> reload(Reload question) {
        List<Jvm> asked;
        synchronized (this) {
            policy = new Policy(question.rules());
            asked = new ArrayList<>(live.values());
        }
        AtomicInteger ended = new AtomicInteger();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (Jvm jvm : asked) {
            answers.add(ask(jvm, question, ended));
        }
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> ended.get());
    }

    private CompletableFuture<Void> ask(Jvm jvm, Reload question, AtomicInteger ended) {
        CompletableFuture<Reloaded> answer = new CompletableFuture<>();
        // In a thread of its own, as a JVM that was stopped does not read.
        daemon("atoll-jvm-reload", () -> {
            CompletableFuture<Reloaded> unused = jvm.ask(question).whenComplete((taken, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    answer.complete(taken);
                }
            });
        });
        return answer.orTimeout(RELOAD_LIMIT_S, TimeUnit.SECONDS).handle((taken, failure) -> {
            if (failure == null && taken.problem().isEmpty()) {
                ended.addAndGet(taken.ended());
            } else if (!jvm.control().closed().isDone()) {
                jvm.cut();
                log.accept("the JVM with process id " + jvm.pid()
                        + " is cut off: it did not take the policy that was reloaded"
                        + (failure == null ? ": " + Terminal.printable(taken.problem()) : ""));
            }
            return null;
        });
    }

    /** Ends the network of all of them. */
    public void cut() {
        List<Jvm> all;
        synchronized (this) {
            all = new ArrayList<>(live.values());
        }
        all.forEach(Jvm::cut);
    }

    static void daemon(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, 256 * 1024, false);
        thread.setDaemon(true);
        thread.start();
    }
}
