package dev.atoll.launcher.flow;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.report.FlowSink;
import dev.atoll.launcher.report.Reports;
import dev.atoll.runtime.control.ControlRecord.Caller;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.Traffic;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Appends a line of JSON for each flow to a file. Whoever tells of a flow does not wait for the disk: a thread of its own writes,
 * and what finds {@link #MAX_WAITING} records waiting is lost and counted. Lines are written whole, so that several runs may
 * write into one file.
 *
 * <p>{@link #flow} and {@link #lost} may be called by any thread. What records say comes from the program's process.
 */
public final class FlowLog implements FlowSink, AutoCloseable {
    private static final int MAX_WAITING = 1 << 16;

    /** Lines are collected up to this before they are written. */
    private static final int BATCH_BYTES = 1 << 16;

    /** How long the disk has for what is still to be written at the end. */
    private static final long CLOSE_LIMIT_S = 10;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Path file;
    private final OutputStream out;
    private final RunIdentity identity;
    private final JsonFactory json = new JsonFactory();
    private final BlockingQueue<Object> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread writer = new Thread(this::writeAll, "atoll-flow-log");
    private volatile RuleNames names = new RuleNames(null);

    /** Stands behind the last flow. */
    private static final Object END = new Object();

    /** What waits to be written. */
    private record Told(Flow flow, int pid) {}

    private FlowLog(Path file, OutputStream out, RunIdentity identity) {
        this.file = file;
        this.out = out;
        this.identity = identity;
        writer.setDaemon(true);
    }

    /**
     * Opens a log; one that is there is appended to.
     *
     * @throws LaunchException if it cannot be written
     */
    public static FlowLog open(Path file, RunIdentity identity) throws LaunchException {
        try {
            OutputStream out = Files.newOutputStream(
                    file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
            FlowLog log = new FlowLog(file, out, identity);
            log.writer.start();
            return log;
        } catch (IOException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "flow-log: " + file + " cannot be written: " + e, e);
        }
    }

    /** The rules that are in force from now on, whose names records tell; null for none. */
    public void rules(@Nullable RuleSet rules) {
        names = new RuleNames(rules);
    }

    @Override
    public void flow(Flow flow, int pid) {
        if (!waiting.offer(new Told(flow, pid))) {
            lost.incrementAndGet();
        }
    }

    @Override
    public void lost(long flows) {
        lost.addAndGet(flows);
    }

    private void writeAll() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        try {
            for (Object next = waiting.take(); next != END; next = waiting.take()) {
                Told told = (Told) next;
                write(told.flow(), told.pid(), batch);
                if (waiting.isEmpty() || batch.size() >= BATCH_BYTES) {
                    batch.writeTo(out);
                    batch.reset();
                }
            }
            batch.writeTo(out);
        } catch (IOException e) {
            Terminal.line("the flow log " + file + " cannot be written, and ends here: " + e);
            refuseMore();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Counts what would still be written. */
    private void refuseMore() {
        try {
            while (waiting.take() != END) {
                lost.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what is still to be written, and says how many records are missing. */
    @Override
    public void close() {
        try {
            boolean taken = waiting.offer(END, CLOSE_LIMIT_S, TimeUnit.SECONDS);
            if (taken) {
                writer.join(TimeUnit.SECONDS.toMillis(CLOSE_LIMIT_S));
            }
            if (writer.isAlive()) {
                lost.addAndGet(waiting.size());
            } else {
                out.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            Terminal.line("the flow log " + file + " cannot be closed: " + e);
        }
        if (lost.get() > 0) {
            Terminal.line("the flow log " + file + " misses " + lost.get() + " flows: more came than could be written");
        }
    }

    // --- A record

    private void write(Flow flow, int pid, OutputStream to) throws IOException {
        try (JsonGenerator generator = json.createGenerator(to)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.writeStartObject();
            generator.writeNumberField("version", FlowFormat.VERSION);
            generator.writeStringField("run", identity.run());
            generator.writeStringField("host", identity.host());
            generator.writeStringField("pod", identity.pod());
            jvm(generator, pid);
            generator.writeStringField("time", TIME.format(Instant.ofEpochMilli(flow.beganMs())));
            generator.writeStringField(
                    "verdict", flow.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            rule(generator, flow.origin());
            generator.writeStringField("direction", flow.direction().name().toLowerCase(Locale.ROOT));
            generator.writeStringField("protocol", protocol(flow.protocol()));
            end(generator, "source", flow.source());
            end(generator, "destination", flow.destination());
            generator.writeStringField("name", FlowFormat.isName(flow.name()) ? flow.name() : null);
            traffic(generator, flow.traffic());
            generator.writeNumberField("durationMs", flow.durationMs());
            caller(generator, flow.caller());
            generator.writeEndObject();
            generator.writeRaw('\n');
        }
    }

    private static void jvm(JsonGenerator generator, int pid) throws IOException {
        if (pid == Reports.PROGRAM) {
            generator.writeNullField("jvm");
        } else {
            generator.writeNumberField("jvm", pid);
        }
    }

    private void rule(JsonGenerator generator, @Nullable Origin origin) throws IOException {
        if (origin == null) {
            generator.writeNullField("rule");
            return;
        }
        generator.writeObjectFieldStart("rule");
        generator.writeStringField("file", origin.source());
        generator.writeNumberField("line", origin.line());
        generator.writeStringField("name", names.of(origin));
        generator.writeStringField("text", origin.text());
        generator.writeEndObject();
    }

    private static String protocol(int number) {
        return switch (number) {
            case IpProtocol.TCP -> "tcp";
            case IpProtocol.UDP -> "udp";
            case IpProtocol.ICMP -> "icmp";
            case IpProtocol.ICMPV6 -> "icmpv6";
            default -> Integer.toString(number);
        };
    }

    private static void end(JsonGenerator generator, String field, FullAddress end) throws IOException {
        generator.writeStringField(field, end.address().toString());
        if (end.port() == 0) {
            generator.writeNullField(field + "Port");
        } else {
            generator.writeNumberField(field + "Port", end.port());
        }
    }

    private static void traffic(JsonGenerator generator, Traffic traffic) throws IOException {
        generator.writeNumberField("packetsOut", traffic.packetsOut());
        generator.writeNumberField("bytesOut", traffic.bytesOut());
        generator.writeNumberField("packetsIn", traffic.packetsIn());
        generator.writeNumberField("bytesIn", traffic.bytesIn());
    }

    private static void caller(JsonGenerator generator, Caller caller) throws IOException {
        generator.writeStringField("thread", orNull(caller.thread()));
        generator.writeStringField("codeSource", orNull(caller.codeSource()));
        generator.writeArrayFieldStart("frames");
        for (String frame : caller.frames()) {
            generator.writeString(frame);
        }
        generator.writeEndArray();
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
