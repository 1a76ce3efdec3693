package dev.atoll.launcher.netty;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.loop.StackDriver;
import dev.atoll.runtime.loop.StackDriverContractTest;
import dev.atoll.stack.env.Clock;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The driver contract on Netty's epoll loop. */
class NettyStackDriverTest extends StackDriverContractTest {
    private static @Nullable MultiThreadIoEventLoopGroup group;

    @BeforeAll
    static void openLoop() {
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterAll
    static void closeLoop() {
        group().shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static MultiThreadIoEventLoopGroup group() {
        return Objects.requireNonNull(group);
    }

    @Override
    protected StackDriver newDriver(Clock clock, FailureReport report) {
        return new NettyStackDriver(group().next(), clock, report);
    }

    /** The loop is shared: it is the caller's and goes on. */
    @Override
    protected void assertDriverThreadEnded(@Nullable Thread runner) {
        assertTrue(runner != null && runner.isAlive());
        assertFalse(group().isShutdown());
    }

    @Test
    void nativeTransport_isThere() {
        assertTrue(Epoll.isAvailable(), () -> String.valueOf(Epoll.unavailabilityCause()));
    }
}
