package dev.atoll.launcher.supervise;

import dev.atoll.runtime.control.ControlRecord.ToProgram;
import java.util.concurrent.CompletableFuture;

/** What the supervisor needs of the control connection of the program that the launcher has started. */
public interface Control {
    /** Completes with the reason if the program sends something that is no record, or if it cannot be taken in. */
    CompletableFuture<String> fault();

    /** Completes when the program's end is closed and everything it said has been taken in. */
    CompletableFuture<Void> closed();

    /** Says something to the program, waiting while it does not listen. */
    void say(ToProgram message);

    /** Reads by plain calls until something is done, or the program has closed its end. */
    void readUntil(CompletableFuture<?> done);

    /** Reads by plain calls what is left; the program must have ended, or this waits for it. */
    void readToEnd();

    /** The network inside ends, as it does when the launcher dies; what the program has said can still be read. Any thread. */
    void cut();

    /** Of a program that is no JVM: there is none, and nothing can be wrong with it. */
    static Control none() {
        return new NoControl();
    }
}
