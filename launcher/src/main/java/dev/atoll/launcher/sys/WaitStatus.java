package dev.atoll.launcher.sys;

/**
 * How a process ended.
 *
 * @param signal the signal that ended it, or 0
 * @param code its exit code; 128 + signal if a signal ended it, as shells say it
 */
public record WaitStatus(int signal, int code) {
    /** Reads {@code waitpid(2)}'s status. */
    public static WaitStatus of(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? new WaitStatus(0, status >>> 8 & 0xff) : new WaitStatus(signal, 128 + signal);
    }
}
