package dev.atoll.launcher.supervise;

import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.runtime.control.ControlDecoder;
import dev.atoll.runtime.control.ControlFault;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * The launcher's end of the control connection. It is read in one of two ways: by a plain thread while the program starts
 * and while it is about to end, and by the event loop in between. The plain way costs nothing to set up, so that a
 * program that only says hello does not wait for the event loop.
 */
public final class ControlReader {
    private final int descriptor;
    private final Reports reports;
    private final ControlDecoder decoder = new ControlDecoder();
    private final CompletableFuture<String> fault = new CompletableFuture<>();

    public ControlReader(int descriptor, Reports reports) {
        this.descriptor = descriptor;
        this.reports = reports;
    }

    /** The connection's number, for the event loop, which then owns and closes it. */
    public int descriptor() {
        return descriptor;
    }

    /** Completes with the reason if the program sends something that is no record. */
    public CompletableFuture<String> fault() {
        return fault;
    }

    /** Takes what came; not by two threads at a time. */
    public void received(ByteBuffer bytes) {
        try {
            for (ToLauncher message : decoder.feed(bytes)) {
                reports.received(message);
            }
        } catch (ControlFault e) {
            fault.complete(String.valueOf(e.getMessage()));
        }
    }

    /** Reads by plain calls until the stack inside is up or failed, or the program has ended. */
    void readUntilReady() {
        boolean more = true;
        while (more && !reports.ready().isDone() && !fault.isDone()) {
            more = readOnce();
        }
    }

    /** Reads by plain calls what is left; the program's end must be closed, or this waits for it. */
    void readToEnd() {
        boolean more = true;
        while (more && !fault.isDone()) {
            more = readOnce();
        }
    }

    private boolean readOnce() {
        byte[] bytes = new byte[4096];
        try {
            int count = Libc.read(descriptor, bytes);
            received(ByteBuffer.wrap(bytes, 0, count));
            return count > 0;
        } catch (SystemCallException e) {
            // ECONNRESET: the program ended with our records unread. There is nothing more to come.
            return false;
        }
    }
}
