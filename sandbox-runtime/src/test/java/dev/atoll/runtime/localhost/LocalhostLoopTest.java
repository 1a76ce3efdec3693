package dev.atoll.runtime.localhost;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.atoll.runtime.loop.FailureReport;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LocalhostLoopTest {
    private static final int THREADS = 3;
    private static final int EACH = 20_000;

    /** Here nothing but a waking ends a wait of the loop: one that is lost is a thread that waits for ever. */
    @Test
    void letGo_byManyThreads_isNeverForgotten() throws Exception {
        FailureReport report = new FailureReport() {
            @Override
            public void stackFailed(Throwable cause) {
                throw new AssertionError(cause);
            }

            @Override
            public void linkFailed(String reason) {
                throw new AssertionError(reason);
            }
        };
        LocalhostLoop loop = new LocalhostLoop(Selector.open(), report, () -> {}, TimeUnit.DAYS.toMillis(1));
        loop.start();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                for (int j = 0; j < EACH; j++) {
                    loop.letGo();
                    loop.execute(() -> {});
                }
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        for (Thread each : threads) {
            each.join(TimeUnit.SECONDS.toMillis(60));
            assertFalse(each.isAlive(), "waits for the loop still");
        }
        loop.close();
    }
}
