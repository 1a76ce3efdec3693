package dev.atoll.launcher.report;

import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.PacketLog;

/**
 * Hears what happens in a run. Providers are found by {@link java.util.ServiceLoader}; each is called by one thread at a
 * time and must not wait for anything long. What they throw is logged and changes nothing.
 */
public interface ReportSink {
    /** The program is about to run. */
    default void started(RunDescription run) {}

    /** A rule refused something. The texts come from inside the sandbox: they are not to be trusted. */
    default void denied(Denial denial) {}

    /**
     * The same in a JVM that the program has started.
     *
     * @param pid its process id, as the launcher sees it
     */
    default void denied(Denial denial, int pid) {
        denied(denial);
    }

    /** A rule with LOG, NFLOG, AUDIT or TRACE told of a packet. The texts come from inside the sandbox. */
    default void logged(PacketLog packet) {}

    /** New values of counters; the names come from inside the sandbox. */
    default void counted(Counters counters) {}

    /** The policy was read again; in lines what came of it. */
    default void reloaded(String text) {}

    /** The program has ended; the last call. */
    default void ended(Outcome outcome) {}
}
