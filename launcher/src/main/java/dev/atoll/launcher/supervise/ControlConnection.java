package dev.atoll.launcher.supervise;

import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlDecoder;
import dev.atoll.runtime.control.ControlFault;
import dev.atoll.runtime.control.ControlRecord.Reload;
import dev.atoll.runtime.control.ControlRecord.Reloaded;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The launcher's end of the control connection. It is read in one of two ways: by a plain thread while the program starts
 * and while it is about to end, and by the event loop in between. The plain way costs nothing to set up, so that a
 * program that only says hello does not wait for the event loop. Whoever reads stops before the other begins, and what
 * nobody has read yet waits in the socket: no record is lost or taken twice.
 */
public final class ControlConnection implements Control {
    private final int descriptor;
    private final Consumer<ToLauncher> heard;
    private final ControlDecoder decoder = new ControlDecoder();
    private final CompletableFuture<String> fault = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** The questions that wait for an answer, by their numbers. */
    private final Map<Integer, CompletableFuture<Reloaded>> asked = new ConcurrentHashMap<>();

    /**
     * @param descriptor stays open for as long as this is used: it is what {@link #cut} needs
     * @param heard hears what the program says, but for answers
     */
    public ControlConnection(int descriptor, Consumer<ToLauncher> heard) {
        this.descriptor = descriptor;
        this.heard = heard;
    }

    /** Another number of the connection, for the event loop, which then owns and closes that number. */
    public int duplicate() throws SystemCallException {
        return Libc.duplicateAbove(descriptor, 0);
    }

    @Override
    public CompletableFuture<String> fault() {
        return fault;
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    /** Takes what came; not by two threads at a time. */
    public void received(ByteBuffer bytes) {
        try {
            for (ToLauncher message : decoder.feed(bytes)) {
                if (message instanceof Reloaded answer) {
                    answered(answer);
                } else {
                    heard.accept(message);
                }
            }
        } catch (ControlFault e) {
            fault.complete("the program broke the control connection: " + e.getMessage());
        }
    }

    private void answered(Reloaded answer) {
        CompletableFuture<Reloaded> waiting = asked.remove(answer.number());
        // An answer that nobody waits for comes too late, or from a program that makes things up.
        if (waiting != null) {
            waiting.complete(answer);
        }
    }

    /** Asks the program to put other rules in force; the answer fails if the program closes its end before. Any thread. */
    public CompletableFuture<Reloaded> ask(Reload question) {
        CompletableFuture<Reloaded> answer = new CompletableFuture<>();
        asked.put(question.number(), answer);
        CompletableFuture<Void> unused =
                closed.thenRun(() -> answer.completeExceptionally(new IOException("the program has ended")));
        say(question);
        return answer;
    }

    /** What came could not be taken in. */
    public void failed(Throwable cause) {
        fault.complete("the control connection failed: " + cause);
    }

    /** The program has closed its end, and there is nothing left to take in. */
    public void ended() {
        closed.complete(null);
    }

    @Override
    public void say(ToProgram message) {
        try {
            Libc.write(descriptor, ControlCodec.encode(message));
        } catch (SystemCallException e) {
            // EPIPE, ECONNRESET: the program has closed its end, which whoever reads will find. What a program has not
            // read it has not got: without its policy it does not start.
            return;
        }
    }

    @Override
    public void cut() {
        try {
            Libc.shutdownWrite(descriptor);
        } catch (SystemCallException e) {
            // ENOTCONN: the program's end is closed already.
            return;
        }
    }

    @Override
    public void readUntil(CompletableFuture<?> done) {
        while (!done.isDone() && !isOver()) {
            readOnce();
        }
    }

    @Override
    public void readToEnd() {
        while (!isOver()) {
            readOnce();
        }
    }

    private boolean isOver() {
        return closed.isDone() || fault.isDone();
    }

    private void readOnce() {
        byte[] bytes = new byte[4096];
        try {
            int count = Libc.read(descriptor, bytes);
            received(ByteBuffer.wrap(bytes, 0, count));
            if (count == 0) {
                ended();
            }
        } catch (SystemCallException e) {
            // ECONNRESET: the program ended with our records unread. There is nothing more to come.
            ended();
        }
    }
}
