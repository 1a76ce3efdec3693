package dev.atoll.launcher.sys;

/** Numbers of system calls that older C libraries have no function for. */
final class SystemCalls {
    /** {@code close_range(2)}; one number on every architecture, as for all calls since Linux 5.1. */
    static final long CLOSE_RANGE = 436;

    private SystemCalls() {}
}
