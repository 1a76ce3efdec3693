package dev.atoll.examples.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Moves a seeded stream each way over one TCP connection and prints, at both ends, the SHA-256 of what was sent and of
 * what arrived.
 *
 * <pre>{@code
 * Transfer server PORT together|turns BYTES SEED
 * Transfer client HOST PORT together|turns BYTES SEED
 * }</pre>
 *
 * <p>{@code together}: both streams flow at once. {@code turns}: the client's first; the server's begins when the client
 * has closed its half, so that all of it flows in a connection half closed. Each end says at once where what arrives
 * first differs from what the seed says. It needs nothing but the JDK, and knows nothing of Atoll.
 *
 * <p>With {@code -Dtransfer.hold=FILE} the last quarter of a stream is sent when that file is there: who does something in the
 * midst of a stream makes it afterwards.
 */
public final class Transfer {
    private static final int BLOCK_BYTES = 64 * 1024;
    private static final int CONNECT_LIMIT_MS = 30_000;
    /** Nothing coming for so long means that nothing will. */
    private static final int SILENCE_LIMIT_MS = 60_000;

    private static final int POLL_MS = 10;

    private final Socket socket;
    private final long bytes;
    private final String hold = System.getProperty("transfer.hold", "");

    private Transfer(Socket socket, long bytes) {
        this.socket = socket;
        this.bytes = bytes;
    }

    public static void main(String[] arguments) throws Exception {
        boolean client = arguments.length == 6 && arguments[0].equals("client");
        if (!client && !(arguments.length == 5 && arguments[0].equals("server"))) {
            throw new IllegalArgumentException(
                    "usage: Transfer server PORT together|turns BYTES SEED, or client HOST PORT ...");
        }
        int rest = client ? 2 : 1;
        int port = Integer.parseInt(arguments[rest]);
        boolean together =
                switch (arguments[rest + 1]) {
                    case "together" -> true;
                    case "turns" -> false;
                    default -> throw new IllegalArgumentException(arguments[rest + 1] + " is not together or turns");
                };
        long bytes = Long.parseLong(arguments[rest + 2]);
        long seed = Long.parseLong(arguments[rest + 3]);
        try (Socket socket = client ? connect(arguments[1], port) : accept(port)) {
            socket.setSoTimeout(SILENCE_LIMIT_MS);
            Transfer transfer = new Transfer(socket, bytes);
            long own = client ? seed : ~seed;
            if (together) {
                transfer.together(own, ~own);
            } else if (client) {
                transfer.send(own);
                transfer.receive(~own);
            } else {
                transfer.receive(~own);
                transfer.send(own);
            }
        }
    }

    private static Socket connect(String host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), CONNECT_LIMIT_MS);
        return socket;
    }

    // The line that says whoever starts it may connect now.
    @SuppressWarnings("SystemOut")
    private static Socket accept(int port) throws IOException {
        try (ServerSocket server = new ServerSocket(port)) {
            System.out.println("listening on " + port);
            return server.accept();
        }
    }

    private void together(long own, long other) throws Exception {
        Callable<Void> sending = () -> {
            send(own);
            return null;
        };
        FutureTask<Void> sent = new FutureTask<>(sending);
        Thread sender = new Thread(sent, "sender");
        // If the other direction fails, the process is to end and not to wait for a sender that cannot go on.
        sender.setDaemon(true);
        sender.start();
        receive(other);
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new IOException("sending failed: " + e.getCause(), e);
        }
    }

    private void send(long seed) throws IOException, InterruptedException {
        SeededStream stream = new SeededStream(seed);
        MessageDigest digest = sha256();
        byte[] block = new byte[BLOCK_BYTES];
        OutputStream out = socket.getOutputStream();
        long startNs = System.nanoTime();
        for (long left = bytes; left > 0; ) {
            while (left <= bytes / 4 && !hold.isEmpty() && !Files.exists(Path.of(hold))) {
                Thread.sleep(POLL_MS);
            }
            int length = (int) Math.min(block.length, left);
            stream.fill(block, length);
            digest.update(block, 0, length);
            out.write(block, 0, length);
            left -= length;
        }
        socket.shutdownOutput();
        report("sent", digest, startNs);
    }

    private void receive(long seed) throws IOException {
        SeededStream stream = new SeededStream(seed);
        MessageDigest digest = sha256();
        byte[] block = new byte[BLOCK_BYTES];
        byte[] expected = new byte[BLOCK_BYTES];
        InputStream in = socket.getInputStream();
        long startNs = 0;
        long received = 0;
        for (int count = in.read(block); count >= 0; count = in.read(block)) {
            if (received == 0) {
                startNs = System.nanoTime();
            }
            stream.fill(expected, count);
            int wrong = Arrays.mismatch(block, 0, count, expected, 0, count);
            if (wrong >= 0) {
                throw new IOException("byte " + (received + wrong) + " is not what was sent");
            }
            digest.update(block, 0, count);
            received += count;
        }
        if (received != bytes) {
            throw new IOException("the stream ended after " + received + " bytes of " + bytes);
        }
        report("received", digest, startNs);
    }

    // Its output is what it is for.
    @SuppressWarnings("SystemOut")
    private void report(String what, MessageDigest digest, long startNs) {
        double seconds = Math.max(1, System.nanoTime() - startNs) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s %d %s %.1f MiB/s%n",
                what,
                bytes,
                HexFormat.of().formatHex(digest.digest()),
                bytes / seconds / (1 << 20));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
