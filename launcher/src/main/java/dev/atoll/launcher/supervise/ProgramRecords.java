package dev.atoll.launcher.supervise;

import dev.atoll.runtime.control.ControlDecoder;
import dev.atoll.runtime.control.ControlFault;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the program's JVM has said so far on the control connection, which is untrusted: a record that is none is a fault,
 * and a fault is as good as a lost connection. Any thread.
 */
public final class ProgramRecords {
    private final ControlDecoder decoder = new ControlDecoder();
    private boolean ready;
    private boolean over;
    private long denials;
    private ControlRecord.@Nullable Denial firstDenial;
    private ControlRecord.@Nullable Failed failure;

    public ProgramRecords() {}

    /** Bytes came, from position to limit. */
    public synchronized void feed(ByteBuffer bytes) {
        try {
            for (ToLauncher said : decoder.feed(bytes)) {
                accept(said);
            }
        } catch (ControlFault e) {
            failure = new ControlRecord.Failed(
                    ControlRecord.FailureCode.LINK, "what came on the control connection is none: " + e.getMessage());
            finish();
        }
    }

    private void accept(ToLauncher said) {
        if (said instanceof ControlRecord.Ready) {
            ready = true;
        } else if (said instanceof ControlRecord.Denial denial) {
            denials++;
            if (firstDenial == null) {
                firstDenial = denial;
            }
        } else if (said instanceof ControlRecord.Failed failed && failure == null) {
            failure = failed;
            notifyAll();
        }
    }

    /** The connection is over. */
    public synchronized void finish() {
        over = true;
        notifyAll();
    }

    /** The stack ran and {@code main} was called. */
    public synchronized boolean isReady() {
        return ready;
    }

    /** Packets that the policy ended. */
    public synchronized long denials() {
        return denials;
    }

    /** The first of them, or null. */
    public synchronized ControlRecord.@Nullable Denial firstDenial() {
        return firstDenial;
    }

    /** Why the inside failed, or null. */
    public synchronized ControlRecord.@Nullable Failed failure() {
        return failure;
    }

    /** Waits until the connection is over or the inside has failed. */
    public synchronized void awaitEnd() throws InterruptedException {
        while (!over && failure == null) {
            wait();
        }
    }
}
