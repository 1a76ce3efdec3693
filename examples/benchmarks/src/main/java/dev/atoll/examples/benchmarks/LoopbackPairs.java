package dev.atoll.examples.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Connections over loopback whose both ends are threads of one program, so that all of them want the stack at once:
 * {@code LoopbackPairs PAIRS SECONDS} prints round trips a second of one pair, those of so many pairs together, and megabytes a second
 * of one stream, each measured for so long once the program is warm.
 */
public final class LoopbackPairs {
    private static final int CHUNK_BYTES = 1 << 16;

    /** What an end does with its socket until it is over; gives how often or how many bytes. */
    private interface End {
        long run(Socket socket) throws IOException;
    }

    private final ExecutorService threads;
    private final long lengthNs;

    private LoopbackPairs(ExecutorService threads, long lengthNs) {
        this.threads = threads;
        this.lengthNs = lengthNs;
    }

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        if (args.length != 2) {
            System.err.println("usage: LoopbackPairs PAIRS SECONDS");
            System.exit(2);
        }
        int pairs = Integer.parseInt(args[0]);
        long lengthNs = TimeUnit.SECONDS.toNanos(Long.parseLong(args[1]));
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            new LoopbackPairs(threads, lengthNs / 2).measure(pairs);
            System.out.println(new LoopbackPairs(threads, lengthNs).measure(pairs));
        } finally {
            threads.shutdownNow();
        }
    }

    private String measure(int pairs) throws IOException, InterruptedException, ExecutionException {
        double one = perSecond(1, this::ask, LoopbackPairs::answer);
        double all = perSecond(pairs, this::ask, LoopbackPairs::answer);
        double stream = perSecond(1, this::send, LoopbackPairs::drain) / 1e6;
        return String.format(Locale.ROOT, "%.1f %.1f %.1f", one, all, stream);
    }

    /** Gives what the clients of so many connections count a second. */
    private double perSecond(int pairs, End client, End server)
            throws IOException, InterruptedException, ExecutionException {
        List<Future<Long>> clients = new ArrayList<>();
        List<Future<Long>> servers = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, pairs, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < pairs; i++) {
                Socket connected = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket accepted = listener.accept();
                servers.add(threads.submit(task(accepted, server)));
                clients.add(threads.submit(task(connected, client)));
            }
        }
        long count = 0;
        for (Future<Long> each : clients) {
            count += each.get();
        }
        for (Future<Long> each : servers) {
            each.get();
        }
        return count * 1e9 / lengthNs;
    }

    private static Callable<Long> task(Socket ofEnd, End end) {
        return () -> {
            try (Socket socket = ofEnd) {
                socket.setTcpNoDelay(true);
                return end.run(socket);
            }
        };
    }

    private long ask(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        long count = 0;
        long began = System.nanoTime();
        do {
            out.write(1);
            if (in.read() < 0) {
                throw new IOException("the other end is gone");
            }
            count++;
        } while (System.nanoTime() - began < lengthNs);
        return count;
    }

    private static long answer(Socket socket) throws IOException {
        return socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private long send(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        long bytes = 0;
        long began = System.nanoTime();
        do {
            out.write(chunk);
            bytes += chunk.length;
        } while (System.nanoTime() - began < lengthNs);
        return bytes;
    }

    private static long drain(Socket socket) throws IOException {
        return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
}
