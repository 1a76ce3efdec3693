package dev.atoll.examples.capture;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a program within the recording of its link's other end: it begins when the recording has begun, since a sandbox makes
 * its TAP device itself and whoever records the host's end of it can begin only then; and it ends when the recording has
 * come to its last packet, since the device goes with the program, and with it what a recorder has not fetched yet.
 *
 * <p>Usage: {@code Recorded FILE ROUTER CLASS ARGUMENT...}. The last packet is a datagram to the router's discard port.
 */
public final class Recorded {
    private static final long LIMIT_S = 30;

    /** The file grows by writes that need not be told apart from its making, so it is looked at now and then as well. */
    private static final long LOOK_MS = 100;

    private static final int DISCARD_PORT = 9;

    /** The last packet is looked for in as much of the file's end; nothing but its answer follows it. */
    private static final int TAIL_BYTES = 64 * 1024;

    private Recorded() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 3) {
            throw new IllegalArgumentException("usage: Recorded FILE ROUTER CLASS ARGUMENT...");
        }
        Path file = Path.of(args[0]);
        await(file, () -> Files.exists(file) && Files.size(file) > 0, "content");
        try {
            Class.forName(args[2]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(args, 3, args.length));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
        String mark = "the recording's last packet " + UUID.randomUUID();
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] bytes = mark.getBytes(StandardCharsets.ISO_8859_1);
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(args[1]), DISCARD_PORT));
        }
        await(file, () -> tail(file).contains(mark), "the last packet");
    }

    private static String tail(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(TAIL_BYTES);
            channel.position(Math.max(0, channel.size() - TAIL_BYTES));
            int count = 0;
            while (count >= 0 && bytes.hasRemaining()) {
                count = channel.read(bytes);
            }
            return StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
        }
    }

    /** What a file is to have. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Path file, Condition condition, String what)
            throws IOException, InterruptedException, TimeoutException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalArgumentException(file + " is no file");
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        try (WatchService watch = directory.getFileSystem().newWatchService()) {
            directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            while (!condition.holds()) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new TimeoutException(file + " has not " + what + " after " + LIMIT_S + " s");
                }
                var key = watch.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        }
    }
}
