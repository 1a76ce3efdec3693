package dev.atoll.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Reads, writes, timeouts, cancellations, shutting, closing and the group's end at once: every operation ends, and its handler
 * is told exactly once. How long is set by {@code -Datoll.race.seconds}.
 */
@Timeout(7200)
class AsyncRaceTest {
    private static final int PAIRS = 4;

    /** Operations of one round, and how many of them have ended. */
    private static final class Ledger implements CompletionHandler<Integer, AtomicInteger> {
        final List<AtomicInteger> handled = new ArrayList<>();
        final List<Future<?>> futures = new ArrayList<>();
        final CountDownLatch ended;

        Ledger(int handlers) {
            this.ended = new CountDownLatch(handlers);
        }

        AtomicInteger entry() {
            AtomicInteger entry = new AtomicInteger();
            handled.add(entry);
            return entry;
        }

        @Override
        public void completed(Integer result, AtomicInteger entry) {
            entry.incrementAndGet();
            ended.countDown();
        }

        @Override
        public void failed(Throwable cause, AtomicInteger entry) {
            entry.incrementAndGet();
            ended.countDown();
        }
    }

    @Test
    void everythingAtOnce_everyOperationEndsOnce() throws Exception {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("atoll.race.seconds", 2));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (DrivenStack driven = DrivenStack.start()) {
            AsynchronousChannelProvider provider = Shim.of(StackSockets.of(driven.stack(), false), new FakeNames())
                    .asynchronousChannelProvider();
            do {
                round(provider, random, "seed " + seed);
            } while (System.nanoTime() - deadlineNs < 0);
        }
    }

    private static AsynchronousChannelGroup group(AsynchronousChannelProvider provider, Random random)
            throws IOException {
        return switch (random.nextInt(3)) {
            case 0 -> provider.openAsynchronousChannelGroup(1 + random.nextInt(2), Thread::new);
            case 1 -> provider.openAsynchronousChannelGroup(Executors.newCachedThreadPool(), random.nextInt(3) - 1);
            default -> provider.openAsynchronousChannelGroup(Executors.newFixedThreadPool(2), random.nextInt(2));
        };
    }

    private static void round(AsynchronousChannelProvider provider, Random random, String seed) throws Exception {
        AsynchronousChannelGroup group = group(provider, random);
        List<AsynchronousSocketChannel> inside = new ArrayList<>();
        List<AsynchronousSocketChannel> outside = new ArrayList<>();
        try (AsynchronousServerSocketChannel server = provider.openAsynchronousServerSocketChannel(group)) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int i = 0; i < PAIRS; i++) {
                AsynchronousSocketChannel client = provider.openAsynchronousSocketChannel(null);
                client.connect(server.getLocalAddress()).get();
                outside.add(client);
                inside.add(server.accept().get());
            }
        }
        Ledger ledger = new Ledger(2 * PAIRS);
        for (AsynchronousSocketChannel each : inside) {
            long timeoutMicros = random.nextInt(3) * 100L;
            each.read(ByteBuffer.allocate(10), timeoutMicros, TimeUnit.MICROSECONDS, ledger.entry(), ledger);
            each.write(ByteBuffer.allocate(1 << 20), timeoutMicros, TimeUnit.MICROSECONDS, ledger.entry(), ledger);
        }
        for (AsynchronousSocketChannel each : outside) {
            ledger.futures.add(each.read(ByteBuffer.allocate(random.nextInt(2000) + 1)));
            ledger.futures.add(each.write(ByteBuffer.allocate(random.nextInt(2000) + 1)));
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            AsynchronousSocketChannel here = inside.get(i);
            AsynchronousSocketChannel there = outside.get(i);
            Future<?> read = ledger.futures.get(2 * i);
            boolean forced = random.nextBoolean();
            threads.add(start(random.nextBoolean() ? here::close : there::close));
            threads.add(start(random.nextBoolean() ? here::shutdownInput : there::shutdownOutput));
            threads.add(start(() -> read.cancel(forced)));
        }
        threads.add(start(random.nextBoolean() ? group::shutdownNow : group::shutdown));
        for (Thread each : threads) {
            each.join(20_000);
            assertTrue(!each.isAlive(), seed);
        }
        for (int i = 0; i < PAIRS; i++) {
            inside.get(i).close();
            outside.get(i).close();
        }
        assertTrue(group.awaitTermination(20, TimeUnit.SECONDS), "the group does not end, " + seed);
        assertTrue(ledger.ended.await(20, TimeUnit.SECONDS), "a handler is not told, " + seed);
        for (AtomicInteger each : ledger.handled) {
            assertEquals(1, each.get(), seed);
        }
        for (Future<?> each : ledger.futures) {
            assertEnds(each, seed);
        }
    }

    private static void assertEnds(Future<?> future, String seed) throws Exception {
        try {
            future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertTrue(e.getCause() instanceof IOException, () -> seed + ": " + e);
        } catch (CancellationException e) {
            assertTrue(future.isCancelled(), seed);
        }
    }

    /** A call that fails, as the JDK's do, if another thread of the race was first to close the channel. */
    private interface Action {
        void run() throws IOException;
    }

    private static Thread start(Action action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (IOException e) {
                // closed by another thread of the race
                return;
            }
        });
        thread.start();
        return thread;
    }
}
