package dev.atoll.launcher.log;

import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.RunDescription;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.PacketLog;
import dev.atoll.stack.filter.LogTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what happens in a run to the log. A denial is news and no fault of Atoll's: INFO. */
public final class LogSink implements ReportSink {
    private static final Logger LOG = LoggerFactory.getLogger(LogSink.class);

    @Override
    public void started(RunDescription run) {
        LOG.info(
                "started {} on link {}, address {}, policies {}",
                run.command(),
                run.link(),
                run.address(),
                run.policies().isEmpty() ? "none: no filter" : run.policies());
    }

    @Override
    public void denied(Denial denial) {
        LOG.info("denied {}: {}", denial.what(), denial.rule());
    }

    @Override
    public void denied(Denial denial, int pid) {
        LOG.info("denied {} (JVM {}): {}", denial.what(), pid, denial.rule());
    }

    /** For what reads the log as JSON the parts stand beside the line. */
    @Override
    public void logged(PacketLog packet) {
        if (packet.untoldBefore() > 0) {
            LOG.info("{} packets that rules tell of came too fast", packet.untoldBefore());
        }
        LOG.atInfo()
                .setMessage("{} {}: {}{}")
                .addArgument(() -> target(packet))
                .addArgument(packet::rule)
                .addArgument(packet::prefix)
                .addArgument(packet::packet)
                .addKeyValue("target", packet.source())
                .addKeyValue("level", packet.level())
                .addKeyValue("group", packet.group())
                .addKeyValue("prefix", packet.prefix())
                .addKeyValue("rule", packet.rule())
                .addKeyValue("packet", packet.packet())
                .log();
    }

    private static String target(PacketLog packet) {
        return switch (packet.source()) {
            case LOG -> "LOG " + level(packet.level());
            case NFLOG -> "NFLOG " + packet.group();
            case AUDIT, TRACE -> packet.source().name();
        };
    }

    /** A number that is none comes from a program that does not keep to the rules. */
    private static String level(int number) {
        return number >= 0 && number < LogTarget.Log.LEVELS.size()
                ? LogTarget.Log.LEVELS.get(number)
                : Integer.toString(number);
    }

    @Override
    public void counted(Counters counters) {
        LOG.debug("counters {}", counters.values());
        for (Counter counter : counters.values()) {
            if (counter.name().equals(Counter.UNTOLD_PACKETS) && counter.value() > 0) {
                LOG.info("{} packets that rules tell of came too fast", counter.value());
            }
        }
    }

    @Override
    public void reloaded(String text) {
        LOG.info(text);
    }

    @Override
    public void ended(Outcome outcome) {
        LOG.info("{}, exit code {}, {} denials", outcome.kind().text(), outcome.exitCode(), outcome.denials());
    }
}
