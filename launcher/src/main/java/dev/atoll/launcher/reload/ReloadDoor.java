package dev.atoll.launcher.reload;

import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.UnixSocket;
import dev.atoll.launcher.sys.UnixSocket.Peer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code atoll reload} finds a run: a socket that only processes of the host's network namespace reach, under the launcher's
 * process id. Whoever connects has asked; the answer is the exit code on a line of its own and then the text. The kernel says who
 * asks: only the launcher's own user and root are heard.
 */
public final class ReloadDoor implements AutoCloseable {
    /** Before the launcher's process id. */
    static final String NAME = "atoll-reload-";

    private static final int LONGEST_ANSWER_S = 5;

    private final Reloader reloader;
    private final Consumer<String> log;
    private @Nullable UnixSocket listening;
    private boolean closed;
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param log hears why nobody can ask
     */
    public ReloadDoor(Reloader reloader, Consumer<String> log) {
        this.reloader = reloader;
        this.log = log;
    }

    /** Begins, in a thread of its own. */
    public void open() {
        Thread thread = new Thread(this::serve, "atoll-reload");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        try (UnixSocket door = UnixSocket.listen(NAME + Libc.getpid())) {
            answerAll(door);
        } catch (SystemCallException e) {
            if (!isClosed()) {
                log.accept("atoll reload does not find this run: " + e.getMessage());
            }
        } finally {
            ended.countDown();
        }
    }

    private void answerAll(UnixSocket door) throws SystemCallException {
        try {
            while (listens(door)) {
                try (UnixSocket asker = door.accept()) {
                    answer(asker);
                }
            }
        } finally {
            forget();
        }
    }

    private synchronized boolean listens(UnixSocket door) {
        listening = door;
        return !closed;
    }

    private synchronized void forget() {
        listening = null;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** The run is over: another one of this process may have the name. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (listening != null) {
                stop(listening);
            }
        }
        try {
            if (!ended.await(LONGEST_ANSWER_S, TimeUnit.SECONDS)) {
                log.accept("a reload that somebody asked for does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(UnixSocket door) {
        try {
            door.shutdown();
        } catch (SystemCallException e) {
            log.accept("atoll reload cannot be ended: " + e.getMessage());
        }
    }

    private void answer(UnixSocket asker) {
        try {
            Peer peer = asker.peer();
            if (peer.userId() != Libc.geteuid() && peer.userId() != 0) {
                return;
            }
            Reloader.Result result = reloader.reload();
            asker.write((result.exitCode() + "\n" + result.text()).getBytes(StandardCharsets.UTF_8));
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EPIPE) {
                log.accept("who asked for a reload could not be answered: " + e.getMessage());
            }
        }
    }
}
