package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.hold.Notification;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that a thread leaves to the holder, and who waits for the hold. */
@Timeout(60)
class HoldTest {
    private final CountDownLatch woken = new CountDownLatch(1);
    private final Hold hold = new Hold(
            new Cycle(new ManualClock(), Rng.seeded(1)),
            new Driver() {
                @Override
                public boolean mayHold() {
                    return false;
                }

                @Override
                public void wake() {
                    woken.countDown();
                }
            },
            () -> {});

    private <T> FutureTask<T> submitted(Hold.Work<T> work) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(() -> hold.call(work));
        new Thread(task, "submitter").start();
        assertEquals(true, woken.await(10, TimeUnit.SECONDS), "the driver is woken for queued work");
        hold.enterAsDriver();
        hold.exitAsDriver();
        return task;
    }

    @Test
    void submit_threadMayNotHold_driverDoesTheWork() throws Exception {
        assertEquals(42, submitted(() -> 42).get(10, TimeUnit.SECONDS));
    }

    @Test
    void submit_workThrowsError_waiterIsTold() throws Exception {
        FutureTask<Integer> task = submitted(() -> {
            throw new StackOverflowError("planted");
        });
        Exception failure = assertThrows(Exception.class, () -> task.get(10, TimeUnit.SECONDS));
        assertInstanceOf(IllegalStateException.class, failure.getCause());
    }

    @Test
    void submit_workFails_waiterGetsTheStacksError() throws Exception {
        FutureTask<Integer> task = submitted(() -> {
            throw new StackException(StackError.REFUSED);
        });
        Exception failure = assertThrows(Exception.class, () -> task.get(10, TimeUnit.SECONDS));
        assertInstanceOf(StackException.class, failure.getCause());
    }

    @Test
    void exit_deliveryEntersAgain_eachNotificationIsDeliveredOnce() {
        List<String> delivered = new ArrayList<>();
        Notification inner = noted(() -> delivered.add("inner"));
        Notification outer = noted(() -> {
            delivered.add("outer");
            hold.enterAsDriver();
            hold.notifyLater(inner);
            hold.exitAsDriver();
        });
        Notification last = noted(() -> delivered.add("last"));
        for (int i = 0; i < 2; i++) {
            hold.enterAsDriver();
            hold.notifyLater(outer);
            hold.notifyLater(last);
            hold.exitAsDriver();
        }
        assertEquals(List.of("outer", "inner", "last", "outer", "inner", "last"), delivered);
    }

    /** What a program has made of {@code Thread.interrupt} must not run within the hold, where it may wait for who waits for the hold. */
    @Test
    void enter_interruptedMeanwhile_callsNoInterruptOfTheThreads() throws Exception {
        AtomicInteger interrupts = new AtomicInteger();
        AtomicBoolean flag = new AtomicBoolean();
        Thread waiting =
                new Thread(() -> {
                    hold.enterAsDriver();
                    hold.exitAsDriver();
                    flag.set(Thread.interrupted());
                }) {
                    @Override
                    public void interrupt() {
                        interrupts.incrementAndGet();
                        super.interrupt();
                    }
                };
        hold.enterAsDriver();
        waiting.start();
        while (waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        waiting.interrupt();
        hold.exitAsDriver();
        waiting.join();
        assertEquals(1, interrupts.get());
        assertEquals(true, flag.get());
    }

    private static Notification noted(Runnable onDelivery) {
        return new Notification() {
            @Override
            protected void prepare() {}

            @Override
            protected void deliver() {
                onDelivery.run();
            }
        };
    }
}
