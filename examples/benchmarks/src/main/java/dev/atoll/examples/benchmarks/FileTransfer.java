package dev.atoll.examples.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * What {@code FileChannel.transferTo} and {@code transferFrom} make of a connection, against what the JDK does with a
 * channel it does not know, for which the same connection in a wrapper is taken. {@code FileTransfer [MEBIBYTES [ROUNDS]]}.
 *
 * <p>Both ways of one direction are measured in turns, over the loopback of whoever runs this: in a sandbox the stack's. A
 * thread at the other end takes what comes, or sends without end.
 */
public final class FileTransfer {
    private static final int WARM_UP_ROUNDS = 5;

    private final FileChannel file;
    private final SocketChannel connection;
    private final long bytes;
    private final int rounds;

    private FileTransfer(FileChannel file, SocketChannel connection, long bytes, int rounds) {
        this.file = file;
        this.connection = connection;
        this.bytes = bytes;
        this.rounds = rounds;
    }

    /** The connection as a channel of an unknown class. */
    private record Unknown(SocketChannel connection) implements WritableByteChannel, ReadableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            return connection.write(source);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return connection.read(target);
        }

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    /** One transfer of so many bytes. */
    @FunctionalInterface
    private interface Transfer {
        long move(long position, long count) throws IOException;
    }

    public static void main(String[] args) throws IOException {
        long bytes = (args.length > 0 ? Long.parseLong(args[0]) : 64) << 20;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 21;
        Path path = Files.createTempFile("transfer", ".bin");
        try (FileChannel file = FileChannel.open(
                        path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            ByteBuffer some = ByteBuffer.allocateDirect(1 << 20);
            for (long at = 0; at < bytes; at += some.capacity()) {
                file.write(some.clear(), at);
            }
            try (SocketChannel connection = connected(server, FileTransfer::takeAll)) {
                new FileTransfer(file, connection, bytes, rounds).measureTo();
            }
            try (SocketChannel connection = connected(server, FileTransfer::sendForEver)) {
                new FileTransfer(file, connection, bytes, rounds).measureFrom();
            }
        }
    }

    @FunctionalInterface
    private interface Peer {
        void serve(SocketChannel connection) throws IOException;
    }

    private static SocketChannel connected(ServerSocketChannel server, Peer peer) throws IOException {
        SocketChannel connection = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept();
        Thread thread = new Thread(() -> {
            try (accepted) {
                peer.serve(accepted);
            } catch (IOException e) {
                if (connection.isOpen()) {
                    throw new IllegalStateException("the other end failed", e);
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return connection;
    }

    private static void takeAll(SocketChannel connection) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(1 << 18);
        int count = 0;
        while (count >= 0) {
            count = connection.read(target.clear());
        }
    }

    private static void sendForEver(SocketChannel connection) throws IOException {
        ByteBuffer source = ByteBuffer.allocateDirect(1 << 18);
        while (true) {
            connection.write(source.clear());
        }
    }

    private void measureTo() throws IOException {
        Unknown unknown = new Unknown(connection);
        compare(
                "transferTo",
                (position, count) -> file.transferTo(position, count, connection),
                (position, count) -> file.transferTo(position, count, unknown));
    }

    private void measureFrom() throws IOException {
        Unknown unknown = new Unknown(connection);
        compare(
                "transferFrom",
                (position, count) -> file.transferFrom(connection, position, count),
                (position, count) -> file.transferFrom(unknown, position, count));
    }

    private void compare(String what, Transfer known, Transfer unknown) throws IOException {
        double[] ofKnown = new double[rounds];
        double[] ofUnknown = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            double first = megabytesPerSecond(known);
            double second = megabytesPerSecond(unknown);
            if (round >= 0) {
                ofKnown[round] = first;
                ofUnknown[round] = second;
                ratios[round] = first / second;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %.0f MB/s, of a channel of an unknown class %.0f; ratio %.2f, medians of %d rounds of %d MiB%n",
                what,
                median(ofKnown),
                median(ofUnknown),
                median(ratios),
                rounds,
                bytes >> 20);
    }

    private double megabytesPerSecond(Transfer transfer) throws IOException {
        long startNs = System.nanoTime();
        long done = 0;
        while (done < bytes) {
            done += transfer.move(done, bytes - done);
        }
        return bytes * 1e3 / (System.nanoTime() - startNs);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
