package dev.atoll.shim.fake;

import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.Rng;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A real stack with loopback only, and a thread that runs its timers and the work of virtual threads. */
public final class DrivenStack implements AutoCloseable {
    private static final @Nullable Method IS_VIRTUAL = findIsVirtual();

    private final Thread thread = new Thread(this::drive, "stack-driver");
    private final Stack stack;
    private volatile boolean ended;

    private DrivenStack(@Nullable Ipv6Settings ipv6) {
        StackBuilder builder =
                Stack.builder().clock(new SystemTime()).rng(Rng.seeded(7)).driver(new ThreadDriver());
        if (ipv6 != null) {
            builder.ipv6(ipv6);
        }
        stack = builder.build();
    }

    /** One of IPv4 alone. */
    public static DrivenStack start() {
        return start(null);
    }

    /** One of both families. */
    public static DrivenStack startWithIpv6() {
        return start(Ipv6Settings.DEFAULT);
    }

    private static DrivenStack start(@Nullable Ipv6Settings ipv6) {
        DrivenStack made = new DrivenStack(ipv6);
        made.thread.setDaemon(true);
        made.thread.start();
        return made;
    }

    public Stack stack() {
        return stack;
    }

    private void drive() {
        while (!ended) {
            long deadlineNs = stack.run(() -> {});
            if (deadlineNs == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, Math.max(deadlineNs - System.nanoTime(), 1));
            }
        }
    }

    @Override
    public void close() {
        stack.close();
        ended = true;
        LockSupport.unpark(thread);
    }

    private static @Nullable Method findIsVirtual() {
        try {
            return Thread.class.getMethod("isVirtual");
        } catch (NoSuchMethodException e) {
            return null; // JDK 17
        }
    }

    private final class ThreadDriver implements Driver {
        @Override
        public boolean mayHold() {
            try {
                return IS_VIRTUAL == null || !(boolean) IS_VIRTUAL.invoke(Thread.currentThread());
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new LinkageError("Thread.isVirtual", e);
            }
        }

        @Override
        public void wake() {
            LockSupport.unpark(thread);
        }
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
}
