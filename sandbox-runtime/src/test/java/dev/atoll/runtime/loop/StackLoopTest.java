package dev.atoll.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.TimerQueue;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The driver contract on the plain-Java loop, and its thread. */
class StackLoopTest extends StackDriverContractTest {
    @Override
    protected StackDriver newDriver(Clock clock, FailureReport report) throws IOException {
        return new StackLoop(SelectorProvider.provider(), clock, report);
    }

    @Test
    void thread_isANamedDaemon() throws Exception {
        CompletableFuture<Thread> runner = new CompletableFuture<>();
        try (StackLoop loop = new StackLoop(SelectorProvider.provider(), new SystemClock(), cause -> {})) {
            loop.start(
                    new DrivenStack() {
                        @Override
                        public long run(Runnable work) {
                            runner.complete(Thread.currentThread());
                            return TimerQueue.NEVER;
                        }

                        @Override
                        public void close() {}
                    },
                    List.of());
            Thread thread = runner.get(20, TimeUnit.SECONDS);
            assertEquals("atoll-loop", thread.getName());
            assertTrue(thread.isDaemon());
        }
    }
}
