package dev.atoll.stack.contract;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;

/** Bytes the current thread allocated, by reflection: the module under test does not read {@code jdk.management}. */
public final class Allocation {
    private static final MethodHandle ALLOCATED = find();

    private static final int ROUNDS = 20;

    private Allocation() {}

    private static MethodHandle find() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
            Class<?> plain = Class.forName("java.lang.management.ThreadMXBean");
            Class<?> bean = Class.forName("com.sun.management.ThreadMXBean");
            Object threads = lookup.findStatic(factory, "getThreadMXBean", MethodType.methodType(plain))
                    .invoke();
            return lookup.findVirtual(bean, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
                    .bindTo(threads);
        } catch (Throwable e) {
            throw new LinkageError("this JVM does not tell what a thread allocated", e);
        }
    }

    /** The fewest bytes that one of 20 rounds allocated: what the JIT allocates for itself is not in all of them. */
    public static long fewestBytes(Runnable round) {
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long before = allocated();
            round.run();
            fewest = Math.min(fewest, allocated() - before);
        }
        return fewest;
    }

    /** What is measured is between the two, as often as there is something. */
    static final class Measure {
        private long begunAt;
        private long bytes;

        void begin() {
            begunAt = allocated();
        }

        void end() {
            bytes += allocated() - begunAt;
        }
    }

    /** As {@link #fewestBytes} for the parts of a round that it marks. */
    static long fewestBytesOf(Consumer<Measure> round) {
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            Measure measure = new Measure();
            round.accept(measure);
            fewest = Math.min(fewest, measure.bytes);
        }
        return fewest;
    }

    private static long allocated() {
        try {
            return (long) ALLOCATED.invokeExact();
        } catch (Throwable e) {
            throw new LinkageError("getCurrentThreadAllocatedBytes", e);
        }
    }
}
