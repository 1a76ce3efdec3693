package dev.atoll.launcher.reload;

import dev.atoll.launcher.sys.AbstractSocket;
import dev.atoll.launcher.sys.AbstractSocket.Peer;
import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Where {@code atoll reload} finds a run: a socket that only processes of the host's network namespace reach, under the launcher's
 * process id. Whoever connects has asked; the answer is the exit code on a line of its own and then the text. The kernel says who
 * asks: only the launcher's own user and root are heard.
 */
public final class ReloadDoor {
    /** Before the launcher's process id. */
    static final String NAME = "atoll-reload-";

    private final Reloader reloader;
    private final Consumer<String> log;

    /**
     * @param log hears why nobody can ask
     */
    public ReloadDoor(Reloader reloader, Consumer<String> log) {
        this.reloader = reloader;
        this.log = log;
    }

    /** Begins, in a thread of its own, for as long as this process lives. */
    public void open() {
        Thread thread = new Thread(this::serve, "atoll-reload");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        try (AbstractSocket door = AbstractSocket.listen(NAME + Libc.getpid())) {
            while (true) {
                try (AbstractSocket asker = door.accept()) {
                    answer(asker);
                }
            }
        } catch (SystemCallException e) {
            log.accept("atoll reload does not find this run: " + e.getMessage());
        }
    }

    private void answer(AbstractSocket asker) {
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
