package dev.atoll.launcher.supervise;

import dev.atoll.launcher.start.SandboxProcess;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.WaitStatus;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The program of a sandbox. Process 1 has been told to start it, which takes a moment: whoever asks for the program within
 * that moment waits for it, so that no signal is lost.
 */
public final class SandboxedProgram implements ProgramProcess {
    private static final long START_LIMIT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SandboxProcess sandbox;
    private volatile boolean ended;
    private volatile boolean seen;

    public SandboxedProgram(SandboxProcess sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public WaitStatus waitFor() throws SystemCallException {
        WaitStatus status = sandbox.waitFor();
        ended = true;
        return status;
    }

    @Override
    public void signal(int signal) throws IOException {
        OptionalInt unusedPid = pid();
        sandbox.signal(signal);
    }

    @Override
    public void kill() throws SystemCallException {
        sandbox.kill();
    }

    /** The program's id in the launcher's PID namespace; empty if it has ended. */
    public OptionalInt pid() throws IOException {
        long start = System.nanoTime();
        OptionalInt pid = sandbox.program();
        while (pid.isEmpty() && !seen && !ended && System.nanoTime() - start < START_LIMIT_NS) {
            LockSupport.parkNanos(this, LOOK_AGAIN_NS);
            pid = sandbox.program();
        }
        seen |= pid.isPresent();
        return pid;
    }
}
