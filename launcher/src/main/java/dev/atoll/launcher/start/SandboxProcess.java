package dev.atoll.launcher.start;

import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.WaitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Process 1 of a sandbox, a child of the launcher, and through it the program, its first child. When process 1 ends,
 * nothing of the sandbox is left.
 *
 * <p>Any thread may signal; one waits.
 */
public final class SandboxProcess {
    private static final int SIGKILL = 9;

    private final int pid;

    /** Signals and the end exclude each other: after the end the number may be somebody else's. */
    private boolean ended;

    SandboxProcess(int pid) {
        this.pid = pid;
    }

    /** Its id in the launcher's PID namespace. */
    public int id() {
        return pid;
    }

    /** Waits for the end; once. */
    public WaitStatus waitFor() throws SystemCallException {
        Libc.awaitExit(pid);
        synchronized (this) {
            ended = true;
            return WaitStatus.of(Libc.waitpid(pid));
        }
    }

    /** Sends the program a signal; does nothing if it has ended. */
    public synchronized void signal(int signal) throws IOException {
        OptionalInt program = ended ? OptionalInt.empty() : program();
        if (program.isPresent()) {
            send(program.getAsInt(), signal);
        }
    }

    /** Kills everything in the sandbox. */
    public synchronized void kill() throws SystemCallException {
        if (!ended) {
            send(pid, SIGKILL);
        }
    }

    /** Kills everything in a sandbox that nobody waits for, and waits. */
    void discard() throws SystemCallException {
        kill();
        waitFor();
    }

    /** The program's id in the launcher's PID namespace; empty if it is not running. */
    public OptionalInt program() throws IOException {
        String id = Integer.toString(pid);
        String children;
        try {
            children = Files.readString(Path.of("/proc", id, "task", id, "children"), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return OptionalInt.empty();
        }
        // In order of birth: adopted orphans come after the program.
        String[] ids = children.strip().split(" ", -1);
        return ids[0].isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(ids[0]));
    }

    private static void send(int target, int signal) throws SystemCallException {
        try {
            Libc.kill(target, signal);
        } catch (SystemCallException e) {
            // It has just ended, which is as good as signalled.
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }
}
