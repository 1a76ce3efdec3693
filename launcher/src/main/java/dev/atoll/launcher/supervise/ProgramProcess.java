package dev.atoll.launcher.supervise;

import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.WaitStatus;
import java.io.IOException;

/** The process that is supervised. Any thread may signal; one waits. */
public interface ProgramProcess {
    /** Waits for the end; once. */
    WaitStatus waitFor() throws SystemCallException;

    /** Sends the program a signal; does nothing if it has ended. */
    void signal(int signal) throws IOException;

    /** Kills it and everything it has started. */
    void kill() throws SystemCallException;
}
