package dev.atoll.examples.benchmarks;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.flow.FlowLog;
import dev.atoll.launcher.flow.RunIdentity;
import dev.atoll.launcher.policy.learn.FlowLogReader;
import dev.atoll.launcher.policy.learn.Learned;
import dev.atoll.launcher.policy.learn.PolicyWriter;
import dev.atoll.launcher.report.Reports;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code policy learn} takes of time and memory: ten flow logs of many runs each, written as {@code --flow-log} writes them,
 * from which a policy is learned; first from one of them, then from all. The first has every different flow, so that what the
 * others cost is lines alone. {@code LearnCost [LINES [FLOWS [DIRECTORY]]]}: 10,000,000 lines of 20,000 different flows are
 * 6 GB in a directory of their own below that for temporary files, or the one that is named; they are removed at the end.
 */
public final class LearnCost {
    private static final int LOGS = 10;

    /** Less than a flow log lets wait, so that none is lost however slow the disk is. */
    private static final int FLOWS_OF_A_RUN = 50_000;

    private static final long MIB = 1 << 20;

    private LearnCost() {}

    public static void main(String[] args) throws IOException, LaunchException {
        int lines = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
        int different = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
        if (lines / LOGS < different) {
            throw new IllegalArgumentException("the first of " + LOGS + " logs has no room for every flow");
        }
        Path parent = Path.of(args.length > 2 ? args[2] : System.getProperty("java.io.tmpdir"));
        Path directory = Files.createTempDirectory(parent, "atoll-learn-cost");
        List<String> logs = new ArrayList<>();
        try {
            FleetFlows flows = new FleetFlows(different);
            for (int i = 0; i < LOGS; i++) {
                Path log = directory.resolve("flows-" + i + ".jsonl");
                logs.add(log.toString());
                write(log, flows, lines / LOGS);
            }
            learn(logs.subList(0, 1), different);
            learn(logs, different);
        } finally {
            for (String log : logs) {
                Files.deleteIfExists(Path.of(log));
            }
            Files.delete(directory);
        }
    }

    /** A log that run after run has appended to. */
    private static void write(Path file, FleetFlows flows, int lines) throws LaunchException {
        for (int written = 0, run = 0; written < lines; run++) {
            RunIdentity identity = new RunIdentity(String.format(Locale.ROOT, "%016x", run), "build-" + run % 40, null);
            try (FlowLog log = FlowLog.open(file, identity)) {
                int end = Math.min(lines, written + FLOWS_OF_A_RUN);
                while (written < end) {
                    log.flow(flows.next(), Reports.PROGRAM);
                    written++;
                }
            }
        }
    }

    private static void learn(List<String> logs, int different) throws IOException, LaunchException {
        long bytes = 0;
        for (String log : logs) {
            bytes += Files.size(Path.of(log));
        }
        System.gc();
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        heap.forEach(MemoryPoolMXBean::resetPeakUsage);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long beganCpu = threads.getCurrentThreadCpuTime();
        long began = System.nanoTime();
        Learned learned = new FlowLogReader(false, InputStream.nullInputStream()).read(logs);
        String policy = PolicyWriter.write(learned, PolicyWriter.Form.HOCON);
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpuSeconds = (threads.getCurrentThreadCpuTime() - beganCpu) / 1e9;
        // No moment had all of it at once, so this is an upper bound.
        long peak =
                heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        System.out.printf(
                Locale.ROOT,
                "learn: %,d lines (%,d MiB) of %,d different flows in %.1f s (%.1f s of a CPU), %,.0f lines a"
                        + " second, heap at most %d MiB; %d rules in %d lines%n",
                learned.flows(),
                bytes / MIB,
                different,
                seconds,
                cpuSeconds,
                learned.flows() / seconds,
                peak / MIB,
                learned.rules().size(),
                policy.lines().count());
    }
}
