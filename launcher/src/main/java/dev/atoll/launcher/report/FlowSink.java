package dev.atoll.launcher.report;

import dev.atoll.runtime.control.ControlRecord.Flow;

/** Hears of every flow of a run, as soon as the program tells of it; any thread, and without waiting for anything. */
public interface FlowSink {
    /**
     * A flow is over, or was denied.
     *
     * @param pid the process id of its JVM, as the launcher sees it; {@link Reports#PROGRAM} for the program's own
     */
    void flow(Flow flow, int pid);

    /** So many more flows are lost: the program could not tell of them. */
    void lost(long flows);
}
