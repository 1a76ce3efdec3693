package dev.atoll.launcher.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.WaitStatus;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a run ends, with a program and services by hand and a real control connection. */
@Timeout(60)
class SupervisorTest {
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;
    private static final Duration GRACE = Duration.ofMillis(50);

    private final Reports reports = new Reports();
    private final HandMadeProgram program = new HandMadeProgram();
    private final HandMadeServices services = new HandMadeServices();
    private final int[] pair = socketpair();
    private final ControlConnection control = new ControlConnection(pair[0], reports::received);
    private final AtomicInteger othersCut = new AtomicInteger();
    private boolean programEndOpen = true;

    @AfterEach
    void close() {
        closeProgramEnd();
        Libc.close(pair[0]);
    }

    private boolean failOnDenial;
    private boolean audit;

    @Test
    void program_exits_itsCodeAndEveryDenialCount() throws Exception {
        say(new ControlRecord.Ready(), denial(), denial());
        closeProgramEnd();
        program.end(3);
        services.delay = Duration.ofSeconds(50);

        Outcome outcome = supervise(false, null);
        assertEquals(new Outcome(Outcome.Kind.EXITED, 3, "", 2), outcome);
        assertFalse(services.prepared, "a short run does not pay for the services");
    }

    @Test
    void program_endsWhileServicesAreMade_nobodyWaitsForThem() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        CompletableFuture<Void> failed = new CompletableFuture<>();
        services.onPrepare = () -> {
            say(denial());
            closeProgramEnd();
            program.end(4);
            awaitUninterruptibly(late);
            failed.complete(null);
            throw new IllegalStateException("made too late");
        };
        say(new ControlRecord.Ready());

