package dev.atoll.shim.contract;

import dev.atoll.shim.Shim;
import dev.atoll.shim.StackSockets;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.shim.fake.FakeStack;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Rng;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Ours, embedded: over a stack's loopback, or over the stack in memory. */
final class ShimNet implements Net {
    private final Shim shim;
    private final Runnable end;

    private ShimNet(StackSockets sockets, Runnable end) {
        this.shim = Shim.of(sockets, new FakeNames());
        this.end = end;
    }

    static Net inMemory() {
        return new ShimNet(new FakeStack(), () -> {});
    }

    static Net overStack() {
        DriverThread driver = new DriverThread();
        Stack stack = Stack.builder()
                .clock(new SystemTime())
                .rng(Rng.seeded(7))
                .driver(driver)
                .build();
        driver.start(stack);
        return new ShimNet(StackSockets.of(stack, false), driver::end);
    }

    @Override
    public Socket newSocket() throws IOException {
        return shim.newSocket();
    }

    @Override
    public ServerSocket newServerSocket() {
        return shim.newServerSocket();
    }

    @Override
    public DatagramSocket newDatagramSocket(@Nullable InetSocketAddress local) throws IOException {
        return shim.newDatagramSocket(local);
    }

    @Override
    public SelectorProvider channels() {
        return shim.selectorProvider();
    }

    @Override
    public void close() {
        end.run();
    }

    private static final class SystemTime implements Clock {
        @Override
        public long nowNs() {
            return System.nanoTime();
        }

        @Override
        public long epochNs() {
            return System.currentTimeMillis() * 1_000_000L;
        }
    }

    /** Runs the stack's timers. */
    private static final class DriverThread implements Driver, Runnable {
        private final Thread thread = new Thread(this, "stack-driver");
        private volatile @Nullable Stack stack;
        private volatile boolean ended;

        void start(Stack driven) {
            stack = driven;
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public boolean mayHold() {
            return true;
        }

        @Override
        public void wake() {
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            Stack driven = stack;
            while (!ended && driven != null) {
                long deadlineNs = driven.run(() -> {});
                if (deadlineNs == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, Math.max(deadlineNs - System.nanoTime(), 1));
                }
            }
        }

        void end() {
            ended = true;
            wake();
            Stack driven = stack;
            if (driven != null) {
                driven.close();
            }
        }
    }
}
