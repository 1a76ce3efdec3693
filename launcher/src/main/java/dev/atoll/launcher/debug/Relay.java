package dev.atoll.launcher.debug;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A process in the sandbox's network namespace that has a listening socket of the host's: who connects there is connected to the
 * same port inside. It is a process of its own since a thread of the launcher cannot enter the namespaces of an ordinary user, and
 * one of the program would be suspended by its debugger.
 *
 * <p>Standard input is the socket. When descriptor {@value #LAUNCHER} ends, the launcher has, and this process does.
 */
public final class Relay {
    /** A pipe's end that says nothing. */
    static final int LAUNCHER = 3;

    /** A JVM listens some time after it is started, and some time after its debugger has left. */
    private static final long LISTENS_WITHIN_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long TRY_AGAIN_MS = 20;

    private Relay() {}

    /** {@code PORT} is the program's. */
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        daemon(Relay::awaitLauncher);
        if (!(System.inheritedChannel() instanceof ServerSocketChannel door)) {
            throw new IOException("standard input is no socket that listens");
        }
        while (true) {
            Socket debugger = door.accept().socket();
            daemon(() -> serve(debugger, port));
        }
    }

    private static void awaitLauncher() {
        try (InputStream launcher = Files.newInputStream(Path.of("/proc/self/fd/" + LAUNCHER))) {
            int unusedEnd = launcher.read();
        } catch (IOException e) {
            // Nobody could tell when it ends: as if it had.
        }
        Runtime.getRuntime().halt(0);
    }

    private static void serve(Socket debugger, int port) {
        try (debugger;
                Socket program = connect(port)) {
            debugger.setTcpNoDelay(true);
            program.setTcpNoDelay(true);
            Thread answers = daemon(() -> copy(program, debugger));
            copy(debugger, program);
            answers.join();
        } catch (IOException e) {
            // Nobody listens inside: the debugger's connection is closed, and it says what that means to it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Socket connect(int port) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            Socket program = new Socket();
            try {
                program.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return program;
            } catch (ConnectException e) {
                program.close();
                if (System.nanoTime() - start > LISTENS_WITHIN_NS) {
                    throw e;
                }
            }
            Thread.sleep(TRY_AGAIN_MS);
        }
    }

    /** To the end of one direction, which is passed on; where one end fails the other is told by its close. */
    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            closeBoth(from, to);
        }
    }

    private static void closeBoth(Socket one, Socket other) {
        try (one;
                other) {
            return;
        } catch (IOException e) {
            // It is no longer open, which is what was wanted.
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "atoll-relay");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
