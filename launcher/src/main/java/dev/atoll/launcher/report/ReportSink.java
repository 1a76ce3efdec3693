package dev.atoll.launcher.report;

import java.io.IOException;

/**
 * Is told of runs. A provider on the launcher's class path is found by {@link java.util.ServiceLoader}; it needs a public
 * constructor without parameters.
 */
public interface ReportSink {
    /** The run has come to a new state: {@code RUNNING} first, and one other state at the end. */
    void report(RunReport run) throws IOException;
}
