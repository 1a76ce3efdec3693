package dev.atoll.launcher.log;

import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.RunDescription;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
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
    public void counted(Counters counters) {
        LOG.debug("counters {}", counters.values());
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
