package dev.atoll.launcher.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.policy.learn.FlowLogReader;
import dev.atoll.launcher.policy.learn.PolicyWriter;
import dev.atoll.launcher.report.Reports;
import dev.atoll.runtime.control.ControlRecord.Caller;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.FlowVerdict;
import dev.atoll.runtime.control.ControlRecord.Traffic;
import dev.atoll.stack.filter.FlowDirection;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowLogTest {
    private static final RunIdentity RUN = new RunIdentity("0123456789abcdef", "build-7", null);

    @TempDir
    private Path directory;

    private static Flow flow(FlowVerdict verdict, String name) {
        return new Flow(
                1_777_888_801_123L,
                210,
                verdict,
                new Origin("egress.conf", 8, "pages: allow \"x\"\n"),
                FlowDirection.OUT,
                6,
                new FullAddress(IpAddress.parse("10.66.0.2"), 49152),
                new FullAddress(IpAddress.parse("192.0.2.7"), 443),
                name,
                new Traffic(6, 900, 5, 52000),
                new Caller("main", "file:/app.jar", List.of("App.run(App.java:7)")));
    }

    private Path write(Flow... flows) throws LaunchException {
        Path file = directory.resolve("flows.jsonl");
        try (FlowLog log = FlowLog.open(file, RUN)) {
            for (Flow flow : flows) {
                log.flow(flow, Reports.PROGRAM);
            }
        }
        return file;
    }

    @Test
    void flow_isOneLineOfJson() throws IOException, LaunchException {
        assertEquals(
                "{\"version\":1,\"run\":\"0123456789abcdef\",\"host\":\"build-7\",\"pod\":null,\"jvm\":null,"
                        + "\"time\":\"2026-05-04T10:00:01.123Z\",\"verdict\":\"would-reject\","
                        + "\"rule\":{\"file\":\"egress.conf\",\"line\":8,\"name\":null,"
                        + "\"text\":\"pages: allow \\\"x\\\"\\n\"},"
                        + "\"direction\":\"out\",\"protocol\":\"tcp\",\"source\":\"10.66.0.2\",\"sourcePort\":49152,"
                        + "\"destination\":\"192.0.2.7\",\"destinationPort\":443,\"name\":\"www.shop.example\","
                        + "\"packetsOut\":6,\"bytesOut\":900,\"packetsIn\":5,\"bytesIn\":52000,\"durationMs\":210,"
                        + "\"thread\":\"main\",\"codeSource\":\"file:/app.jar\",\"frames\":[\"App.run(App.java:7)\"]}\n",
                Files.readString(write(flow(FlowVerdict.WOULD_REJECT, "www.shop.example"))));
    }

    @Test
    void flowOfAnotherJvm_hasItsProcessId() throws IOException, LaunchException {
        Path file = directory.resolve("flows.jsonl");
        try (FlowLog log = FlowLog.open(file, RUN)) {
            log.flow(flow(FlowVerdict.ACCEPT, ""), 1234);
        }
        String line = Files.readString(file);
        assertTrue(line.contains(",\"jvm\":1234,"), line);
        assertTrue(
                PolicyWriter.write(
                                new FlowLogReader(false, InputStream.nullInputStream()).read(List.of(file.toString())),
                                PolicyWriter.Form.HOCON)
                        .contains("192.0.2.7"),
                line);
    }

    @Test
    void logs_areAppendedTo_andLearnedFrom() throws LaunchException, IOException {
        // A name that is none of a host's is not handed on.
        Path file = write(flow(FlowVerdict.ACCEPT, "x\" } evil"), flow(FlowVerdict.REJECT, ""));
        write(flow(FlowVerdict.WOULD_DROP, "www.shop.example"));
        assertEquals(3, Files.readAllLines(file).size());

        String policy = PolicyWriter.write(
                new FlowLogReader(false, InputStream.nullInputStream()).read(List.of(file.toString())),
                PolicyWriter.Form.HOCON);
        assertTrue(policy.contains("# www.shop.example for 1 address\n"), policy);
        assertTrue(policy.contains("{ host = \"www.shop.example\", port = 443, action = allow }"), policy);
        assertTrue(policy.contains("{ to = \"192.0.2.7\", port = 443, action = allow }"), policy);
    }
}
