package dev.atoll.inside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxTest {
    private static final long LONG_MS = 30_000;

    private final Mailbox<String> mailbox = new Mailbox<>(2);

    private static void awaitBlocked(Thread thread, Thread.State state) {
        while (thread.getState() != state) {
            Thread.onSpinWait();
        }
    }

    @Test
    void letters_areTakenInOrder() throws Exception {
        assertTrue(mailbox.offer("first"));
        assertTrue(mailbox.offer("second"));
        assertEquals("first", mailbox.take());
        assertEquals("second", mailbox.take());
    }

    @Test
    void full_takesNoMore_untilOneWasTaken() throws Exception {
        assertTrue(mailbox.offer("first") && mailbox.offer("second"));
        assertFalse(mailbox.offer("third"));
        assertFalse(mailbox.offer("third", 1));
        assertEquals("first", mailbox.take());
        assertTrue(mailbox.offer("fourth"));
    }

    @Test
    void take_waitsForALetter() throws Exception {
        FutureTask<String> taken = new FutureTask<>(mailbox::take);
        Thread taker = new Thread(taken);
        taker.start();
        awaitBlocked(taker, Thread.State.WAITING);
        assertTrue(mailbox.offer("late"));
        assertEquals("late", taken.get());
    }

    @Test
    void offerWithALimit_waitsForRoom() throws Exception {
        assertTrue(mailbox.offer("first") && mailbox.offer("second"));
        FutureTask<Boolean> offered = new FutureTask<>(() -> mailbox.offer("third", LONG_MS));
        Thread offering = new Thread(offered);
        offering.start();
        awaitBlocked(offering, Thread.State.TIMED_WAITING);
        assertEquals("first", mailbox.take());
        assertTrue(offered.get());
        assertEquals("second", mailbox.take());
        assertEquals("third", mailbox.take());
    }
}
