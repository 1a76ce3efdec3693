package dev.atoll.launcher.jvms;

import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.UnixSocket;
import dev.atoll.launcher.sys.UnixSocket.Peer;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Hello;
import dev.atoll.runtime.control.ControlRecord.LinkOpening;
import dev.atoll.runtime.control.ControlRecord.Refused;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Where the JVMs of a sandbox ask for a network: a socket that has a name in the sandbox alone. The kernel says who asks, and only
 * processes of the sandbox are heard.
 */
public final class JvmDoor implements AutoCloseable {
    /** Who has connected and has not said yet what for; others wait. */
    private static final int MAX_PENDING = 16;

    /** How long that may take. */
    private static final int FIRST_WORD_S = 10;

    /** What the kernel keeps waiting. */
    private static final int BACKLOG = 128;

    /** The longest first record. */
    private static final int MAX_FIRST_BYTES = 64;

    private final UnixSocket listening;
    private final Path sandbox;
    private final Jvms jvms;
    private final Consumer<String> log;
    private final Semaphore pending = new Semaphore(MAX_PENDING);
    private volatile boolean closed;

    private JvmDoor(UnixSocket listening, Path sandbox, Jvms jvms, Consumer<String> log) {
        this.listening = listening;
        this.sandbox = sandbox;
        this.jvms = jvms;
        this.log = log;
    }

    /**
     * Makes the socket; who connects waits until {@link #open}.
     *
     * @param firstProcess process 1 of the sandbox, as the launcher sees it
     * @param log hears why nobody can ask any more
     */
    public static JvmDoor in(int firstProcess, Jvms jvms, Consumer<String> log) throws IOException {
        Path process = Path.of("/proc", Integer.toString(firstProcess));
        UnixSocket socket = UnixSocket.listenAt(process + "/root" + ControlRecord.DOOR, BACKLOG);
        try {
            return new JvmDoor(socket, networkOf(process), jvms, log);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Path networkOf(Path process) throws IOException {
        return Files.readSymbolicLink(process.resolve("ns/net"));
    }

    /** Begins, in a thread of its own. */
    public void open() {
        Jvms.daemon("atoll-door", this::accept);
    }

    private void accept() {
        try {
            while (!closed) {
                pending.acquireUninterruptibly();
                UnixSocket asking = listening.accept();
                Jvms.daemon("atoll-jvm", () -> serve(asking));
            }
        } catch (SystemCallException e) {
            if (!closed) {
                log.accept("JVMs that the program starts get no network any more: " + e.getMessage());
            }
        } finally {
            listening.close();
        }
    }

    private void serve(UnixSocket asking) {
        try (asking) {
            ToLauncher first;
            Peer peer;
            try {
                asking.setReadLimit(FIRST_WORD_S);
                first = read(asking);
                asking.setReadLimit(0);
                peer = asking.peer();
            } finally {
                pending.release();
            }
            if (!isOfSandbox(peer)) {
                ControlWriter.say(asking, new Refused("only processes of the sandbox can have its network"));
            } else if (first instanceof Hello) {
                jvms.serve(asking, peer.pid());
            } else if (first instanceof LinkOpening opening) {
                connect(opening, asking);
            }
        } catch (IOException e) {
            // Who asks has gone, or is none of ours: it is for it to say so, and nothing was promised.
            return;
        }
    }

    private void connect(LinkOpening opening, UnixSocket asking) throws IOException {
        int descriptor = Libc.duplicateAbove(asking.descriptor(), 0);
        try {
            jvms.connect(opening.ticket(), descriptor);
        } catch (IOException | RuntimeException e) {
            Libc.close(descriptor);
            throw e;
        }
    }

    /** A user's own processes outside have a way to the socket, too, by {@code /proc}. */
    private boolean isOfSandbox(Peer peer) {
        try {
            return networkOf(Path.of("/proc", Integer.toString(peer.pid()))).equals(sandbox);
        } catch (IOException e) {
            // It has ended.
            return false;
        }
    }

    /** Reads one record and no more: what follows it may be frames. */
    private static ToLauncher read(UnixSocket from) throws IOException {
        int length = ByteBuffer.wrap(readFully(from, ControlCodec.LENGTH_BYTES)).getInt();
        return ControlCodec.decodeToLauncher(
                ByteBuffer.wrap(readFully(from, ControlCodec.checkLength(length, MAX_FIRST_BYTES))));
    }

    private static byte[] readFully(UnixSocket from, int count) throws IOException {
        ByteBuffer whole = ByteBuffer.allocate(count);
        while (whole.hasRemaining()) {
            byte[] part = new byte[whole.remaining()];
            int read = from.read(part);
            if (read == 0) {
                throw new IOException("the connection ended");
            }
            whole.put(part, 0, read);
        }
        return whole.array();
    }

    /** Nobody is admitted any more. */
    @Override
    public void close() {
        closed = true;
        try {
            listening.shutdown();
        } catch (SystemCallException e) {
            // It has ended by itself and said so.
            return;
        }
    }
}
