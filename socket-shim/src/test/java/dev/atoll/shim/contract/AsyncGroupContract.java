package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.IllegalChannelGroupException;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code AsynchronousChannelGroup}: which thread runs what, and how it ends. */
@Timeout(60)
abstract class AsyncGroupContract {
    private final Supplier<Net> nets;
    private Net net;
    private final Threads threads = new Threads();
    private final List<AsynchronousChannelGroup> groups = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // made before each test
    AsyncGroupContract(Supplier<Net> nets) {
        this.nets = nets;
    }

    @BeforeEach
    void open() {
        net = nets.get();
    }

    @AfterEach
    void close() throws Exception {
        for (AsynchronousChannelGroup each : groups) {
            each.shutdownNow();
            assertTrue(each.awaitTermination(20, TimeUnit.SECONDS), "a group does not end");
        }
        net.close();
    }

    /** Makes threads and knows them again. */
    private static final class Threads implements ThreadFactory {
        final ConcurrentLinkedQueue<Thread> made = new ConcurrentLinkedQueue<>();
        final AtomicInteger died = new AtomicInteger();

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(work, "group");
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((dead, cause) -> died.incrementAndGet());
            made.add(thread);
            return thread;
        }
    }

    private AsynchronousChannelGroup fixed(int count) throws IOException {
        AsynchronousChannelGroup group = net.asyncChannels().openAsynchronousChannelGroup(count, threads);
        groups.add(group);
        return group;
    }

    private AsynchronousChannelGroup over(ExecutorService executor, int initialSize) throws IOException {
        AsynchronousChannelGroup group = net.asyncChannels().openAsynchronousChannelGroup(executor, initialSize);
        groups.add(group);
        return group;
    }

    private List<AsynchronousChannelGroup> oneOfEachKind() throws IOException {
        return List.of(
                fixed(1),
                fixed(3),
                over(Executors.newCachedThreadPool(threads), 0),
                over(Executors.newCachedThreadPool(threads), -1),
                over(Executors.newFixedThreadPool(3, threads), 0),
                over(Executors.newFixedThreadPool(3, threads), 1));
    }

    private static ByteBuffer one() {
        return ByteBuffer.allocate(1);
    }

    /** Two channels that are connected, the first in the group. */
    private final class Pair implements AutoCloseable {
        final AsynchronousSocketChannel inside;
        final AsynchronousSocketChannel outside;

        Pair(AsynchronousChannelGroup group) throws Exception {
            try (AsynchronousServerSocketChannel server =
                    net.asyncChannels().openAsynchronousServerSocketChannel(null)) {
                server.bind(Net.loopback(0));
                inside = net.asyncChannels().openAsynchronousSocketChannel(group);
                Future<AsynchronousSocketChannel> accept = server.accept();
                inside.connect(server.getLocalAddress()).get();
                outside = accept.get();
            }
        }

        @Override
        public void close() throws IOException {
            inside.close();
            outside.close();
        }
    }

    @Test
    void handlers_ofEachKindOfGroup_runInItsThreads() throws Exception {
        for (AsynchronousChannelGroup group : oneOfEachKind()) {
            try (Pair pair = new Pair(group)) {
                Outcome<Integer> written = new Outcome<>();
                pair.inside.write(one(), "", written);
                assertEquals(1, written.result());
                Outcome<Integer> read = new Outcome<>();
                pair.inside.read(one(), "", read);
                pair.outside.write(one()).get();
                assertEquals(1, read.result());
                Outcome<Integer> timedOut = new Outcome<>();
                pair.inside.read(one(), 10, TimeUnit.MILLISECONDS, "", timedOut);
                timedOut.failure();
                Outcome<AsynchronousSocketChannel> accept = new Outcome<>();
                try (AsynchronousServerSocketChannel server =
                        net.asyncChannels().openAsynchronousServerSocketChannel(group)) {
                    server.bind(Net.loopback(0)).accept("", accept);
                }
                assertEquals(AsynchronousCloseException.class, accept.failure().getClass());
                Outcome<Integer> closed = new Outcome<>();
                pair.inside.close();
                pair.inside.read(one(), "", closed);
                closed.failure();
                for (Outcome<?> each : List.of(written, read, timedOut, accept, closed)) {
                    assertOwn(each);
                }
            }
        }
    }

    private void assertOwn(Outcome<?> outcome) throws InterruptedException {
        assertTrue(threads.made.contains(outcome.thread()), () -> "not the group's");
    }

    @Test
    void handler_ofWhatCompletesAtOnce_runsInTheCallOfAGroupsThreadOnly() throws Exception {
        try (Pair pair = new Pair(fixed(2))) {
            Outcome<Integer> outside = new Outcome<>();
            pair.inside.write(one(), "", outside);
            assertFalse(outside.thread() == Thread.currentThread());
            CountDownLatch done = new CountDownLatch(1);
            AtomicInteger within = new AtomicInteger();
            pair.inside.write(one(), "", new Completed<Integer>() {
                @Override
                public void completed(Integer result, Object attachment) {
                    Outcome<Integer> nested = new Outcome<>();
                    pair.inside.write(one(), "", nested);
                    within.set(nested.isTold() ? 1 : 2);
                    done.countDown();
                }
            });
            assertTrue(done.await(20, TimeUnit.SECONDS));
            assertEquals(1, within.get());
        }
    }

    @Test
    void handlers_withinEachOther_areNotStackedDeep() throws Exception {
        for (AsynchronousChannelGroup group : oneOfEachKind()) {
            try (Pair pair = new Pair(group)) {
                CountDownLatch done = new CountDownLatch(1);
                ThreadLocal<AtomicInteger> depth = ThreadLocal.withInitial(AtomicInteger::new);
                AtomicInteger deepest = new AtomicInteger();
                AtomicInteger count = new AtomicInteger();
                pair.inside.read(ByteBuffer.allocate(0), "", new Completed<Integer>() {
                    @Override
                    public void completed(Integer result, Object attachment) {
                        deepest.accumulateAndGet(depth.get().incrementAndGet(), Math::max);
                        if (count.incrementAndGet() == 10_000) {
                            done.countDown();
                        } else {
                            pair.inside.read(ByteBuffer.allocate(0), "", this);
                        }
                        depth.get().decrementAndGet();
                    }
                });
                assertTrue(done.await(20, TimeUnit.SECONDS));
                assertTrue(deepest.get() > 1 && deepest.get() <= 17, () -> "depth " + deepest);
            }
        }
    }

    @Test
    void cachedGroup_withHandlersThatBlock_hasAThreadForEach() throws Exception {
        int count = 20;
        AsynchronousChannelGroup group = over(Executors.newCachedThreadPool(threads), 2);
        CyclicBarrier all = new CyclicBarrier(count + 1);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Pair pair = new Pair(group);
            pairs.add(pair);
            pair.inside.read(one(), "", new Completed<Integer>() {
                @Override
                public void completed(Integer result, Object attachment) {
                    try {
                        all.await();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
            });
            pair.outside.write(one()).get();
        }
        all.await(20, TimeUnit.SECONDS);
        for (Pair each : pairs) {
            each.close();
        }
    }

    @Test
    void fixedGroup_ofOne_completesFuturesWhileItsHandlerWaits() throws Exception {
        try (Pair pair = new Pair(fixed(1))) {
            CountDownLatch done = new CountDownLatch(1);
            pair.inside.write(one(), "", new Completed<Integer>() {
                @Override
                public void completed(Integer result, Object attachment) {
                    try {
                        pair.outside.write(one()).get();
                        pair.inside.read(one()).get();
                        pair.inside.close();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    done.countDown();
                }
            });
            assertTrue(done.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void handlers_thatThrow_costAThreadAndNothingElse() throws Exception {
        int before = 0;
        for (AsynchronousChannelGroup group : oneOfEachKind()) {
            try (Pair pair = new Pair(group)) {
                for (int i = 0; i < 10; i++) {
                    CountDownLatch told = new CountDownLatch(1);
                    pair.inside.read(one(), "", new Completed<Integer>() {
                        @Override
                        public void completed(Integer result, Object attachment) {
                            told.countDown();
                            throw new IllegalStateException("of the test");
                        }
                    });
                    pair.outside.write(one()).get();
                    assertTrue(told.await(20, TimeUnit.SECONDS));
                }
            }
            before += 10;
            int expected = before;
            Background.call(() -> {
                        while (threads.died.get() < expected) {
                            Thread.onSpinWait();
                        }
                        return true;
                    })
                    .result();
            assertEquals(expected, threads.died.get());
        }
    }

    @Test
    void interruptsLeftBehind_disturbNobody() throws Exception {
        try (Pair pair = new Pair(fixed(1))) {
            for (int i = 0; i < 3; i++) {
                CountDownLatch told = new CountDownLatch(1);
                Set<Boolean> seen = new HashSet<>();
                pair.inside.write(one(), "", new Completed<Integer>() {
                    @Override
                    public void completed(Integer result, Object attachment) {
                        seen.add(Thread.currentThread().isInterrupted());
                        Thread.currentThread().interrupt();
                        told.countDown();
                    }
                });
                assertTrue(told.await(20, TimeUnit.SECONDS));
                assertEquals(Set.of(false), seen);
            }
        }
    }

    @Test
    void group_asExecutor_runsTasksInItsThreads() throws Exception {
        for (AsynchronousChannelGroup group : oneOfEachKind()) {
            CountDownLatch ran = new CountDownLatch(1);
            ConcurrentLinkedQueue<Thread> by = new ConcurrentLinkedQueue<>();
            ((Executor) group).execute(() -> {
                by.add(Thread.currentThread());
                ran.countDown();
            });
            assertTrue(ran.await(20, TimeUnit.SECONDS));
            assertTrue(threads.made.containsAll(by));
        }
    }

    // ---- the end

    @Test
    void shutdown_withoutChannels_ends() throws Exception {
        for (AsynchronousChannelGroup group : oneOfEachKind()) {
            assertFalse(group.isShutdown() || group.isTerminated());
            group.shutdown();
            assertTrue(group.isShutdown());
            assertTrue(group.awaitTermination(20, TimeUnit.SECONDS));
            assertTrue(group.isTerminated());
        }
    }

    @Test
    void shutdown_withChannels_endsWithTheLast() throws Exception {
        for (AsynchronousChannelGroup group : oneOfEachKind()) {
            try (Pair pair = new Pair(group)) {
                group.shutdown();
                assertThrows(ShutdownChannelGroupException.class, () -> net.asyncChannels()
                        .openAsynchronousSocketChannel(group));
                assertThrows(ShutdownChannelGroupException.class, () -> net.asyncChannels()
                        .openAsynchronousServerSocketChannel(group));
                Outcome<Integer> read = new Outcome<>();
                pair.inside.read(one(), "", read);
                pair.outside.write(one()).get();
                assertEquals(1, read.result());
                assertFalse(group.isTerminated());
                pair.inside.close();
                assertTrue(group.awaitTermination(20, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void accept_intoAGroupShutDown_fails() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        try (AsynchronousServerSocketChannel server = net.asyncChannels().openAsynchronousServerSocketChannel(group);
                AsynchronousSocketChannel client = net.asyncChannels().openAsynchronousSocketChannel(null)) {
            server.bind(Net.loopback(0));
            Future<AsynchronousSocketChannel> accept = server.accept();
            group.shutdown();
            client.connect(server.getLocalAddress()).get();
            Throwable failure = Outcome.failureOf(accept);
            assertEquals(IOException.class, failure.getClass());
            assertInstanceOf(ShutdownChannelGroupException.class, failure.getCause());
            assertEquals(-1, client.read(one()).get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void shutdownNow_closesTheChannelsAndTellsWhoWaits() throws Exception {
        for (AsynchronousChannelGroup group : oneOfEachKind()) {
            try (Pair pair = new Pair(group)) {
                Outcome<Integer> read = new Outcome<>();
                pair.inside.read(one(), "", read);
                group.shutdownNow();
                assertFalse(pair.inside.isOpen());
                assertEquals(AsynchronousCloseException.class, read.failure().getClass());
                assertOwn(read);
                assertTrue(group.awaitTermination(20, TimeUnit.SECONDS));
                group.shutdownNow();
                group.shutdown();
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a program may pass null by mistake
    void groups_thatAreForeignOrWrong_areRefused() throws IOException {
        AsynchronousChannelProvider other = new AsynchronousChannelProvider() {
            @Override
            public AsynchronousChannelGroup openAsynchronousChannelGroup(int count, ThreadFactory factory) {
                return new ForeignGroup(this);
            }

            @Override
            public AsynchronousChannelGroup openAsynchronousChannelGroup(ExecutorService executor, int size) {
                return new ForeignGroup(this);
            }

            @Override
            public AsynchronousServerSocketChannel openAsynchronousServerSocketChannel(AsynchronousChannelGroup group) {
                throw new UnsupportedOperationException();
            }

            @Override
            public AsynchronousSocketChannel openAsynchronousSocketChannel(AsynchronousChannelGroup group) {
                throw new UnsupportedOperationException();
            }
        };
        AsynchronousChannelGroup foreign = other.openAsynchronousChannelGroup(1, threads);
        assertThrows(
                IllegalChannelGroupException.class, () -> net.asyncChannels().openAsynchronousSocketChannel(foreign));
        assertThrows(IllegalChannelGroupException.class, () -> net.asyncChannels()
                .openAsynchronousServerSocketChannel(foreign));
        assertThrows(IllegalArgumentException.class, () -> fixed(0));
        assertThrows(NullPointerException.class, () -> over(null, 0));
        assertSame(net.asyncChannels(), fixed(1).provider());
    }

    private static final class ForeignGroup extends AsynchronousChannelGroup {
        ForeignGroup(AsynchronousChannelProvider provider) {
            super(provider);
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public void shutdown() {}

        @Override
        public void shutdownNow() {}

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
