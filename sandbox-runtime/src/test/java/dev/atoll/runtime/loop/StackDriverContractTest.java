package dev.atoll.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.PolledLink;
import dev.atoll.runtime.link.RecordingDispatcher;
import dev.atoll.runtime.link.StreamLink;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every driver of a stack does. */
@Timeout(60)
public abstract class StackDriverContractTest {
    private static final long LIMIT_MS = 20_000;
    private static final MacAddress LINK_ADDRESS = MacAddress.parse("02:00:00:00:00:01");

    /** Makes the driver under test; the same clock as the stack's. */
    protected abstract StackDriver newDriver(Clock clock, FailureReport report) throws Exception;

    /** Ends what drivers share, if anything. */
    protected void closeShared() throws Exception {}

    private static final Clock CLOCK = new Clock() {
        @Override
        public long nowNs() {
            return System.nanoTime();
        }

        @Override
        public long epochNs() {
            return 0;
        }
    };

    /** A stack that counts its runs and answers with what the test says. */
    private static final class CountingStack implements DrivenStack {
        final Object lock = new Object();
        Function<CountingStack, Long> deadline = stack -> TimerQueue.NEVER;
        int runs;
        boolean closed;

        @Nullable Thread runner;

        @Override
        public long run(Runnable work) {
            synchronized (lock) {
                runner = Thread.currentThread();
                work.run();
                runs++;
                lock.notifyAll();
                return deadline.apply(this);
            }
        }

        @Override
        public void close() {
            synchronized (lock) {
                closed = true;
                lock.notifyAll();
            }
        }

        void await(BooleanSupplier condition, String what) throws InterruptedException {
            long end = System.currentTimeMillis() + LIMIT_MS;
            synchronized (lock) {
                while (!condition.getAsBoolean()) {
                    long left = end - System.currentTimeMillis();
                    assertTrue(left > 0, "waited in vain: " + what + "; " + runs + " runs");
                    lock.wait(left);
                }
            }
        }
    }

    private final CountingStack stack = new CountingStack();
    private final List<Throwable> reports = new ArrayList<>();
    private final List<String> linkFailures = new ArrayList<>();

    private final FailureReport report = new FailureReport() {
        @Override
        public void stackFailed(Throwable cause) {
            synchronized (stack.lock) {
                reports.add(cause);
                stack.lock.notifyAll();
            }
        }

        @Override
        public void linkFailed(String reason) {
            synchronized (stack.lock) {
                linkFailures.add(reason);
                stack.lock.notifyAll();
            }
        }
    };

    private @Nullable StackDriver driver;
    private @Nullable StreamLink link;
    private @Nullable HostDescriptor peer;
    private final RecordingDispatcher dispatcher = new RecordingDispatcher();

    private StackDriver start(PolledLink... links) throws Exception {
        StackDriver started = newDriver(CLOCK, report);
        driver = started;
        started.start(stack, List.of(links));
        return started;
    }

    private StreamLink openLink() throws IOException {
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        peer = HostDescriptor.adopt(pair[1]);
        StreamLink opened = new StreamLink(HostDescriptor.adopt(pair[0]), LINK_ADDRESS, 1500);
        opened.attach(dispatcher);
        link = opened;
        return opened;
    }

    private HostDescriptor peer() {
        return Objects.requireNonNull(peer);
    }

