package dev.atoll.launcher.report;

import java.util.List;

/** The JVMs that a program has started, for who tells of them. Any thread; both are as of the call. */
public interface JvmsView {
    /** Those that run, the oldest first. */
    List<RunningJvm> running();

    /** What their switch lost, also of JVMs that have ended. */
    FrameLosses losses();
}
