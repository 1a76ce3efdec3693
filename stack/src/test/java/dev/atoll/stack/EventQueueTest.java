package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.hold.Hold;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventQueueTest {
    private final Counters counters = new Counters();
    private final Hold hold = new Hold(new Cycle(new ManualClock(), Rng.seeded(1)), Driver.MANUAL, () -> {});
    private final EventQueue queue = new EventQueue(hold, counters);
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    private void happen(Runnable... events) {
        hold.query(() -> {
            for (Runnable event : events) {
                queue.add(event);
            }
            return true;
        });
    }

    private Runnable telling(String what) {
        return () -> told.add(what);
    }

    @Test
    void eventsOfAHold_areToldAfterIt_inOrder() {
        hold.query(() -> {
            queue.add(telling("first"));
            queue.add(telling("second"));
            assertEquals(List.of(), told);
            return true;
        });
        assertEquals(List.of("first", "second"), told);
    }

    /** The stack goes on meanwhile, and nothing overtakes what is being told. */
    @Test
    void listenerThatBlocks_holdsUpNobodyElse_andNothingOvertakesIt() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread teller = new Thread(() -> happen(() -> {
            told.add("first");
            blocked.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            told.add("first is over");
        }));
        teller.start();
        blocked.await();
        happen(telling("second"), telling("third"));
        assertEquals(List.of("first"), List.copyOf(told));
        goOn.countDown();
        teller.join();
        assertEquals(List.of("first", "first is over", "second", "third"), told);
    }

    @Test
    void listenerThatCallsTheStack_isToldOfWhatFollowsAfterwards() {
        happen(
                () -> {
                    told.add("first");
                    happen(telling("third"));
                    told.add("first is over");
                },
                telling("second"));
        assertEquals(List.of("first", "first is over", "second", "third"), told);
    }

    @Test
    void eventsBeyondTheBound_areCounted() {
        hold.query(() -> {
            for (int i = 0; i <= EventQueue.MAX_WAITING; i++) {
                queue.add(telling("one"));
            }
            return true;
        });
        assertEquals(EventQueue.MAX_WAITING, told.size());
        assertTrue(counters.eventsLost > 0);
    }
}
