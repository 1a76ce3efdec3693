package dev.atoll.stack.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs {@link BulkTransfer}, every fourth time over IPv6, and {@link FaultyNetwork} for the seeds FROM to TO, on as many
 * threads as there are processors: a line for each failure and a closing line with the counts of seeds. With {@code first}
 * as third argument the first failure ends it; so the mutation test runs it in a JVM of its own, against a stack with a
 * bug planted.
 */
public final class SimulationMain {
    private static final int IPV6_SHARE = 4;

    private final AtomicLong next;
    private final long to;
    private final boolean stopAtFirst;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private SimulationMain(long from, long to, boolean stopAtFirst) {
        next = new AtomicLong(from);
        this.to = to;
        this.stopAtFirst = stopAtFirst;
    }

    // The output of a command-line tool goes to stdout.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        boolean stopAtFirst = arguments.length > 2 && arguments[2].equals("first");
        SimulationMain run =
                new SimulationMain(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]), stopAtFirst);
        run.runOnAllProcessors();
        System.out.println(run.passed + " passed, " + run.failed + " failed, 0 skipped");
        System.exit(run.failed.get() == 0 ? 0 : 1);
    }

    private void runOnAllProcessors() throws ExecutionException, InterruptedException {
        int processors = Runtime.getRuntime().availableProcessors();
        ExecutorService threads = Executors.newFixedThreadPool(processors);
        List<Callable<Boolean>> workers = new ArrayList<>();
        for (int i = 0; i < processors; i++) {
            workers.add(this::runSeeds);
        }
        for (Future<Boolean> worker : threads.invokeAll(workers)) {
            // What no scenario expects ends the tool.
            worker.get();
        }
        threads.shutdown();
    }

    @SuppressWarnings("SystemOut")
    private boolean runSeeds() {
        while (!stopAtFirst || failed.get() == 0) {
            long seed = next.getAndIncrement();
            if (seed > to) {
                return true;
            }
            try {
                BulkTransfer.run(seed, seed % IPV6_SHARE == 0);
                FaultyNetwork.run(seed);
                passed.incrementAndGet();
            } catch (AssertionError e) {
                failed.incrementAndGet();
                System.out.println("FAIL " + e.getMessage());
            }
        }
        return false;
    }
}
