package dev.atoll.launcher.sys;

import java.io.IOException;

/** A system call that failed: its name and the kernel's reason. */
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    SystemCallException(String call, int errno, String reason) {
        super(call + ": " + reason);
        this.errno = errno;
    }

    /** The kernel's error number, one of {@link Errno}. */
    public int errno() {
        return errno;
    }
}