        Outcome outcome = supervise(false, null);
        assertEquals(new Outcome(Outcome.Kind.EXITED, 4, "", 1), outcome);
        late.countDown();
        failed.get(30, TimeUnit.SECONDS);
        assertFalse(services.started);
        assertEquals(List.of(), program.signals);
    }

    /** As a link of somebody else's may, which takes what is sent only when it is served. */
    @Test
    void program_endsAndLeavesWorkForTheServices_theyDoIt() throws Exception {
        services.onPrepare = () -> {
            services.needed = true;
            closeProgramEnd();
            program.end(0);
        };
        say(new ControlRecord.Ready());

        assertEquals(0, supervise(false, null).exitCode());
        assertTrue(services.started);
        assertTrue(services.finished);
    }

    @Test
    void program_killed_isSignalled() throws Exception {
        closeProgramEnd();
        program.end(137);

        assertEquals(Outcome.Kind.SIGNALLED, supervise(false, null).kind());
    }

    /** A record that arrives in pieces, half before the services read and half after, is neither lost nor taken twice. */
    @Test
    void services_takeOver_inTheMiddleOfARecord() throws Exception {
        byte[] whole = ControlCodec.encode(denial());
        say(new ControlRecord.Ready());
        Libc.write(pair[1], java.util.Arrays.copyOf(whole, 5));
        services.onStart = () -> {
            Libc.write(pair[1], java.util.Arrays.copyOfRange(whole, 5, whole.length));
            closeProgramEnd();
            program.end(0);
        };

        assertEquals(1, supervise(true, null).denials());
    }

    @Test
    void services_failBeforeTheStackIsUp_nothingWasStarted() throws Exception {
        services.onStart = () -> {
            throw new NoClassDefFoundError("dev/atoll/Missing");
        };
        Outcome outcome = supervise(true, null);

        assertEquals(Outcome.Kind.NOT_STARTED, outcome.kind());
        assertEquals(125, outcome.exitCode());
        assertTrue(outcome.message().contains("NoClassDefFoundError: dev/atoll/Missing"), outcome.message());
        assertEquals(List.of(SIGTERM), program.signals);
        assertTrue(networkIsCut(), "the program is told that the launcher is gone");
    }

    @Test
    void services_failWhileTheProgramRuns_isLost() throws Exception {
        say(new ControlRecord.Ready());
        services.onStart = () -> {
            awaitReady();
            throw new IllegalStateException("no loop");
        };
        Outcome outcome = supervise(false, null);

        assertEquals(Outcome.Kind.LOST, outcome.kind());
        assertEquals(1, othersCut.get());
        assertEquals(122, outcome.exitCode());
        assertTrue(outcome.message().contains("no loop"), outcome.message());
        assertTrue(networkIsCut());
    }

    @Test
    void link_ends_isLostWithTheReasonMadePrintable() throws Exception {
        say(new ControlRecord.Ready(), new ControlRecord.Failed(FailureCode.LINK, "gone\natoll: all is well\u001b[2J"));
        services.onStart = control::readToEnd;
        Outcome outcome = supervise(true, null);

        assertEquals(122, outcome.exitCode());
        assertEquals("the network was lost: gone?atoll: all is well?[2J", outcome.message());
        assertTrue(networkIsCut());
    }

    @Test
    void program_scribblesOnTheConnection_isLost() throws Exception {
        Libc.write(pair[1], new byte[64]);
        Outcome outcome = supervise(false, null);

        assertEquals(122, outcome.exitCode());
        assertTrue(outcome.message().startsWith("the program broke the control connection: "), outcome.message());
    }

    @Test
    void program_closesTheConnectionAndGoesOn_isLost() throws Exception {
        closeProgramEnd();
        Outcome outcome = supervise(false, null);

        assertEquals(122, outcome.exitCode());
        assertEquals("the control connection was lost: the program has closed its end", outcome.message());
    }

    @Test
    void timeout_programEndsWhenAsked_isTimeout() throws Exception {
        say(new ControlRecord.Ready());
        Outcome outcome = supervise(false, Duration.ofMillis(1500));

        assertEquals(new Outcome(Outcome.Kind.TIMEOUT, 124, "stopped after its timeout of 1500ms", 0), outcome);
        assertEquals(List.of(SIGTERM), program.signals);
    }

    @Test
    void timeout_programIgnoresIt_isKilledAfterTheGrace() throws Exception {
        say(new ControlRecord.Ready());
        program.ignoresTerm = true;

        assertEquals(124, supervise(false, Duration.ofMillis(10)).exitCode());
        assertEquals(List.of(SIGTERM, SIGKILL), program.signals);
    }

    @Test
    void stackInside_doesNotStart_isNotStartedWithItsReason() throws Exception {
        say(new ControlRecord.Failed(FailureCode.START, "no such JDK"));
        closeProgramEnd();
        program.end(125);

        assertEquals(new Outcome(Outcome.Kind.NOT_STARTED, 125, "no such JDK", 0), supervise(false, null));
    }

    @Test
    void sinks_hearTheEndLast() throws Exception {
        List<String> heard = new ArrayList<>();
        services.onStart = () -> {
            reports.attach(
                    List.of(new ReportSink() {
                        @Override
                        public void denied(Denial denial) {
                            heard.add("denied");
                        }

                        @Override
                        public void ended(Outcome outcome) {
                            heard.add("ended " + outcome.exitCode());
                        }
                    }),
                    heard::add);
            say(denial());
            closeProgramEnd();
            program.end(7);
        };

        Outcome unused = supervise(true, null);
        assertEquals(List.of("denied", "ended 7"), heard);
        assertTrue(services.finished);
    }

    @Test
    void denials_failTheRun_onlyIfWantedAndTheProgramDidNot() throws Exception {
        failOnDenial = true;
        say(new ControlRecord.Ready(), denial(), denial());
        closeProgramEnd();
        program.end(0);
        String message = "2 denials, the first: tcp 10.0.0.2:1 -> 10.0.0.1:2: a.rules:1: -A OUTPUT -j REJECT";
        assertEquals(new Outcome(Outcome.Kind.DENIED, 123, message, 2), supervise(false, null));
    }

    @Test
    void whatWouldHaveBeenDenied_failsTheRunAsDenialsDo() throws Exception {
        failOnDenial = true;
        audit = true;
        say(new ControlRecord.Ready(), denial());
        closeProgramEnd();
        program.end(0);
        String message =
                "1 denial without --audit, the first: tcp 10.0.0.2:1 -> 10.0.0.1:2: a.rules:1: -A OUTPUT -j REJECT";
        assertEquals(new Outcome(Outcome.Kind.DENIED, 123, message, 1), supervise(false, null));
    }

    @Test
    void denials_programFailedByItself_itsCodeStays() throws Exception {
        failOnDenial = true;
        say(new ControlRecord.Ready(), denial());
        closeProgramEnd();
        program.end(9);
        assertEquals(new Outcome(Outcome.Kind.EXITED, 9, "", 1), supervise(false, null));
    }

    @Test
    void noDenials_theRunHasNotFailed() throws Exception {
        failOnDenial = true;
        say(new ControlRecord.Ready());
        closeProgramEnd();
        program.end(0);
        assertEquals(new Outcome(Outcome.Kind.EXITED, 0, "", 0), supervise(false, null));
    }

    /** One that came too fast to be told is a denial, too. */
    @Test
    void untoldDenials_count() throws Exception {
        failOnDenial = true;
        say(
                new ControlRecord.Ready(),
                new ControlRecord.Counters(
                        List.of(new ControlRecord.Counter(ControlRecord.Counter.UNTOLD_DENIALS, 5))));
        closeProgramEnd();
        program.end(0);
        assertEquals(new Outcome(Outcome.Kind.DENIED, 123, "5 denials", 5), supervise(false, null));
    }

    private Outcome supervise(boolean servicesNeeded, @org.jspecify.annotations.Nullable Duration timeout)
            throws SystemCallException {
        services.needed = servicesNeeded;
        Supervisor supervisor = new Supervisor(
                program, control, othersCut::incrementAndGet, reports, services, GRACE, failOnDenial, audit);
        supervisor.begin(null, timeout);
        return supervisor.await();
    }

    /** Whether the program's end has been told that nothing more comes. */
    private boolean networkIsCut() throws IOException {
        return programEndOpen ? Libc.read(pair[1], new byte[1]) == 0 : program.sawCut;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady() throws IOException {
        try {
            reports.ready().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void say(ToLauncher... records) throws IOException {
        for (ToLauncher each : records) {
            Libc.write(pair[1], ControlCodec.encode(each));
        }
    }

    private synchronized void closeProgramEnd() {
        if (programEndOpen) {
            programEndOpen = false;
            Libc.close(pair[1]);
        }
    }

    private static Denial denial() {
        return new Denial("a.rules:1: -A OUTPUT -j REJECT", "tcp 10.0.0.2:1 -> 10.0.0.1:2", "");
    }

    private static int[] socketpair() {
        try {
            return Libc.socketpair();
        } catch (SystemCallException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends when it is told to, or by a signal. */
    private final class HandMadeProgram implements ProgramProcess {
        final List<Integer> signals = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<WaitStatus> status = new CompletableFuture<>();
        boolean ignoresTerm;
        boolean sawCut;

        void end(int code) {
            status.complete(new WaitStatus(0, code));
        }

        @Override
        public WaitStatus waitFor() {
            return status.join();
        }

        @Override
        public void signal(int signal) throws IOException {
            signals.add(signal);
            if (!ignoresTerm) {
                endBySignal(signal);
            }
        }

        @Override
        public void kill() {
            signals.add(SIGKILL);
            try {
                endBySignal(SIGKILL);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void endBySignal(int signal) throws IOException {
            if (reports.failed().isDone() || control.fault().isDone() || services.failing()) {
                sawCut = Libc.read(pair[1], new byte[1]) == 0;
            }
            closeProgramEnd();
            status.complete(new WaitStatus(0, 128 + signal));
        }
    }

    /** Does what it is told when it starts. */
    private static final class HandMadeServices implements Services {
        /** What starting does. */
        private interface Start {
            void run() throws IOException;
        }

        Duration delay = Duration.ofMillis(10);
        Start onPrepare = () -> {};
        Start onStart = () -> {};
        volatile boolean needed;
        volatile boolean prepared;
        volatile boolean started;
        private volatile boolean failed = true;
        volatile boolean finished;

        boolean failing() {
            return started && failed;
        }

        @Override
        public boolean areNeeded() {
            return needed;
        }

        @Override
        public Duration delay() {
            return delay;
        }

        @Override
        public void prepare() throws IOException {
            prepared = true;
            onPrepare.run();
        }

        @Override
        public void open() throws IOException {
            started = true;
            onStart.run();
            failed = false;
        }

        @Override
        public boolean drain() {
            return true;
        }

        @Override
        public void finish() {
            finished = true;
        }
    }
}
