package dev.atoll.inside;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Where threads that hold the stack leave what a thread of Atoll's says later. With a monitor, as a thread of the program's that
 * waits for one does not hear interrupts: the queues of {@code java.util.concurrent} may call {@link Thread#interrupt}, and a
 * program that has overridden it would run within the hold (decision 0167).
 */
final class Mailbox<T> {
    private final int capacity;
    private final Queue<T> letters = new ArrayDeque<>();

    Mailbox(int capacity) {
        this.capacity = capacity;
    }

    /** False if there is no room; waits for nothing. */
    synchronized boolean offer(T letter) {
        if (letters.size() == capacity) {
            return false;
        }
        letters.add(letter);
        notifyAll();
        return true;
    }

    /** Waits for room; false if there is none within that time. */
    synchronized boolean offer(T letter, long limitMs) throws InterruptedException {
        long deadlineMs = System.nanoTime() / 1_000_000 + limitMs;
        boolean taken = offer(letter);
        long leftMs = limitMs;
        while (!taken && leftMs > 0) {
            wait(leftMs);
            taken = offer(letter);
            leftMs = deadlineMs - System.nanoTime() / 1_000_000;
        }
        return taken;
    }

    /** Waits for the first letter. */
    synchronized T take() throws InterruptedException {
        while (letters.isEmpty()) {
            wait();
        }
        notifyAll();
        return letters.remove();
    }
}