    private static void sendFrame(HostDescriptor to, int bytes) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(4 + bytes).putInt(bytes).clear();
        assertEquals(4 + bytes, to.write(frame));
    }

    @AfterEach
    void closeAll() throws Exception {
        if (driver != null) {
            driver.close();
        }
        if (link != null) {
            link.close();
        }
        if (peer != null) {
            peer.close();
        }
        closeShared();
    }

    @Test
    void started_runsOnceForWhatWasQueuedBefore() throws Exception {
        start();
        stack.await(() -> stack.runs >= 1, "the first run");
    }

    @Test
    void woken_byAnotherThread_runs() throws Exception {
        StackDriver started = start();
        for (int i = 1; i <= 200; i++) {
            int before;
            synchronized (stack.lock) {
                before = stack.runs;
            }
            started.wake();
            stack.await(() -> stack.runs > before, "a run after wake-up");
        }
    }

    @Test
    void deadline_isKept_andNothingRunsMeanwhile() throws Exception {
        long stepNs = 5_000_000;
        long[] due = {0};
        int[] early = {0};
        stack.deadline = s -> {
            long now = System.nanoTime();
            if (due[0] == 0 || now - due[0] >= 0) {
                due[0] = now + stepNs;
            } else {
                early[0]++;
            }
            return due[0];
        };
        start();
        stack.await(() -> stack.runs >= 40, "40 deadlines");
        assertTrue(early[0] <= 2, early[0] + " runs before their time");
    }

    @Test
    void deadline_alreadyPast_runsAtOnce() throws Exception {
        stack.deadline = s -> s.runs < 1000 ? System.nanoTime() - 1 : TimerQueue.NEVER;
        start();
        stack.await(() -> stack.runs >= 1000, "1000 runs");
    }

    @Test
    void readable_link_isPolledUnderTheStack() throws Exception {
        StreamLink opened = openLink();
        start(opened);
        for (int i = 1; i <= 50; i++) {
            int expected = i;
            sendFrame(peer(), 60);
            stack.await(() -> dispatcher.frames.size() == expected, "frame " + i);
        }
    }

    @Test
    void link_withMoreInside_isPolledAgainWithoutAnEvent() throws Exception {
        StreamLink opened = openLink();
        int count = 5000;
        ByteBuffer frames = ByteBuffer.allocate(count * 18);
        for (int i = 0; i < count; i++) {
            frames.putInt(14).put(new byte[14]);
        }
        assertEquals(frames.capacity(), peer().write(frames.flip()), "all in one go, in one read");
        start(opened);
        stack.await(() -> dispatcher.frames.size() == count, count + " frames");
    }

    @Test
    void refused_link_hearsWhenThereIsRoom() throws Exception {
        StreamLink opened = openLink();
        start(opened);
        stack.await(() -> stack.runs > 0, "the first run");
        PacketBuffer packet = PacketBuffer.copyOf(new byte[1514]);
        long bytes = 0;
        synchronized (stack.lock) {
            while (opened.transmit(packet)) {
                bytes += 4 + 1514;
                opened.flush();
            }
        }
        ByteBuffer sink = ByteBuffer.allocate(64 * 1024);
        long end = System.currentTimeMillis() + LIMIT_MS;
        while (bytes > 0) {
            bytes -= peer().read(sink.clear());
            assertTrue(System.currentTimeMillis() < end, bytes + " bytes did not arrive");
        }
        stack.await(() -> dispatcher.writables == 1, "room announced");
    }

    @Test
    void ended_link_isReportedOnceAndWatchedNoMore() throws Exception {
        StreamLink opened = openLink();
        StackDriver started = start(opened);
        peer().close();
        stack.await(() -> linkFailures.size() == 1, "the link's end");
        int before;
        synchronized (stack.lock) {
            before = stack.runs;
        }
        // An end watched on would be ready for ever: the runs would be many more than the wake-ups.
        for (int i = 0; i < 20; i++) {
            int soFar;
            synchronized (stack.lock) {
                soFar = stack.runs;
            }
            started.wake();
            stack.await(() -> stack.runs > soFar, "a run");
        }
        assertTrue(stack.runs - before <= 45, (stack.runs - before) + " runs for 20 wake-ups");
        assertEquals(1, dispatcher.failures.size());
        assertEquals(List.of("the other end closed the link"), linkFailures);
    }

    @Test
    void error_inProtocolCode_closesTheStackAndIsReportedOnce() throws Exception {
        AssertionError bug = new AssertionError("planted");
        stack.deadline = s -> {
            throw bug;
        };
        StackDriver started = start();
        stack.await(() -> !reports.isEmpty(), "a report");
        assertSame(bug, reports.get(0));
        assertTrue(stack.closed);
        started.wake();
        started.close();
        assertEquals(1, reports.size());
        synchronized (stack.lock) {
            assertTrue(stack.runs <= 3, "one that fails, one that finishes, one for the wake-up: " + stack.runs);
        }
    }

    @Test
    void error_whoseStackCannotEvenClose_stillClosesTheDescriptors() throws Exception {
        PolledLink opened = openLink();
        StackDriver started = newDriver(CLOCK, report);
        driver = started;
        started.start(
                new DrivenStack() {
                    @Override
                    public long run(Runnable work) {
                        throw new AssertionError("planted");
                    }

                    @Override
                    public void close() {
                        throw new IllegalStateException("planted too");
                    }
                },
                List.of(opened));
        stack.await(() -> !reports.isEmpty(), "a report");
        assertEquals("planted too", reports.get(0).getSuppressed()[0].getMessage());
        assertFalse(opened.descriptor().isOpen());
    }

    @Test
    void close_byTheDrivingThreadItself_doesNotWaitForItself() throws Exception {
        StackDriver started = newDriver(CLOCK, reports::add);
        driver = started;
        stack.deadline = s -> {
            started.close();
            return TimerQueue.NEVER;
        };
        started.start(stack, List.of());
        stack.await(() -> stack.runs >= 1, "the run that closes");
        started.close();
        assertEquals(List.of(), reports);
    }

    @Test
    void ended_driver_letsEverybodyHold_andDoesWhatCameTooLate() throws Exception {
        StackDriver started = start();
        stack.await(() -> stack.runs > 0, "the first run");
        started.close();
        int before;
        synchronized (stack.lock) {
            before = stack.runs;
        }
        Thread.currentThread().interrupt();
        assertTrue(started.mayHold(), "nobody else would do the work");
        assertTrue(Thread.interrupted());
        started.wake();
        stack.await(() -> stack.runs > before, "the work of one who looked just before the end");
    }

    @Test
    void interrupted_drivingThread_goesOnWithoutSpinning() throws Exception {
        StackDriver started = start();
        stack.await(() -> stack.runs > 0, "the first run");
        Thread driving = Objects.requireNonNull(stack.runner);
        int before;
        synchronized (stack.lock) {
            before = stack.runs;
        }
        for (int i = 0; i < 20; i++) {
            int soFar;
            synchronized (stack.lock) {
                soFar = stack.runs;
            }
            driving.interrupt();
            started.wake();
            stack.await(() -> stack.runs > soFar, "a run");
        }
        assertTrue(stack.runs - before <= 65, (stack.runs - before) + " runs for 20 interrupts and wake-ups");
    }

    @Test
    void close_beforeStart_andTwice_isFine() throws Exception {
        StackDriver unstarted = newDriver(CLOCK, reports::add);
        unstarted.close();
        unstarted.close();
        assertEquals(List.of(), reports);
    }

    @Test
    void startsAndStops_leaveNoDescriptorAndNoThread() throws Exception {
        cycle(); // classes loaded, what is kept for the process is there
        int before = openDescriptors();
        Thread runner = null;
        for (int i = 0; i < 20; i++) {
            runner = cycle();
        }
        assertEquals(before, openDescriptors());
        assertDriverThreadEnded(runner);
    }

    /** That the thread which ran the stack is gone, where the driver has one of its own. */
    protected void assertDriverThreadEnded(@Nullable Thread runner) {
        assertTrue(runner != null && !runner.isAlive());
    }

    private @Nullable Thread cycle() throws Exception {
        CountingStack own = new CountingStack();
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        StreamLink ownLink = new StreamLink(HostDescriptor.adopt(pair[0]), LINK_ADDRESS, 1500);
        ownLink.attach(new RecordingDispatcher());
        StackDriver cycled = newDriver(CLOCK, reports::add);
        cycled.start(own, List.of(ownLink));
        own.await(() -> own.runs > 0, "the first run");
        synchronized (own.lock) {
            ownLink.close();
        }
        cycled.close();
        HostCalls.closeNumber(pair[1]);
        return own.runner;
    }

    private static int openDescriptors() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path ignored : descriptors) {
                count++;
            }
        }
        return count;
    }
}
