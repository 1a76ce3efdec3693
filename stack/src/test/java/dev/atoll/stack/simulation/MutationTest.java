package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The simulation notices bugs: one of each class is planted, and the seeds of an ordinary build find it. */
class MutationTest {
    private static final long SEEDS = 100;

    private static final List<Mutation> BUGS = List.of(
            new Mutation(
                    "lost FIN: one that is lost is not sent again",
                    "tcp/Sender.java",
                    "boolean fin = finSent && SeqNum.greaterThan(end, queue.dataEnd());",
                    "boolean fin = finSent && SeqNum.greaterThan(end, queue.dataEnd()); if (fin) { return; }"),
            new Mutation(
                    "wrong sequence compare: as if numbers did not wrap",
                    "tcp/SeqNum.java",
                    "return a - b < 0;",
                    "return a < b;"),
            new Mutation(
                    "wrong sequence maximum: as if numbers did not wrap",
                    "tcp/SeqNum.java",
                    "return a - b >= 0 ? a : b;",
                    "return Math.max(a, b);"),
            new Mutation(
                    "skipped retransmit: a timeout backs off and sends nothing",
                    "tcp/Retransmitter.java",
                    "resend(board.slotAt(0));",
                    "connection.countTimeout();"),
            new Mutation(
                    "silence: a host that was restarted leaves its old peers in the dark",
                    "tcp/TcpLayer.java",
                    "counters.drop(DropReason.TCP_NO_ENDPOINT);\n        refuse(segment);",
                    "counters.drop(DropReason.TCP_NO_ENDPOINT);"),
            new Mutation(
                    "impatience: a short silence ends a connection",
                    "tcp/Retransmitter.java",
                    "return timeouts > 1 && sender.now() - firstTimeoutNs >= doublingsNs(TcpSettings.DATA_RETRIES);",
                    "return timeouts > 3;"),
            new Mutation(
                    "black hole: a router does not say what its next link carries",
                    "ip/Forwarding.java",
                    "network.tooBig(packet, mtu);",
                    ""),
            new Mutation(
                    "kept packets: fragments whose others never came",
                    "ip/Reassembly.java",
                    "discard(oldest);",
                    "datagrams.remove(oldest.key);"),
            new Mutation(
                    "miscount: a NIC that is off does not count what comes in",
                    "nic/Device.java",
                    "deviceCounters.received(frame.length());",
                    "if (enabled) { deviceCounters.received(frame.length()); }"));

    @TestFactory
    Stream<DynamicTest> simulation_plantedBug_isNoticed(@TempDir Path folder) {
        return BUGS.stream()
                .map(bug -> DynamicTest.dynamicTest(bug.name(), () -> {
                    Path classes = Files.createTempDirectory(folder, "bug");
                    bug.plant(classes);
                    Mutation.Exit exit = Mutation.simulate(classes, 1, SEEDS);
                    assertEquals(1, exit.status(), exit::output);
                    assertTrue(exit.output().contains("FAIL seed "), exit::output);
                }));
    }

    /** The same way of running without a bug: what fails above fails because of the bug. */
    @Test
    void simulation_nothingPlanted_passes(@TempDir Path folder) throws IOException, InterruptedException {
        Mutation.Exit exit = Mutation.simulate(folder, 1, 10);
        assertEquals(0, exit.status(), exit::output);
    }
}
